"""Korean particles that agree with the last sound of the word before them.

A word in brackets is not read aloud, so the particle follows what stands before it: 제조실행시스템(MES)을.
"""

import unicodedata

_OPENING = {")": "(", "]": "[", "）": "（"}
_SPOKEN_SYMBOLS = "%+&℃"
"""Signs that are read aloud (퍼센트, 플러스, 앤드, 도); each ends in a vowel."""

_DIGIT_SOUNDS = {"0": "ㅇ", "1": "ㄹ", "3": "ㅁ", "6": "ㄱ", "7": "ㄹ", "8": "ㄹ"}
_LETTER_SOUNDS = {"L": "ㄹ", "M": "ㅁ", "N": "ㄴ", "R": "ㄹ"}
_WORD_SOUNDS = {
    "haccp": "ㅂ",  # 해썹
    "ng": "ㅇ", "le": "ㄹ", "ne": "ㄴ", "me": "ㅁ", "l": "ㄹ", "m": "ㅁ", "n": "ㄴ",
    "bot": "ㅅ", "net": "ㅅ", "ack": "ㄱ", "ock": "ㄱ",
    "ap": "ㅂ", "app": "ㅂ", "ip": "ㅂ", "shop": "ㅂ", "ab": "ㅂ", "eb": "ㅂ",
}  # fmt: skip
"""How Latin words end when they are read in Korean: 로봇, 트랙, 라인, 모듈. Other endings sound like a vowel."""

_SHORTEST_WORD = 4
"""Capitals are spelt out (ERP, PLM), except longer ones that end like a word (ROBOT, HACCP)."""

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
    read = unicodedata.normalize("NFKC", _read_aloud(unicodedata.normalize("NFC", word)))
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


def _read_aloud(word: str) -> str:
    """The word without marks and brackets at its end; a word that is all brackets is read as it stands."""
    read = word
    while read and not (read[-1].isalnum() or read[-1] in _SPOKEN_SYMBOLS):
        read = read[: _bracket_start(read)]
    return read or "".join(letter for letter in word if letter.isalnum())


def _bracket_start(read: str) -> int:
    """Where the bracket opens that closes at the end; the last letter when none does."""
    closing = read[-1]
    depth = 0
    for place in range(len(read) - 1, -1, -1):
        depth += (read[place] == closing) - (read[place] == _OPENING.get(closing))
        if depth == 0:
            return place
    return len(read) - 1


def _latin_sound(read: str) -> str:
    start = len(read)
    while start and read[start - 1].isascii() and read[start - 1].isalpha():
        start -= 1
    word = read[start:]
    if word[-1].isupper() and (len(word) < _SHORTEST_WORD or not _ending(word)):
        return _LETTER_SOUNDS.get(word[-1], "")
    return _WORD_SOUNDS.get(_ending(word), "")


def _ending(word: str) -> str:
    """The longest known ending of a Latin word, "" when there is none."""
    lower = word.lower()
    return next((lower[start:] for start in range(len(lower)) if lower[start:] in _WORD_SOUNDS), "")
