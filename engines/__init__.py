"""What is in the pictures: shots, scale, tags, beats and score; runtimes, models and training."""

import os

# The Linux wheels of ONNX Runtime (seen in 1.31) report usage to their maker and keep a device id under ~/.cache
# unless told before they are imported. What an archive looks at is nobody else's business.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
