"""Turns texts into unit vectors. Vectors of different encoders are never compared: keep `name` with them."""

import hashlib
import os
import re
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from matching.domain import EmbeddedPassages, FloatArray, Passage, Prompt
from matching.encoder_folder import made_encoder_name
from matching.text import lexical_form, normalise

BATCH_SIZE = 16
HALVING = ("avx512_bf16", "amx_bf16")
"""Instructions, as torch names them, that multiply in bfloat16; without them it is slower than 32 bits."""


class Encoder(Protocol):
    """What the rest of matching needs of a sentence encoder."""

    @property
    def name(self) -> str:
        """Names model and revision; stored beside every vector."""

    @property
    def dimensions(self) -> int:
        """Length of a vector."""

    def encode(self, texts: Sequence[str], prompt: Prompt) -> FloatArray:
        """One unit vector a text, shape (len(texts), dimensions)."""


def embed(encoder: Encoder, passages: Sequence[Passage]) -> EmbeddedPassages:
    """Encodes passages, each with its own prompt, in at most two calls."""
    vectors = np.zeros((len(passages), encoder.dimensions), np.float32)
    prompts: tuple[Prompt, ...] = ("query", "passage")
    for prompt in prompts:
        rows = [i for i, passage in enumerate(passages) if passage.prompt == prompt]
        if rows:
            vectors[rows] = encoder.encode([passages[i].text for i in rows], prompt)
    return EmbeddedPassages(tuple(passages), vectors)


class SentenceTransformerEncoder:
    """A sentence-transformers model of the e5 family ("query: " and "passage: "), from a folder or hub id.

    Two torch threads on shared cores are slower than one, so one is used; calls are serialised.
    A folder made by `encoder_folder` carries its own name; any other model is named by its path or id.
    `halved` computes in bfloat16, by default where the processor does so itself: up to twice as fast, with
    vectors whose cosine to those of 32 bits is above 0.999 and an evaluation that moves by 0.001
    (`python -m tests.bench.encoder`), so that both may be compared with one another.
    """

    def __init__(
        self, path_or_name: str | Path, name: str | None = None, threads: int = 1, halved: bool | None = None
    ) -> None:
        local = Path(path_or_name).is_dir()
        if local:
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
        import torch  # noqa: PLC0415 - seconds to import; only those who encode pay
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415
        from transformers.utils import logging  # noqa: PLC0415

        logging.disable_progress_bar()
        torch.set_num_threads(threads)
        self._model = SentenceTransformer(str(path_or_name), device="cpu", local_files_only=local)
        known = torch.cpu.get_capabilities()
        if any(known.get(name) for name in HALVING) if halved is None else halved:
            self._model.to(torch.bfloat16)
        self._lock = threading.Lock()
        self._name = name or made_encoder_name(path_or_name) or str(path_or_name)

    @property
    def name(self) -> str:
        """The model's name as stored beside its vectors."""
        return self._name

    @property
    def dimensions(self) -> int:
        """Length of a vector: 384 for multilingual-e5-small."""
        return int(self._model.get_embedding_dimension())

    def encode(self, texts: Sequence[str], prompt: Prompt) -> FloatArray:
        """Encodes NFC text; the library sorts by length, so that batches hold little padding."""
        prepared = [f"{prompt}: {normalise(text)}" for text in texts]
        with self._lock:
            vectors = self._model.encode(
                prepared, prompt="", batch_size=BATCH_SIZE, normalize_embeddings=True, show_progress_bar=False
            )
        found = np.ascontiguousarray(vectors, np.float32).reshape(len(prepared), self.dimensions)
        # Again, as what was made in bfloat16 has a length of 1 within half a percent only.
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        return np.asarray(found / np.maximum(lengths, 1e-9), np.float32)


class HashingEncoder:
    """A deterministic stand-in for tests: texts that share character trigrams get near vectors."""

    def __init__(self, dimensions: int = 64) -> None:
        self.name = f"hashing-{dimensions}"
        self.dimensions = dimensions

    def encode(self, texts: Sequence[str], prompt: Prompt) -> FloatArray:
        """The prompt is ignored: both sides share one space."""
        del prompt
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self._vector(text)
        return vectors

    def _vector(self, text: str) -> FloatArray:
        vector = np.zeros(self.dimensions, np.float32)
        padded = f"  {re.sub(r'[^0-9a-z가-힣]+', ' ', lexical_form(text))}  "
        for start in range(len(padded) - 2):
            digest = hashlib.blake2b(padded[start : start + 3].encode(), digest_size=8).digest()
            number = int.from_bytes(digest, "big")
            vector[number % self.dimensions] += 1.0 if number >> 63 else -1.0
        norm = float(np.linalg.norm(vector))
        if norm == 0.0:
            vector[0] = norm = 1.0
        return vector / np.float32(norm)
