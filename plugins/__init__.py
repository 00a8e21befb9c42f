"""Hook specifications, and the built-in plugins that carry results to other systems."""
