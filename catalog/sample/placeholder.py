"""Product pictures of the sample: small SVGs, made when they are asked for."""

from html import escape
from zlib import crc32

_HUES_AND_SHAPES = {
    "AP": (210, "plug"), "PC": (222, "screen"), "SP": (250, "phone"), "CM": (200, "lens"), "FD": (28, "bowl"),
    "SW": (340, "cake"), "DR": (185, "bottle"), "LF": (325, "shirt"), "MF": (215, "shirt"), "BB": (45, "star"),
    "SB": (25, "bag"), "JW": (48, "ring"), "CO": (350, "bottle"), "HC": (150, "plus"), "KT": (12, "bowl"),
    "FN": (30, "chair"), "IN": (270, "lamp"), "DL": (190, "box"), "SO": (130, "ball"), "BK": (20, "book"),
    "TY": (52, "star"), "MU": (285, "note"), "PT": (35, "paw"), "DT": (205, "tool"), "GD": (110, "leaf"),
    "ST": (230, "pen"), "CR": (0, "car"),
}  # fmt: skip
"""By the letters that a sample's SKU begins with (words/categories)."""

_SHAPES = {
    "plug": '<path d="M160 120v-50M240 120v-50M140 120h120v40a60 60 0 0 1-120 0zM200 220v60"/>',
    "screen": '<path d="M110 80h180v120h-180zM200 200v40M150 240h100"/>',
    "phone": '<rect x="150" y="60" width="100" height="190" rx="16"/><path d="M190 230h20"/>',
    "lens": '<rect x="100" y="100" width="200" height="130" rx="14"/><circle cx="200" cy="165" r="42"/>',
    "bowl": '<path d="M110 150h180a90 90 0 0 1-180 0zM170 120q-10-20 0-40M200 120q-10-20 0-40M230 120q-10-20 0-40"/>',
    "cake": '<path d="M120 160h160v80h-160zM120 190q40 30 80 0t80 0M200 160v-50"/><circle cx="200" cy="98" r="10"/>',
    "bottle": '<path d="M180 60h40v40l20 30v110h-80v-110l20-30zM160 170h80"/>',
    "shirt": '<path d="M150 80l-50 40 25 35 20-15v110h110v-110l20 15 25-35-50-40q-50 40-100 0z"/>',
    "star": '<path d="M200 70l26 56 60 7-45 42 12 61-53-31-53 31 12-61-45-42 60-7z"/>',
    "bag": '<path d="M120 130h160l12 120h-184zM160 130v-20a40 40 0 0 1 80 0v20"/>',
    "ring": '<circle cx="200" cy="180" r="62"/><path d="M180 118l-18-32h76l-18 32z"/>',
    "plus": '<path d="M175 80h50v55h55v50h-55v55h-50v-55h-55v-50h55z"/>',
    "chair": '<path d="M150 70v180M150 160h100v90M150 80q50-20 90 0v80"/>',
    "lamp": '<path d="M160 80h80l30 80h-140zM200 160v80M150 240h100"/>',
    "box": '<path d="M200 70l90 45v90l-90 45-90-45v-90zM110 115l90 45 90-45M200 160v90"/>',
    "ball": '<circle cx="200" cy="160" r="88"/><path d="M112 160h176M200 72q-60 88 0 176M200 72q60 88 0 176"/>',
    "book": '<path d="M200 100q-40-30-95-20v150q55-10 95 20 40-30 95-20v-150q-55-10-95 20zM200 100v150"/>',
    "note": '<circle cx="160" cy="220" r="26"/><circle cx="250" cy="205" r="26"/><path d="M186 220v-120l90-20v125"/>',
    "paw": '<circle cx="150" cy="120" r="20"/><circle cx="200" cy="98" r="20"/><circle cx="250" cy="120" r="20"/>'
    '<path d="M200 150q60 30 50 75-50 30-100 0-10-45 50-75z"/>',
    "tool": '<path d="M120 240l90-90a45 45 0 0 1 55-60l-28 28 25 25 28-28a45 45 0 0 1-60 55l-90 90z"/>',
    "leaf": '<path d="M120 240q-20-150 170-160 0 180-150 160M120 250q60-80 110-110"/>',
    "pen": '<path d="M120 240l15-55 110-110 40 40-110 110zM225 95l40 40"/>',
    "car": '<path d="M100 200v-45l40-10 30-45h80l35 45 25 10v45z"/><circle cx="150" cy="205" r="22"/>'
    '<circle cx="255" cy="205" r="22"/>',
}

_LINE_CHARS = 14
_LINES_MAX = 3


def placeholder_svg(name: str, seed_text: str) -> str:
    """A square picture for a product: its department's colour and sign, and its name in up to three lines.

    `seed_text` is the stem of the picture's address, such as "AP-0000012" or "AP-0000012-2": the letters before
    the first hyphen choose colour and sign, the whole text their shade, so each picture of a product differs.
    Below 2 KB, without scripts or anything from elsewhere; any text is safe.

    >>> placeholder_svg("イヤホン", "AP-0000001").startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    True
    """
    seed = crc32(seed_text.encode("utf-8", "replace"))
    hue, shape = _HUES_AND_SHAPES.get(seed_text.split("-")[0], (seed % 360, "box"))
    hue = (hue + seed % 24 - 12) % 360
    lines = "".join(f'<tspan x="200" dy="28">{escape(_printable(line))}</tspan>' for line in _wrap(name))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" role="img">'
        f'<defs><linearGradient id="g" gradientTransform="rotate({seed % 90})">'
        f'<stop stop-color="hsl({hue} 60% 94%)"/><stop offset="1" stop-color="hsl({(hue + 30) % 360} 55% 82%)"/>'
        '</linearGradient></defs><rect width="400" height="400" fill="url(#g)"/>'
        f'<g fill="hsl({hue} 60% 98%)" stroke="hsl({hue} 45% 40%)" stroke-width="7" stroke-linejoin="round" '
        f'stroke-linecap="round">{_SHAPES[shape]}</g>'
        f'<text y="275" text-anchor="middle" font-family="sans-serif" font-size="22" fill="hsl({hue} 40% 25%)">'
        f"{lines}</text></svg>"
    )


def _wrap(name: str) -> list[str]:
    """Lines of equal length; what does not fit ends in an ellipsis."""
    text = " ".join(name.split())
    most = _LINE_CHARS * _LINES_MAX
    text = text if len(text) <= most else text[: most - 1] + "…"
    return [text[at : at + _LINE_CHARS] for at in range(0, len(text), _LINE_CHARS)]


def _printable(text: str) -> str:
    """Without what XML does not allow: control characters and lone surrogates."""
    return "".join(char for char in text if char.isprintable())
