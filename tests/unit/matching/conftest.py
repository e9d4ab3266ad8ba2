"""The prepared encoder folder, made once and kept between runs."""

from pathlib import Path

import pytest

from matching.encoder import SentenceTransformerEncoder
from matching.encoder_folder import prepare_encoder_folder


@pytest.fixture(scope="session")
def encoder_folder(pytestconfig: pytest.Config) -> Path:
    """The folder of the real encoder, checked by its manifest and remade when damaged."""
    cache = pytestconfig.cache
    assert cache is not None
    return prepare_encoder_folder(cache.mkdir("encoder") / "e5")


@pytest.fixture(scope="session")
def e5(encoder_folder: Path) -> SentenceTransformerEncoder:
    """The real encoder in 32 bits, whatever the processor of this machine can do."""
    return SentenceTransformerEncoder(encoder_folder, halved=False)
