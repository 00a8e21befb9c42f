"""The SQLite schema, as migrations. Tables may move; the views named *_v, *_log and *_summary may only grow."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

catalog = Migrations("reelwatch")


@catalog()
def titles_and_shots(db: Database) -> None:
    """Titles with everything an analysis says of them, and the views that post tools read."""
    for statement in (*_TITLE_TABLES, *_VIEWS):
        db.execute(statement)


@catalog()
def jobs_and_their_events(db: Database) -> None:
    """The durable queue: one row a job, one row for each change of its state."""
    for statement in _JOB_TABLES:
        db.execute(statement)


@catalog()
def jobs_know_their_files(db: Database) -> None:
    """`stamp` stands for names, sizes and times of a delivery's files; a held job is not started.

    waits_for, of a waiting job: '' its own files, 'package' another package, 'key' a KDM.
    """
    db.execute("ALTER TABLE jobs ADD COLUMN waits_for TEXT NOT NULL DEFAULT ''")
    db.execute("ALTER TABLE jobs ADD COLUMN stamp TEXT NOT NULL DEFAULT ''")
    db.execute("ALTER TABLE jobs ADD COLUMN held INTEGER NOT NULL DEFAULT 0")


@catalog()
def what_people_said(db: Database) -> None:
    """Corrections by hand, bound to a frame; and beside each shot's corrected value the machine's own."""
    for statement in _CORRECTION_TABLES:
        db.execute(statement)


@catalog()
def what_is_to_be_told(db: Database) -> None:
    """What other systems are to hear: announcements, and of each a message for every connector."""
    for statement in _OUTBOX_TABLES:
        db.execute(statement)


@catalog()
def shots_in_scenes(db: Database) -> None:
    """Scenes, and the view that post tools read them through."""
    for statement in _SCENE_TABLES:
        db.execute(statement)


@catalog()
def sound_and_what_is_no_picture(db: Database) -> None:
    """Loudness of titles and shots, the active picture, and stretches of black, freeze, colour bars and silence."""
    for statement in _SOUND_TABLES:
        db.execute(statement)


_TITLE_TABLES = (
    """CREATE TABLE titles (
        title_id INTEGER PRIMARY KEY,
        identity TEXT NOT NULL UNIQUE,
        slug TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        kind TEXT NOT NULL,
        source TEXT NOT NULL,
        status TEXT NOT NULL,
        frames INTEGER NOT NULL,
        rate_numerator INTEGER NOT NULL,
        rate_denominator INTEGER NOT NULL,
        start_frame INTEGER NOT NULL,
        drop_frame INTEGER NOT NULL,
        start_tc TEXT NOT NULL,
        width INTEGER NOT NULL,
        height INTEGER NOT NULL,
        codec TEXT NOT NULL,
        colour TEXT NOT NULL,
        analysed_at TEXT NOT NULL,
        app_version TEXT NOT NULL
    )""",
    """CREATE TABLE tracks (
        title_id INTEGER NOT NULL REFERENCES titles ON DELETE CASCADE,
        position INTEGER NOT NULL,
        kind TEXT NOT NULL, file TEXT NOT NULL, codec TEXT NOT NULL, detail TEXT NOT NULL, language TEXT NOT NULL,
        PRIMARY KEY (title_id, position)
    )""",
    """CREATE TABLE findings (
        title_id INTEGER NOT NULL REFERENCES titles ON DELETE CASCADE,
        position INTEGER NOT NULL,
        code TEXT NOT NULL, severity TEXT NOT NULL, message TEXT NOT NULL, file TEXT NOT NULL,
        element TEXT NOT NULL, expected TEXT NOT NULL, found TEXT NOT NULL,
        PRIMARY KEY (title_id, position)
    )""",
    """CREATE TABLE transitions (
        title_id INTEGER NOT NULL REFERENCES titles ON DELETE CASCADE,
        position INTEGER NOT NULL,
        kind TEXT NOT NULL, start_frame INTEGER NOT NULL, end_frame INTEGER NOT NULL, confidence REAL NOT NULL,
        PRIMARY KEY (title_id, position)
    )""",
    """CREATE TABLE shots (
        title_id INTEGER NOT NULL REFERENCES titles ON DELETE CASCADE,
        shot INTEGER NOT NULL,
        start_frame INTEGER NOT NULL, end_frame INTEGER NOT NULL,
        start_tc TEXT NOT NULL, end_tc TEXT NOT NULL,
        key_frame INTEGER NOT NULL,
        transition_in TEXT, transition_confidence REAL NOT NULL,
        scale TEXT, scale_confidence REAL, scale_source TEXT,
        place TEXT, place_confidence REAL, place_source TEXT,
        time_of_day TEXT, time_confidence REAL, time_source TEXT,
        movement TEXT, movement_confidence REAL, movement_source TEXT,
        tag_source TEXT NOT NULL,
        features BLOB,
        PRIMARY KEY (title_id, shot)
    )""",
    """CREATE TABLE tags (
        title_id INTEGER NOT NULL, shot INTEGER NOT NULL,
        tag TEXT NOT NULL, probability REAL NOT NULL, source TEXT NOT NULL,
        PRIMARY KEY (title_id, shot, tag),
        FOREIGN KEY (title_id, shot) REFERENCES shots ON DELETE CASCADE
    ) WITHOUT ROWID""",
    "CREATE INDEX tags_by_tag ON tags (tag, title_id, shot)",
    "CREATE INDEX shots_by_scale ON shots (scale, title_id, shot)",
    """CREATE TABLE title_tags (
        title_id INTEGER NOT NULL REFERENCES titles ON DELETE CASCADE,
        tag TEXT NOT NULL, weight REAL NOT NULL, relevance REAL NOT NULL, shots INTEGER NOT NULL,
        source TEXT NOT NULL,
        PRIMARY KEY (title_id, tag)
    )""",
    """CREATE TABLE beats (
        title_id INTEGER NOT NULL REFERENCES titles ON DELETE CASCADE,
        beat INTEGER NOT NULL,
        start_shot INTEGER NOT NULL, end_shot INTEGER NOT NULL,
        category TEXT NOT NULL, confidence REAL NOT NULL, source TEXT NOT NULL,
        PRIMARY KEY (title_id, beat)
    )""",
    "CREATE INDEX beats_by_category ON beats (category, title_id)",
    """CREATE TABLE scores (
        title_id INTEGER NOT NULL REFERENCES titles ON DELETE CASCADE,
        position INTEGER NOT NULL,
        kind TEXT NOT NULL, value TEXT, low REAL, high REAL, model TEXT NOT NULL, note TEXT NOT NULL,
        PRIMARY KEY (title_id, position)
    )""",
    """CREATE TABLE runs (
        title_id INTEGER NOT NULL REFERENCES titles ON DELETE CASCADE,
        engine TEXT NOT NULL, model TEXT NOT NULL, model_sha256 TEXT NOT NULL, runtime TEXT NOT NULL,
        precision TEXT NOT NULL, seconds REAL NOT NULL,
        PRIMARY KEY (title_id, engine)
    )""",
    "CREATE VIRTUAL TABLE title_words USING fts5(name, source, tokenize = 'unicode61 remove_diacritics 2')",
)

_VIEWS = (
    """CREATE VIEW titles_v AS SELECT title_id, name, kind, source, status, frames,
        CASE rate_denominator WHEN 1 THEN CAST(rate_numerator AS TEXT)
             ELSE rate_numerator || '/' || rate_denominator END AS rate,
        ROUND(1.0 * frames * rate_denominator / rate_numerator, 6) AS duration_s,
        width, height, start_tc, analysed_at, app_version FROM titles""",
    """CREATE VIEW shot_log AS SELECT s.title_id, s.shot, s.start_frame, s.end_frame, s.start_tc, s.end_tc,
        ROUND(1.0 * (s.end_frame - s.start_frame) * t.rate_denominator / t.rate_numerator, 6) AS duration_s,
        s.transition_in, s.transition_confidence, s.key_frame, s.scale, s.scale_confidence, s.scale_source,
        s.movement, s.place, s.time_of_day
        FROM shots s JOIN titles t USING (title_id)""",
    "CREATE VIEW shot_tags AS SELECT title_id, shot, tag, probability, source FROM tags",
    "CREATE VIEW tag_summary AS SELECT title_id, tag, weight, relevance, shots, source FROM title_tags",
    """CREATE VIEW beat_log AS SELECT b.title_id, b.beat, b.start_shot, b.end_shot, f.start_frame, l.end_frame,
        f.start_tc, l.end_tc, b.category, b.confidence, b.source
        FROM beats b
        JOIN shots f ON f.title_id = b.title_id AND f.shot = b.start_shot
        JOIN shots l ON l.title_id = b.title_id AND l.shot = b.end_shot""",
    "CREATE VIEW score_summary AS SELECT title_id, kind, value, low, high, model, note FROM scores",
    """CREATE VIEW model_runs AS SELECT title_id, engine, model, model_sha256, runtime, precision, seconds
        FROM runs""",
)

_JOB_TABLES = (
    """CREATE TABLE jobs (
        job_id INTEGER PRIMARY KEY,
        path TEXT NOT NULL,
        kind TEXT NOT NULL,
        identity TEXT NOT NULL DEFAULT '',
        state TEXT NOT NULL CHECK (state IN ('seen', 'settling', 'waiting', 'queued', 'running', 'done',
                                             'failed', 'quarantined', 'cancelled')),
        reason TEXT NOT NULL DEFAULT '',
        priority INTEGER NOT NULL DEFAULT 0,
        attempts INTEGER NOT NULL DEFAULT 0,
        not_before REAL NOT NULL DEFAULT 0,
        host TEXT NOT NULL DEFAULT '', pid INTEGER NOT NULL DEFAULT 0, heartbeat REAL NOT NULL DEFAULT 0,
        progress REAL NOT NULL DEFAULT 0,
        title_id INTEGER REFERENCES titles ON DELETE SET NULL,
        log TEXT NOT NULL DEFAULT '',
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL
    )""",
    "CREATE INDEX jobs_by_state ON jobs (state, priority DESC, job_id)",
    "CREATE INDEX jobs_by_path ON jobs (path)",
    """CREATE TABLE job_events (
        event_id INTEGER PRIMARY KEY,
        job_id INTEGER NOT NULL REFERENCES jobs ON DELETE CASCADE,
        at TEXT NOT NULL,
        from_state TEXT NOT NULL,
        state TEXT NOT NULL,
        reason TEXT NOT NULL
    )""",
)

_SCENE_TABLES = (
    """CREATE TABLE scenes (
        title_id INTEGER NOT NULL REFERENCES titles ON DELETE CASCADE,
        scene INTEGER NOT NULL,
        start_shot INTEGER NOT NULL, end_shot INTEGER NOT NULL,
        PRIMARY KEY (title_id, scene)
    )""",
    """CREATE VIEW scene_log AS SELECT c.title_id, c.scene, c.start_shot, c.end_shot, f.start_frame, l.end_frame,
        f.start_tc, l.end_tc
        FROM scenes c
        JOIN shots f ON f.title_id = c.title_id AND f.shot = c.start_shot
        JOIN shots l ON l.title_id = c.title_id AND l.shot = c.end_shot""",
)

_SOUND_TABLES = (
    """CREATE TABLE loudness (
        title_id INTEGER PRIMARY KEY REFERENCES titles ON DELETE CASCADE,
        integrated_lufs REAL, true_peak_dbtp REAL, range_lu REAL, layout TEXT NOT NULL
    )""",
    """CREATE TABLE stretches (
        title_id INTEGER NOT NULL REFERENCES titles ON DELETE CASCADE,
        position INTEGER NOT NULL,
        kind TEXT NOT NULL,
        start_frame INTEGER NOT NULL, end_frame INTEGER NOT NULL, start_tc TEXT NOT NULL, end_tc TEXT NOT NULL,
        PRIMARY KEY (title_id, position)
    )""",
    """CREATE TABLE active_pictures (
        title_id INTEGER PRIMARY KEY REFERENCES titles ON DELETE CASCADE,
        left REAL NOT NULL, top REAL NOT NULL, right REAL NOT NULL, bottom REAL NOT NULL,
        ratio REAL NOT NULL, name TEXT NOT NULL
    )""",
    "ALTER TABLE shots ADD COLUMN loudness REAL",
    "DROP VIEW titles_v",
    """CREATE VIEW titles_v AS SELECT t.title_id, t.name, t.kind, t.source, t.status, t.frames,
        CASE t.rate_denominator WHEN 1 THEN CAST(t.rate_numerator AS TEXT)
             ELSE t.rate_numerator || '/' || t.rate_denominator END AS rate,
        ROUND(1.0 * t.frames * t.rate_denominator / t.rate_numerator, 6) AS duration_s,
        t.width, t.height, t.start_tc, t.analysed_at, t.app_version,
        l.integrated_lufs, l.true_peak_dbtp, l.range_lu AS loudness_range_lu, l.layout AS sound_layout,
        a.left AS active_left, a.top AS active_top, a.right AS active_right, a.bottom AS active_bottom,
        a.name AS active_ratio
        FROM titles t LEFT JOIN loudness l USING (title_id) LEFT JOIN active_pictures a USING (title_id)""",
    "DROP VIEW shot_log",
    """CREATE VIEW shot_log AS SELECT s.title_id, s.shot, s.start_frame, s.end_frame, s.start_tc, s.end_tc,
        ROUND(1.0 * (s.end_frame - s.start_frame) * t.rate_denominator / t.rate_numerator, 6) AS duration_s,
        s.transition_in, s.transition_confidence, s.key_frame, s.scale, s.scale_confidence, s.scale_source,
        s.movement, s.place, s.time_of_day, s.loudness AS loudness_lufs
        FROM shots s JOIN titles t USING (title_id)""",
    """CREATE VIEW segment_log AS SELECT g.title_id, g.position + 1 AS segment, g.kind, g.start_frame, g.end_frame,
        g.start_tc, g.end_tc,
        ROUND(1.0 * (g.end_frame - g.start_frame) * t.rate_denominator / t.rate_numerator, 6) AS duration_s
        FROM stretches g JOIN titles t USING (title_id)""",
)

_CORRECTION_TABLES = (
    """CREATE TABLE corrections (
        correction_id INTEGER PRIMARY KEY,
        act INTEGER NOT NULL,
        title_id INTEGER NOT NULL REFERENCES titles ON DELETE CASCADE,
        frame INTEGER NOT NULL,
        subject TEXT NOT NULL CHECK (subject IN ('scale', 'place', 'time_of_day', 'movement', 'tag')),
        tag TEXT NOT NULL DEFAULT '',
        value TEXT NOT NULL,
        by TEXT NOT NULL, at TEXT NOT NULL,
        undone_by TEXT, undone_at TEXT
    )""",
    "CREATE INDEX corrections_by_title ON corrections (title_id, correction_id)",
    """CREATE TABLE overruled (
        title_id INTEGER NOT NULL, shot INTEGER NOT NULL,
        subject TEXT NOT NULL, tag TEXT NOT NULL,
        machine_value TEXT, machine_confidence REAL, machine_source TEXT,
        correction_id INTEGER NOT NULL REFERENCES corrections ON DELETE CASCADE,
        PRIMARY KEY (title_id, shot, subject, tag),
        FOREIGN KEY (title_id, shot) REFERENCES shots ON DELETE CASCADE
    ) WITHOUT ROWID""",
    """CREATE VIEW shot_corrections AS SELECT o.title_id, o.shot, o.subject, o.tag, c.value AS person_value,
        o.machine_value, o.machine_confidence, o.machine_source, c.by, c.at
        FROM overruled o JOIN corrections c USING (correction_id)""",
)

_OUTBOX_TABLES = (
    """CREATE TABLE announcements (
        announcement_id INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        event TEXT NOT NULL CHECK (event IN ('title_analysed', 'title_corrected', 'title_failed',
                                             'delivery_quarantined')),
        title_id INTEGER REFERENCES titles ON DELETE CASCADE,
        path TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '',
        addressed INTEGER NOT NULL DEFAULT 0
    )""",
    """CREATE TABLE messages (
        message_id TEXT PRIMARY KEY,
        announcement_id INTEGER NOT NULL REFERENCES announcements ON DELETE CASCADE,
        connector TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'dead')),
        attempts INTEGER NOT NULL DEFAULT 0,
        not_before REAL NOT NULL DEFAULT 0,
        body TEXT,
        reason TEXT NOT NULL DEFAULT '',
        updated_at TEXT NOT NULL,
        UNIQUE (announcement_id, connector)
    )""",
    "CREATE INDEX messages_by_state ON messages (state, not_before)",
    """CREATE TRIGGER failures_are_announced AFTER INSERT ON job_events WHEN NEW.state IN ('failed', 'quarantined')
       BEGIN
           INSERT INTO announcements (at, event, path, reason)
           SELECT NEW.at, CASE NEW.state WHEN 'failed' THEN 'title_failed' ELSE 'delivery_quarantined' END,
               path, NEW.reason FROM jobs WHERE job_id = NEW.job_id;
       END""",
)
"""A trigger, so that a job cannot end badly in the queue without being announced in the same transaction."""
