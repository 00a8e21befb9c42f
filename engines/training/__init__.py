"""Recipes that rebuild the shipped models; the only place that imports torch."""
