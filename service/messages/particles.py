"""Korean particles that agree with the last sound of the word before them.

A word in brackets is not read aloud, so the particle follows what stands before it: 제조실행시스템(MES)을.
"""

import re

_TAIL = re.compile(r"(\s*[(\[（][^()\[\]（）]*[)\]）])+$")
_CLOSING = " '\"’”」』.,!?·"
_DIGIT_SOUNDS = {"0": "ㅇ", "1": "ㄹ", "3": "ㅁ", "6": "ㄱ", "7": "ㄹ", "8": "ㄹ"}
_LETTER_SOUNDS = {"L": "ㄹ", "M": "ㅁ", "N": "ㄴ", "R": "ㄹ"}
_WORD_SOUNDS = {"l": "ㄹ", "m": "ㅁ", "n": "ㄴ"}
_PAIRS = {"을": ("을", "를"), "이": ("이", "가"), "은": ("은", "는"), "과": ("과", "와")}


def with_particle(word: str, particle: str, quoted: bool = False) -> str:
    """The word with 을/를, 이/가, 은/는, 과/와 or 으로/로, named by their form after a consonant.

    `quoted` puts the word in single quotes before the particle. Raises KeyError for another particle.
    """
    shown = f"'{word}'" if quoted else word
    sound = final_sound(word)
    if particle == "으로":
        return shown + ("로" if sound in ("", "ㄹ") else "으로")
    after_consonant, after_vowel = _PAIRS[particle]
    return shown + (after_consonant if sound else after_vowel)


def final_sound(word: str) -> str:
    """The closing consonant of the word as it is read, "" after a vowel; ㄹ matters for 으로."""
    read = _TAIL.sub("", word).rstrip(_CLOSING) or word.rstrip(_CLOSING)
    if not read:
        return ""
    last = read[-1]
    if "가" <= last <= "힣":
        place = (ord(last) - ord("가")) % 28
        return "" if place == 0 else "ㄹ" if place == 8 else "ㅇ"
    if last.isdigit():
        return _DIGIT_SOUNDS.get(last, "")
    if last.isascii() and last.isalpha():
        return _latin_sound(read)
    return ""


def _latin_sound(read: str) -> str:
    """Abbreviations are spelt out (ERP를, PLM을); other words end as they are written (Vision을)."""
    if read[-1].isupper():
        return _LETTER_SOUNDS.get(read[-1], "")
    return "ㅇ" if read.endswith("ng") else _WORD_SOUNDS.get(read[-1], "")
