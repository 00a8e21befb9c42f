from __future__ import annotations

from pathlib import Path

import pytest

from daemon.watching import is_remote

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/films /srv/films nfs4 rw 0 0
//nas/in /srv/my\\040ingest cifs rw 0 0
/dev/sdb1 /srv/films/local xfs rw 0 0
sshfs#me@host /mnt/ssh fuse.sshfs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "remote"),
    [
        ("/srv", False),
        ("/srv/films", True),
        ("/srv/films/a/b", True),
        ("/srv/films/local/in", False),
        ("/srv/filmsother", False),
        ("/srv/my ingest/a", True),
        ("/mnt/ssh", True),
    ],
)
def test_network_file_systems_are_told_by_their_mount(path: str, remote: bool) -> None:
    assert is_remote(Path(path), MOUNTS) is remote
