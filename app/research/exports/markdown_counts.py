"""Counts headers, list items and bold passages of many texts at once, outside fenced code.

What counts is said by the patterns in `count_one`. The same is found here on the bytes of all texts together, a column
at a time, which takes a quarter of the time; a text in which an odd character stands where it could matter is left to
the patterns.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

_Bytes = npt.NDArray[np.uint8]
_Places = npt.NDArray[np.int64]
_Marks = npt.NDArray[np.bool_]

KINDS: Final = 11
"""UTF-8 bytes, headers of six levels, ordered and unordered list items, bold by stars and by underscores."""

_ORDERED: Final = 7
_UNORDERED: Final = 8
_STARS: Final = 9
_UNDERSCORES: Final = 10
FENCE: Final = "```"
_DEEPEST: Final = 6
# Longer indents and numbers are left to the patterns: each step here looks at every line.
_STEPS: Final = 32
# So much is looked at together: a text of line breaks alone takes eight times its size a column.
_AT_ONCE_BYTES: Final = 1024 * 1024

# Every pattern starts with literal characters, which `re` finds fast; a line break is put in front of the text
# so that the first line is matched like the others. None of them can backtrack beyond a line.
_LINE_START: Final = re.compile(r"\n(?=[ \t#*+\-\d])(?:(#{1,6})|[ \t]*(?:([-*+])|\d+\.))(?=\s)")
_BOLD_STARS: Final = re.compile(r"\*\*[^*\n]+\*\*")
_BOLD_UNDERSCORES: Final = re.compile(r"__[^_\n]+__")


def count_one(text: str) -> list[int]:
    """What is counted of one text."""
    counts = [len(text.encode()), *[0] * (KINDS - 1)]
    prose = "\n" + (_without_fenced(text) if FENCE in text else text)
    for header, bullet in _LINE_START.findall(prose):
        counts[len(header) if header else _UNORDERED if bullet else _ORDERED] += 1
    counts[_STARS] = len(_BOLD_STARS.findall(prose))
    counts[_UNDERSCORES] = len(_BOLD_UNDERSCORES.findall(prose))
    return counts


def _without_fenced(text: str) -> str:
    """What stands outside pairs of fences; a fence that nothing closes hides nothing."""
    passages = text.split(FENCE)
    if len(passages) % 2 == 0:
        passages[-2:] = [f"{passages[-2]}{FENCE}", "", passages[-1]]
    return "".join(passages[::2])


def count_many(texts: Sequence[str]) -> npt.NDArray[np.int64]:
    """What is counted of each text: a row of KINDS numbers for each."""
    counts = np.zeros((len(texts), KINDS), np.int64)
    for begin, encoded in _groups(texts):
        end = begin + len(encoded)
        odd = _count_group(encoded, counts[begin:end])
        for place in odd.tolist():
            counts[begin + place] = count_one(texts[begin + place])
    return counts


def _groups(texts: Sequence[str]) -> Iterator[tuple[int, list[bytes]]]:
    waiting: list[bytes] = []
    size = 0
    for place, text in enumerate(texts, start=1):
        waiting.append(text.encode())
        size += len(waiting[-1])
        if size >= _AT_ONCE_BYTES or place == len(texts):
            yield place - len(waiting), waiting
            waiting, size = [], 0


def _count_group(texts: Sequence[bytes], counts: npt.NDArray[np.int64]) -> _Places:
    """Fills in the counts; which texts have to be left to the patterns."""
    counts[:, 0] = [len(text) for text in texts]
    prose = _prose(_laid_out(texts, counts[:, 0]))
    data = prose.data
    breaks = np.flatnonzero(data == ord("\n"))
    odd = _count_lines(prose, breaks + 1, counts)
    for kind, mark in ((_STARS, b"*"), (_UNDERSCORES, b"_")):
        _add(counts, kind, prose, _bold(data, ord(mark), breaks))
    return odd


class _Laid(NamedTuple):
    """Texts in a row, each after a line break and before a zero, with enough zeros after the last."""

    data: _Bytes
    begins: _Places

    def texts_at(self, places: _Places) -> _Places:
        """Which texts the places are in."""
        return np.searchsorted(self.begins, places, side="right") - 1


def _laid_out(texts: Sequence[bytes], lengths: _Places) -> _Laid:
    joined = b"".join((b"\n", b"\0\n".join(texts), bytes(2 * _STEPS)))
    begins = np.zeros(len(texts), np.int64)
    np.cumsum(lengths[:-1] + 2, out=begins[1:])
    return _Laid(np.frombuffer(joined, np.uint8), begins)


def _prose(laid: _Laid) -> _Laid:
    """The same without what stands between pairs of fences."""
    first, after = _fenced(laid)
    if not first.size:
        return laid
    kept = memoryview(laid.data.data)
    ends = [*first.tolist(), len(kept)]
    data = b"".join([kept[begin:end] for begin, end in zip([0, *after.tolist()], ends, strict=True)])
    removed = np.concatenate([[0], np.cumsum(after - first)])
    begins = laid.begins - removed[np.searchsorted(first, laid.begins)]
    return _Laid(np.frombuffer(data, np.uint8), begins)


def _fenced(laid: _Laid) -> tuple[_Places, _Places]:
    """Where passages begin with a fence, and where they have ended with one."""
    begins, lengths = _runs(np.flatnonzero(laid.data == ord("`")))
    long = lengths >= len(FENCE)
    begins, inside = begins[long], lengths[long] // len(FENCE)
    # Six backticks are two fences.
    number_inside = np.arange(inside.sum()) - np.repeat(np.cumsum(inside) - inside, inside)
    fences = np.repeat(begins, inside) + len(FENCE) * number_inside
    text = laid.texts_at(fences)
    number = np.arange(len(fences)) - np.searchsorted(text, text)
    of_text = np.bincount(text, minlength=len(laid.begins))[text]
    paired = number < of_text - of_text % 2
    opening = paired & (number % 2 == 0)
    return fences[opening], fences[paired & ~opening] + len(FENCE)


def _runs(places: _Places) -> tuple[_Places, _Places]:
    """Where runs of places that follow each other begin, and how long they are."""
    first = np.flatnonzero(np.diff(places, prepend=-2) != 1)
    return places[first], np.diff(first, append=len(places))


def _table(*characters: str) -> _Marks:
    marked = np.zeros(256, np.bool_)
    marked[[ord(character) for character in "".join(characters)]] = True
    return marked


# Without the surrogates, which are no characters; from 0x20000 on there are neither digits nor spaces.
_ALL_BEYOND_ASCII: Final = "".join(map(chr, (*range(0x80, 0xD800), *range(0xE000, 0x20000))))


def _beginnings(pattern: str) -> _Marks:
    """By the first two bytes in UTF-8, all characters beyond ASCII that may match."""
    marked = np.zeros(1 << 16, np.bool_)
    for character in re.findall(pattern, _ALL_BEYOND_ASCII):
        first, second, *_ = character.encode()
        marked[first << 8 | second] = True
    return marked


_BLANKS: Final = _table(" \t")
_SPACE: Final = _table("\t\n\v\f\r\x1c\x1d\x1e\x1f ")
_DIGITS: Final = _table("0123456789")
_BULLETS: Final = _table("-*+")
_BEYOND_ASCII: Final = 0x80
_LINE_BEGINS: Final = _BLANKS | _BULLETS | _DIGITS | _table("#") | (np.arange(256) >= _BEYOND_ASCII)
_ODD_DIGITS: Final = _beginnings(r"\d")
_ODD_SPACE: Final = _beginnings(r"\s")


def _count_lines(prose: _Laid, lines: _Places, counts: npt.NDArray[np.int64]) -> _Places:
    """Counts headers and list items; which texts have an odd digit or space where it matters, or a long way to it."""
    data = prose.data
    lines = lines[_LINE_BEGINS[data[lines]]]
    is_header = data[lines] == ord("#")

    headers = lines[is_header]
    after, is_long = _behind(data, headers, _table("#"), most=_DEEPEST)
    level, headers, after = (after - headers)[~is_long], headers[~is_long], after[~is_long]
    for deep in range(1, _DEEPEST + 1):
        _add(counts, deep, prose, headers[(level == deep) & _SPACE[data[after]]])

    lines = lines[~is_header]
    words, is_indented_far = _behind(data, lines, _BLANKS, most=_STEPS)
    is_bullet = _BULLETS[data[words]]
    _add(counts, _UNORDERED, prose, words[is_bullet & _SPACE[data[words + 1]]])
    dots, is_far = _behind(data, words, _DIGITS, most=_STEPS - 1)
    is_number = (dots > words) & (data[dots] == ord("."))
    _add(counts, _ORDERED, prose, words[is_number & _SPACE[data[dots + 1]]])

    return np.unique(
        prose.texts_at(
            np.concatenate(
                [
                    headers[_is(_ODD_SPACE, data, after)],
                    lines[is_indented_far | is_far],
                    words[is_bullet & _is(_ODD_SPACE, data, words + 1)],
                    words[is_number & _is(_ODD_SPACE, data, dots + 1)],
                    words[_is(_ODD_DIGITS, data, dots)],
                ]
            )
        )
    )


def _behind(data: _Bytes, places: _Places, table: _Marks, *, most: int) -> tuple[_Places, _Marks]:
    """The first places from these on with another character, and for which there is none within `most` steps."""
    places = places.copy()
    moving = np.arange(len(places))
    for _ in range(most + 1):
        moving = moving[table[data[places[moving]]]]
        if not moving.size:
            break
        places[moving] += 1
    still = np.zeros(len(places), np.bool_)
    still[moving] = True
    return places, still


def _is(beginnings: _Marks, data: _Bytes, places: _Places) -> _Marks:
    """Where a character beyond ASCII begins as these do."""
    found: _Marks = beginnings[data[places].astype(np.int64) << 8 | data[places + 1]]
    return found


def _bold(data: _Bytes, mark: int, breaks: _Places) -> _Places:
    """Where bold passages begin: two marks, something else on the same line, two marks.

    Between two runs of marks there is a passage when the two marks that it would begin with did not end the one before:
    of such gaps in a row every second one, counted anew from each run that has marks for both.
    """
    runs, lengths = _runs(np.flatnonzero(data == mark))
    if len(runs) < 2:
        return runs[:0]
    line = np.searchsorted(breaks, runs)
    gaps = (lengths[:-1] >= 2) & (lengths[1:] >= 2) & (line[:-1] == line[1:])
    order = np.arange(len(gaps))
    counted_from = np.where(~np.append(False, gaps[:-1]) | (lengths[:-1] >= 4), order, 0)
    is_second = (order - np.maximum.accumulate(counted_from)) % 2 == 1
    found: _Places = runs[:-1][gaps & ~is_second]
    return found


def _add(counts: npt.NDArray[np.int64], kind: int, laid: _Laid, places: _Places) -> None:
    counts[:, kind] += np.bincount(laid.texts_at(places), minlength=len(counts))
