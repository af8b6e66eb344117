"""Edit distance as OpenSearch's fuzzy query with prefix_length 1 counts it."""


def is_within_edits(wanted: str, found: str, edits: int) -> bool:
    """Whether inserting, leaving out, changing or swapping neighbours `edits` times makes one of the other.

    The first character must agree (Damerau-Levenshtein, optimal string alignment).

    >>> is_within_edits("abdc", "abcd", 1), is_within_edits("abc", "abcd", 1), is_within_edits("xbcd", "abcd", 1)
    (True, True, False)
    """
    if wanted[:1] != found[:1] or abs(len(wanted) - len(found)) > edits:
        return False
    before: list[int] = []
    row = list(range(len(found) + 1))
    for i, letter in enumerate(wanted, start=1):
        before, last, row = row, before, [i]
        for j, other in enumerate(found, start=1):
            best = min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and (letter, wanted[i - 2]) == (found[j - 2], other):
                best = min(best, last[j - 2] + 1)
            row.append(best)
        if min(row) > edits:
            return False
    return row[-1] <= edits
