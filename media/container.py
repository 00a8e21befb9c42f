"""Opening a media file safely: known containers only, no neighbours, bounded pictures."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import av.container
import av.error
import av.logging
from av.video.stream import VideoStream

from media.findings import DeliveryError

SUFFIXES = (".mp4", ".mov", ".mxf", ".mkv", ".webm", ".ts", ".m2ts", ".avi", ".m4v", ".mpg")
_DEMUXERS = "mov,matroska,mxf,mpegts,avi,mpeg,mpegvideo"
"""FFmpeg probes content, and its playlist demuxers (concat, hls, dash, imf) open other files: none of those."""
_MAX_PIXELS = 8192 * 8640
_ATTACHED_PICTURE = 0x0400

DECODING_ERRORS = (av.error.FFmpegError, EOFError, ValueError)
"""What a damaged packet raises. Where memory runs out FFmpeg says MemoryError, which is caught before these: that is
the job's limit, not the delivery's damage."""

av.logging.set_level(None)
"""Any other level makes FFmpeg's decoding threads call into Python: closing a decoder then waits for a thread that
waits for the interpreter, forever. Seen with PyAV 18.1 and two HEVC files in a row."""


@contextmanager
def opened(path: Path, key: bytes = b"") -> Iterator[av.container.InputContainer]:
    """The demuxed file, closed at the end: PyAV's reference cycles keep forgotten ones open.

    Raises DeliveryError for what is no media file, FileNotFoundError for one that has gone.
    """
    container = open_container(path, key)
    try:
        yield container
    finally:
        container.close()


def open_container(path: Path, key: bytes = b"") -> av.container.InputContainer:
    """As `opened`, for the caller to close. key: content key of an encrypted MXF, which FFmpeg decrypts (ST 429-6)."""
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise DeliveryError(f"{path.name} is not a regular file and was not opened.")
        options = {"format_whitelist": _DEMUXERS, "protocol_whitelist": "file", "max_pixels": str(_MAX_PIXELS)}
        if key:
            options["cryptokey"] = key.hex()
        return av.open(str(path), options=options, metadata_errors="replace")
    except (FileNotFoundError, MemoryError):
        raise
    except (av.error.FFmpegError, EOFError, ValueError, UnicodeError) as error:
        raise DeliveryError(f"{path.name} is no film that can be read ({_reason(error)}).") from error
    except OSError as error:
        raise DeliveryError(f"{path.name} cannot be read ({error.strerror}).") from error


def _reason(error: Exception) -> str:
    """FFmpeg's words for an error, without its plea for patches."""
    text = getattr(error, "strerror", "") or str(error) or type(error).__name__
    return text.partition(", patches welcome")[0].rstrip(".")


def picture_stream(container: av.container.InputContainer) -> VideoStream | None:
    """The stream to analyse: the largest picture, cover art left out; None for audio-only files."""
    films = [
        stream
        for stream in container.streams.video
        if stream.codec_context is not None and not int(stream.disposition) & _ATTACHED_PICTURE
    ]
    return max(films, key=lambda stream: (stream.width or 0) * (stream.height or 0), default=None)
