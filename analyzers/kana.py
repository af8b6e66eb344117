"""Kana in one spelling: what shoppers and shops write differently and mean the same.

Folding is safe by length: ー decides between short words (ビル, ビール; ボウル, ボール), so it is dropped only where no
two words of the trade are told apart by it.
"""

import re

VOWELS = "aiueo"
KANA_ROWS = {
    "": "アイウエオ",
    "k": "カキクケコ",
    "s": "サシスセソ",
    "t": "タチツテト",
    "n": "ナニヌネノ",
    "h": "ハヒフヘホ",
    "m": "マミムメモ",
    "r": "ラリルレロ",
    "g": "ガギグゲゴ",
    "z": "ザジズゼゾ",
    "d": "ダヂヅデド",
    "b": "バビブベボ",
    "p": "パピプペポ",
}
"""Consonant in romaji -> its kana by vowel."""

_HIRAGANA_TO_KATAKANA = {code: code + 0x60 for code in (*range(0x3041, 0x3097), 0x309D, 0x309E)}
_KANA_TEXT = re.compile(r"[ぁ-ゖァ-ヺー・ゝゞヽヾ]*[ぁ-ゖァ-ヺ][ぁ-ゖァ-ヺー・ゝゞヽヾ]*")
_HIRAGANA = re.compile("[ぁ-ゖゝゞ]")
_HIRAGANA_TEXT = re.compile("[ぁ-ゖー]+")

_KANA = "ぁ-ゖァ-ヺー"
_DASHES = re.compile(rf"(?<=[{_KANA}])[〜~―—–−─⁓〰](?=[{_KANA}]|\s|$)|(?<=[ァ-ヺ])-(?=[ァ-ヺ]|\s|$)")
"""What stands for ー after kana. A hyphen only within katakana: before kanji or latin it separates."""

_REPEATS = frozenset("ゝゞヽヾ")
_TO_UNIFY = re.compile("[ゝゞヽヾ〜~―—–−─⁓〰-]")

_VARIANTS = re.compile("[ヂヅヰヱヲヴヵヶ・]|ウ[ィェォ]")
_SAME_SOUND = str.maketrans("ヂヅヰヱヲヵヶ", "ジズイエオカケ", "・")
_FOREIGN = re.compile("ヴ[ァィェォ]?")
_FOREIGN_SOUNDS = {"ヴァ": "バ", "ヴィ": "ビ", "ヴェ": "ベ", "ヴォ": "ボ", "ヴ": "ブ"}
_GLIDES = re.compile("ウ([ィェォ])")
_LARGE = str.maketrans("ァィゥェォャュョッヮ", "アイウエオヤユヨツワ")
_E_I = re.compile("(?<=[エケゲセゼテデネヘベペメレェ])イ")
_O_U = re.compile("(?<=[オコゴソゾトドノホボポモヨョロォ])ウ")

_LONG_FORM_MIN = 4
"""Sounds without ー from which エイ is エー and オウ is オー: ディスプレー, but レイン is not レーン."""
_INNER_DROP_MIN = 6
"""Sounds from which no ー counts at all (エンターテイメント, エンタテイメント)."""
_TRAILING_DROP_MIN = 3
"""Sounds from which a trailing ー does not count, as JIS Z 8301 has it (ミキサー, ミキサ; but カバー is not カバ)."""


def unify_dashes(text: str) -> str:
    """Dashes and waves that stand for a long vowel become ー, iteration marks the kana; the length stays.

    >>> unify_dashes("ら〜めん コ-ヒ- 5〜10kg"), unify_dashes("いすゞ こゝろ")
    ('らーめん コーヒー 5〜10kg', 'いすず こころ')
    """
    if _TO_UNIFY.search(text) is None:
        return text
    text = _DASHES.sub("ー", text)
    return text if _REPEATS.isdisjoint(text) else _repeat_kana(text)


def _repeat_kana(text: str) -> str:
    out: list[str] = []
    for char in text:
        last = out[-1] if out else ""
        if char in "ゝヽ" and is_kana(last):
            char = unvoice(last)
        elif char in "ゞヾ" and is_kana(last):
            char = _voice(unvoice(last))
        out.append(char)
    return "".join(out)


_PLAIN = "かきくけこさしすせそたちつてとはひふへほカキクケコサシスセソタチツテトハヒフヘホ"
_VOICED = "がぎぐげござじずぜぞだぢづでどばびぶべぼガギグゲゴザジズゼゾダヂヅデドバビブベボ"
_UNVOICED = str.maketrans(_VOICED, _PLAIN)


def _voice(kana: str) -> str:
    return kana.translate(str.maketrans(_PLAIN, _VOICED))


def unvoice(kana: str) -> str:
    """
    >>> unvoice("テサゲブクロ")
    'テサケフクロ'
    """
    return kana.translate(_UNVOICED)


def is_kana(text: str) -> bool:
    """Whether a text is kana alone, ー and ・ included, and can be said.

    >>> is_kana("ルイ・ヴィトン"), is_kana("めがね"), is_kana("お皿"), is_kana("ー"), is_kana("")
    (True, True, False, False, False)
    """
    return _KANA_TEXT.fullmatch(text) is not None


def is_hiragana(text: str) -> bool:
    """
    >>> is_hiragana("らーめん"), is_hiragana("ラーメン")
    (True, False)
    """
    return _HIRAGANA_TEXT.fullmatch(text) is not None


def to_katakana(text: str) -> str:
    """
    >>> to_katakana("らーめん 醤油")
    'ラーメン 醤油'
    """
    return text.translate(_HIRAGANA_TO_KATAKANA) if _HIRAGANA.search(text) else text


def fold_kana(text: str) -> str:
    """The one spelling of a term or a reading; other scripts pass.

    >>> fold_kana("ヴァイオリン"), fold_kana("ウィスキー"), fold_kana("ルイ・ヴィトン"), fold_kana("みかづき")
    ('バイオリン', 'ウイスキ', 'ルイビトン', 'ミカズキ')
    >>> fold_kana("インターフェイス") == fold_kana("インターフェース") == fold_kana("インタフェース")
    True
    >>> fold_kana("アイシャドウ") == fold_kana("アイシャドー"), fold_kana("ボウル") == fold_kana("ボール")
    (True, False)
    >>> fold_kana("ミキサー"), fold_kana("カバー"), fold_kana("ビール"), fold_kana("レイン"), fold_kana("レーン")
    ('ミキサ', 'カバー', 'ビール', 'レイン', 'レーン')
    """
    return fold_length(fold_sounds(text))


def fold_sounds(text: str) -> str:
    """The part of `fold_kana` that may be done word by word before the words are joined.

    >>> fold_sounds("びーヴァー")
    'ビーバー'
    """
    text = to_katakana(text)
    if _VARIANTS.search(text) is None:
        return text
    text = _FOREIGN.sub(lambda match: _FOREIGN_SOUNDS[match[0]], text.translate(_SAME_SOUND))
    return _GLIDES.sub(lambda match: "ウ" + match[1].translate(_LARGE), text)


def fold_length(text: str) -> str:
    """The part of `fold_kana` that looks at the whole word: which ー, and which long エイ and オウ, count."""
    if "イ" in text or "ウ" in text:
        text = text.replace("ェイ", "ェー")
        flat = _O_U.sub("ー", _E_I.sub("ー", text))
        if _count_sounds(flat) >= _LONG_FORM_MIN:
            text = flat
    if "ー" not in text:
        return text
    sounds = _count_sounds(text)
    if sounds >= _INNER_DROP_MIN:
        return text.replace("ー", "")
    return text.rstrip("ー") if sounds >= _TRAILING_DROP_MIN else text


def _count_sounds(text: str) -> int:
    return len(text) - text.count("ー")


def enlarge_kana(text: str) -> str:
    """Small kana as large ones: who types キャノン, キヤノン or つ for っ means the same.

    >>> enlarge_kana("キャノン")
    'キヤノン'
    """
    return text.translate(_LARGE)
