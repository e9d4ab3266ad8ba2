"""Writes the weights as a BERT model with mean pooling, in the library's own file format."""

from pathlib import Path
from typing import Any

import numpy as np

from matching.domain import FloatArray
from matching.encoder_folder.tokenizer import build_tokenizer, cut_vocabulary, kept_positions
from matching.encoder_folder.weights import Architecture, Weights

_EMBEDDINGS = {
    "embeddings.position_embeddings.weight": "emb.pos",
    "embeddings.token_type_embeddings.weight": "emb.type",
}
_LAYER = {
    "attention.self.query": "q",
    "attention.self.key": "k",
    "attention.self.value": "v",
    "attention.output.dense": "ao",
    "attention.output.LayerNorm": "aln",
    "intermediate.dense": "fi",
    "output.dense": "fo",
    "output.LayerNorm": "oln",
}


def write_model(weights: Weights, folder: Path) -> None:
    """Fills an empty folder that SentenceTransformer can open, prompts included."""
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - slow import, only to make the folder
    from sentence_transformers.sentence_transformer.modules import (  # noqa: PLC0415
        Normalize,
        Pooling,
        Transformer,
    )
    from transformers.utils import logging  # noqa: PLC0415

    logging.disable_progress_bar()
    size = weights.architecture
    kept = kept_positions(weights.vocabulary)
    vocabulary = cut_vocabulary(weights.vocabulary, kept)
    words = weights.tensors["emb.word"].reshape(-1, size.hidden)[kept]
    build_tokenizer(vocabulary, size.positions).save_pretrained(folder)
    _bert(size, words, weights, vocabulary.padding).save_pretrained(folder)
    modules = [
        Transformer(str(folder), max_seq_length=size.positions),
        Pooling(size.hidden, pooling_mode="mean"),
        Normalize(),
    ]
    prompts = {"query": "query: ", "passage": "passage: ", "document": "passage: "}
    model = SentenceTransformer(modules=modules, device="cpu", prompts=prompts)
    model.save(str(folder), create_model_card=False)


def _bert(size: Architecture, words: FloatArray, weights: Weights, padding: int) -> Any:
    """The transformer with all its tensors loaded; raises RuntimeError when one is missing or left over."""
    import torch  # noqa: PLC0415 - slow import, only to make the folder
    from transformers import BertConfig, BertModel  # noqa: PLC0415

    configuration = BertConfig(
        vocab_size=len(words),
        hidden_size=size.hidden,
        num_hidden_layers=size.layers,
        num_attention_heads=size.heads,
        intermediate_size=size.feed_forward,
        hidden_act="gelu",
        max_position_embeddings=size.positions,
        type_vocab_size=size.token_types,
        layer_norm_eps=size.epsilon,
        pad_token_id=padding,
    )
    model = BertModel(configuration).eval()
    state = {
        name: torch.from_numpy(np.ascontiguousarray(value))
        for name, value in _state(size, words, weights).items()
    }
    model.load_state_dict(state, strict=True)
    return model


def _state(size: Architecture, words: FloatArray, weights: Weights) -> dict[str, FloatArray]:
    """The tensors under the names that transformers gives them.

    Mean pooling leaves the pooler of BERT unused; it is written as zeros, since loading warns without it.
    """
    tensors = weights.tensors
    state = {
        "embeddings.word_embeddings.weight": words,
        "embeddings.LayerNorm.weight": tensors["emb.ln.w"],
        "embeddings.LayerNorm.bias": tensors["emb.ln.b"],
        "pooler.dense.weight": np.zeros((size.hidden, size.hidden), np.float32),
        "pooler.dense.bias": np.zeros(size.hidden, np.float32),
    }
    for name, short in _EMBEDDINGS.items():
        state[name] = tensors[short].reshape(-1, size.hidden)
    for layer in range(size.layers):
        for name, short in _LAYER.items():
            weight, bias = tensors[f"l{layer}.{short}.w"], tensors[f"l{layer}.{short}.b"]
            full = f"encoder.layer.{layer}.{name}"
            state[f"{full}.weight"] = weight if name.endswith("LayerNorm") else weight.reshape(len(bias), -1)
            state[f"{full}.bias"] = bias
    return state
