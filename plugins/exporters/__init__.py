"""Formats a title can be exported to, one a file; each is a plugin."""
