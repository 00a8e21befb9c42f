"""The sample that `reelwatch demo` draws for itself."""
