"""What runs a model file: one small protocol, one module a runtime."""

from engines.runtimes.protocol import Runtime

__all__ = ["Runtime"]
