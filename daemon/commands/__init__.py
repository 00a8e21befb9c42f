"""The commands of `reelwatch`, one a file; each is imported when it is called."""
