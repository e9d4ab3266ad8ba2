"""The XLM-R unigram tokenizer of multilingual-e5, its vocabulary cut to what Korean texts hold.

Text made of the kept characters is segmented exactly as with the full vocabulary; a text in another
script becomes unknown tokens. The normaliser is SentencePiece's `nmt_nfkc`, rebuilt from NFKC.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.encoder_folder.weights import Vocabulary

SPECIAL_TOKENS = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
WORD_START = "\u2581"
_KEPT_RANGES = (
    (0x0000, 0x00FF),  # Latin with Western accents
    (0x0370, 0x03FF),  # Greek letters of units and formulas
    (0x1100, 0x11FF),  # Hangul jamo
    (0x2000, 0x2BFF),  # punctuation, units, arrows, the word start
    (0x3000, 0x30FF),  # CJK punctuation, kana
    (0x3130, 0x318F),  # Hangul compatibility jamo
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7A3),  # Hangul syllables
    (0xF900, 0xFAFF),
    (0xFF00, 0xFFEF),  # full-width forms
)
_CONTROL = r"[\x{01}-\x{08}\x{0B}\x{0E}-\x{1F}\x{7F}\x{8F}\x{9F}]"
_BLANK = r"[\t\n\f\r\x{1680}\x{200B}-\x{200F}\x{2028}\x{2029}\x{2581}\x{FEFF}\x{FFFD}]"


def kept_positions(vocabulary: Vocabulary) -> NDArray[np.int64]:
    """Which pieces stay. The least likely piece stays too: the penalty of unknown text hangs on it."""
    first_ordinary = 5
    least_likely = int(np.argmin(vocabulary.scores[first_ordinary:])) + first_ordinary
    kept = [
        position
        for position, piece in enumerate(vocabulary.pieces)
        if position == least_likely or piece in SPECIAL_TOKENS or all(map(_is_kept, piece))
    ]
    return np.array(kept, np.int64)


def cut_vocabulary(vocabulary: Vocabulary, kept: NDArray[np.int64]) -> Vocabulary:
    """The vocabulary of the kept pieces, in the same order."""
    pieces = tuple(vocabulary.pieces[position] for position in kept)
    places = {piece: place for place, piece in enumerate(pieces)}
    return Vocabulary(pieces, vocabulary.scores[kept], places["<pad>"], places["<unk>"])


def build_tokenizer(vocabulary: Vocabulary, longest: int) -> Any:
    """A transformers tokenizer over the vocabulary, cutting at `longest` tokens."""
    from transformers import PreTrainedTokenizerFast  # noqa: PLC0415 - slow import, only to make the folder

    return PreTrainedTokenizerFast(
        tokenizer_object=_segmenter(vocabulary),
        bos_token="<s>",
        cls_token="<s>",
        eos_token="</s>",
        sep_token="</s>",
        unk_token="<unk>",
        pad_token="<pad>",
        mask_token="<mask>",
        model_max_length=longest,
        model_input_names=["input_ids", "attention_mask"],
        clean_up_tokenization_spaces=False,
    )


def _segmenter(vocabulary: Vocabulary) -> Any:
    from tokenizers import AddedToken, Tokenizer, decoders, pre_tokenizers, processors  # noqa: PLC0415
    from tokenizers.models import Unigram  # noqa: PLC0415

    scored = [
        (piece, float(score)) for piece, score in zip(vocabulary.pieces, vocabulary.scores, strict=True)
    ]
    tokenizer = Tokenizer(Unigram(scored, unk_id=vocabulary.unknown, byte_fallback=False))
    tokenizer.normalizer = _normaliser()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(WORD_START, "always", True)
    tokenizer.decoder = decoders.Metaspace(WORD_START, "always", True)
    tokenizer.add_special_tokens(
        [AddedToken(token, special=True, normalized=False) for token in SPECIAL_TOKENS[:4]]
    )
    ends = [(token, vocabulary.pieces.index(token)) for token in ("<s>", "</s>")]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=ends
    )
    return tokenizer


def _normaliser() -> Any:
    """`nmt_nfkc` keeps the full-width tilde, so it is set aside while NFKC runs."""
    from tokenizers import Regex, normalizers  # noqa: PLC0415

    replace = normalizers.Replace
    return normalizers.Sequence(
        [
            replace(Regex(_CONTROL), ""),
            replace(Regex(_BLANK), " "),
            replace("\uff5e", "\uf8fe"),
            normalizers.NFKC(),
            replace("\uf8fe", "\uff5e"),
            replace(Regex(" {2,}"), " "),
        ]
    )


def _is_kept(character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in _KEPT_RANGES)
