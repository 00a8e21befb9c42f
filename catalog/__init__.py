"""Records of results, the SQLite schema, store and search."""
