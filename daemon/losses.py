"""How many frames of a title may be missing before its analysis is not worth keeping."""

from __future__ import annotations

from collections.abc import Sequence

from media.findings import Finding


def refusal(findings: Sequence[Finding], limit: float) -> str:
    """A sentence where more than this share (0 to 1) of the frames was lost in decoding; empty where not."""
    for finding in findings:
        if finding.code == "lost frames":
            expected, decoded = int(finding.expected), int(finding.found)
            lost = expected - decoded
            if lost > limit * expected:
                share = f"{lost / expected:.1%}, more than the {limit:.3g} that limits.lost_frames allows"
                return f"{finding.message.rstrip('.')} ({share})."
    return ""
