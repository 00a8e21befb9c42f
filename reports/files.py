"""Writing files whole or not at all, and the assets pages share."""

from __future__ import annotations

from pathlib import Path
from tempfile import NamedTemporaryFile

ASSETS = Path(__file__).resolve().parent / "assets"


def write_bytes(path: Path, content: bytes) -> None:
    """Replaces a file at once: a reader sees the old content or the new, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as temporary:
        try:
            temporary.write(content)
            temporary.close()
            Path(temporary.name).chmod(0o644)  # temporary files are made for their owner only
            Path(temporary.name).replace(path)
        except BaseException:
            Path(temporary.name).unlink(missing_ok=True)
            raise


def write_text(path: Path, text: str) -> None:
    """UTF-8; what is no Unicode (bytes of a file name, kept by surrogates) is written as \\udcXX."""
    write_bytes(path, text.encode("utf-8", "backslashreplace"))


def copy_assets(reports: Path) -> None:
    """Style sheet and scripts beside the pages; only those that differ are written."""
    for source in sorted(ASSETS.iterdir()):
        content, target = source.read_bytes(), reports / "assets" / source.name
        if not target.is_file() or target.read_bytes() != content:
            write_bytes(target, content)
