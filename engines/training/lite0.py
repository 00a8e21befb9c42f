"""EfficientNet-Lite0 (Google, 2020) with batch norm folded into the convolutions, in torch.

Facts of the architecture: stem 3x3/2 to 32 channels, seven stages of inverted residuals without squeeze-and-excitation,
ReLU6, head 1x1 to 1280. Padding is TensorFlow's SAME, which for stride 2 on an even size pads one more below and right.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

FEATURES = 1280
LAST_CHANNELS = 320


@dataclass(frozen=True)
class Stage:
    blocks: int
    channels: int
    kernel: int
    stride: int
    expansion: int


STAGES = (
    Stage(1, 16, 3, 1, 1),
    Stage(2, 24, 3, 2, 6),
    Stage(2, 40, 5, 2, 6),
    Stage(3, 80, 3, 2, 6),
    Stage(3, 112, 5, 1, 6),
    Stage(4, 192, 5, 2, 6),
    Stage(1, 320, 3, 1, 6),
)


class SameConv(nn.Module):
    """Convolution with TensorFlow's SAME padding, for input sizes that are even wherever the stride is 2."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 1, stride: int = 1, groups: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, (kernel // 2) * (stride == 1), groups=groups)
        self.pads = ((kernel - 2) // 2, (kernel - 1) // 2) * 2 if stride == 2 else None

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.conv(F.pad(x, self.pads) if self.pads else x)
        return out


class InvertedResidual(nn.Module):
    """Expand, filter each channel, project; added to the input where shapes allow."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        inner = inputs * expansion
        self.expand = SameConv(inputs, inner) if expansion > 1 else None
        self.depthwise = SameConv(inner, inner, kernel, stride, groups=inner)
        self.project = SameConv(inner, outputs)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        inner = F.relu6(self.expand(x)) if self.expand is not None else x
        out: Tensor = self.project(F.relu6(self.depthwise(inner)))
        return x + out if self.residual else out


class Lite0(nn.Module):
    """[N, 3, H, W], (RGB - 127) / 128, H and W multiples of 32 -> maps of 320 and of 1280 channels, H/32 x W/32."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = SameConv(3, 32, 3, 2)
        stages: list[nn.Module] = []
        inputs = 32
        for s in STAGES:
            blocks = []
            for i in range(s.blocks):
                blocks.append(InvertedResidual(inputs, s.channels, s.kernel, s.stride if i == 0 else 1, s.expansion))
                inputs = s.channels
            stages.append(nn.Sequential(*blocks))
        self.stages = nn.Sequential(*stages)
        self.head = SameConv(LAST_CHANNELS, FEATURES)

    def early(self, x: Tensor, stages: int) -> Tensor:
        """Stem and the first `stages` stages."""
        out: Tensor = self.stages[:stages](F.relu6(self.stem(x)))
        return out

    def early_parameters(self, stages: int) -> list[nn.Parameter]:
        """Weights of the stem and the first `stages` stages."""
        return [*self.stem.parameters(), *self.stages[:stages].parameters()]

    def late(self, x: Tensor, stages: int) -> tuple[Tensor, Tensor]:
        """The rest, from the output of `early`: the last map and the features map."""
        last: Tensor = self.stages[stages:](x)
        return last, F.relu6(self.head(last))


def load_teacher(trunk: Lite0, path: Path) -> None:
    """Fill the trunk from a safetensors file with timm's names for EfficientNet-Lite0 (batch norm folded)."""
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing; the compact model starts from these ImageNet weights.")
    teacher = read_safetensors(path)
    state = {}
    for name in trunk.state_dict():
        state[name] = torch.from_numpy(teacher.pop(_teacher_name(name)))
    if teacher:
        raise ValueError(f"{path} holds weights that EfficientNet-Lite0 has no place for: {sorted(teacher)[:3]}.")
    trunk.load_state_dict(state)


def read_safetensors(path: Path) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    """float32 tensors of a safetensors file (8 bytes of header length, JSON header, raw little-endian data)."""
    raw = path.read_bytes()
    start = 8 + int.from_bytes(raw[:8], "little")
    tensors = {}
    for name, entry in json.loads(raw[8:start]).items():
        if name == "__metadata__":
            continue
        if entry["dtype"] != "F32":
            raise ValueError(f"{path}: tensor {name} is {entry['dtype']}, expected F32.")
        begin, end = entry["data_offsets"]
        flat = np.frombuffer(raw[start + begin : start + end], "<f4")
        tensors[name] = flat.reshape(entry["shape"]).copy()
    return tensors


def _teacher_name(name: str) -> str:
    name = name.replace(".conv.", ".").replace("stages.", "blocks.")
    for ours, theirs in (("expand", "conv_pw"), ("depthwise", "conv_dw"), ("project", "conv_pwl")):
        name = name.replace(f".{ours}.", f".{theirs}.")
    if name.startswith(("stem.", "head.")):
        name = f"conv_{name}"
    return name
