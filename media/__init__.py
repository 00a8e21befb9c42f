"""A delivery as a Programme: which frames play, in which order, in which colour."""
