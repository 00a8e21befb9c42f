"""Kills a process of Reelwatch at a named boundary, once: by SIGKILL, right before or after a call of one function.

`sitecustomize.py`, put in front of PYTHONPATH, is read by every Python process at its start. Where REELWATCH_KILL
names a boundary ("daemon.queue:claim:after") and its marker file does not exist yet, it wraps that function.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

_SITECUSTOMIZE = """
import os, signal, sys
from importlib.machinery import PathFinder

target, marker = os.environ.get("REELWATCH_KILL", ""), os.environ.get("REELWATCH_KILL_MARKER", "")
if target and not os.path.exists(marker):
    name, function, when = target.split(":")

    def wrap(module):
        holder, _, last = function.rpartition(".")
        owner = getattr(module, holder) if holder else module
        real = getattr(owner, last)

        def die():
            if not os.path.exists(marker):
                open(marker, "w").close()
                os.kill(os.getpid(), signal.SIGKILL)

        def killed(*args, **kwargs):
            if when == "before":
                die()
            result = real(*args, **kwargs)
            die()
            return result

        setattr(owner, last, killed)

    class Finder:
        @staticmethod
        def find_spec(fullname, path=None, target=None):
            if fullname != name:
                return None
            spec = PathFinder.find_spec(fullname, path, target)
            run = spec.loader.exec_module
            spec.loader.exec_module = lambda module: (run(module), wrap(module))
            return spec

    sys.meta_path.insert(0, Finder)
"""


def environment_that_kills(folder: Path, boundary: str) -> Mapping[str, str]:
    """The environment of a Reelwatch process in which one process dies at the boundary; `folder` keeps the marker."""
    hooks = folder / "hooks"
    hooks.mkdir(exist_ok=True)
    (hooks / "sitecustomize.py").write_text(_SITECUSTOMIZE, encoding="utf-8")
    search = os.pathsep.join([str(hooks), *filter(None, [os.environ.get("PYTHONPATH")])])
    marker = str(folder / "killed")
    return {**os.environ, "PYTHONPATH": search, "REELWATCH_KILL": boundary, "REELWATCH_KILL_MARKER": marker}
