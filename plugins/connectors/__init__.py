"""Ways to carry results to other systems, one a file; each is a plugin."""
