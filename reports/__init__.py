"""HTML pages, templates, static assets and thumbnails."""
