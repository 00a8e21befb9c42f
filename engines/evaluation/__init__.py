"""Engines measured on labelled data that a user names."""

from engines.evaluation.entry import evaluate

__all__ = ["evaluate"]
