"""What people who read a record decide about its redaction, and what becomes of its text.

A passage that a reviewer takes out is kept, sealed under the record's own key beside its text, so that it can be put
back; whoever could read it there could read it in the text before. What the rules took out before the text came here
is known to nobody: such a placeholder can be disputed, which is counted, and stays.
"""

import json
import re
from dataclasses import asdict, dataclass, replace
from typing import Final, NamedTuple

from app.privacy.redaction import PLACEHOLDER, Kind
from app.privacy.sealing import DataKey, bind, compress_and_seal, unseal_and_expand
from app.research.records.record import Record, RecordContent, ReviewStatus
from app.research.redaction.errors import PassageRefused

_LETTER: Final = re.compile(r"\w")
_LONGEST: Final = 10_000


class Passage(NamedTuple):
    """A stretch of one of a record's texts, in Unicode code points, with what stands there."""

    field: str
    start: int
    end: int
    text: str


class Addition(NamedTuple):
    """A passage that a reviewer took out, and what stands in its place."""

    placeholder: str
    text: str


@dataclass(frozen=True)
class Review:
    """What reviewers have decided about one record."""

    added: tuple[Addition, ...] = ()
    cleared: tuple[str, ...] = ()
    """Passages that were put back: the rules leave them alone from now on."""
    disputed: tuple[str, ...] = ()
    """Placeholders of the rules that stand for no detail of a person."""


class Edit(NamedTuple):
    """A record after a reviewer's decision: about which placeholder, and in how many places it stands, or stood."""

    record: Record
    review: Review
    placeholder: str
    passages: int

    @property
    def kind(self) -> str:
        """The kind of detail that it was about."""
        return self.placeholder.strip("[]").rpartition("_")[0]


def seal_review(key: DataKey, record: Record, review: Review) -> bytes:
    """Decisions for storage, bound to their record."""
    text = json.dumps(asdict(review), ensure_ascii=False)
    return compress_and_seal(key, text.encode(), bound_to=_place(record.workspace_id, record.record_id))


def open_review(key: DataKey, sealed: bytes | None, *, workspace_id: bytes, record_id: bytes) -> Review:
    """The decisions about a record; none where there are none. SealBroken when they are not this record's."""
    if sealed is None:
        return Review()
    stored = json.loads(unseal_and_expand(key, sealed, bound_to=_place(workspace_id, record_id)))
    added = tuple(Addition(*each) for each in stored["added"])
    return Review(added, tuple(stored["cleared"]), tuple(stored["disputed"]))


def _place(workspace_id: bytes, record_id: bytes) -> bytes:
    return bind("record-review", workspace_id, record_id)


def add_passage(record: Record, review: Review, *, passage: Passage, kind: Kind) -> Edit:
    """Takes a passage out wherever it stands in the record. PassageRefused when it does not stand where it is said to.

    It is looked for letter for letter; where it begins or ends with a whole word, only whole words are taken.
    """
    content = _content_of(record)
    _check(content, passage)
    placeholder = f"[{kind.value}_{_next_number(content, review, kind)}]"
    field = content.fields.index(passage.field)
    said = content.texts[field]
    before, after = said[: passage.start], said[passage.end :]
    pattern = _everywhere(passage.text, before, after)
    texts, count = [], 1
    for place, text in enumerate(content.texts):
        # The place that was named first: a search from the text's beginning may find others that overlap it.
        pieces = [before, after] if place == field else [text]
        replaced = [_without(piece, pattern, placeholder) for piece in pieces]
        texts.append(placeholder.join(piece for piece, _ in replaced))
        count += sum(found for _, found in replaced)
    decided = replace(
        review,
        added=(*review.added, Addition(placeholder, passage.text)),
        cleared=tuple(text for text in review.cleared if text != passage.text),
    )
    return Edit(_with(record, content.with_texts(texts), kind, count), decided, placeholder, count)


def lift_passage(record: Record, review: Review, *, placeholder: str) -> Edit:
    """Puts back what a reviewer took out. PassageRefused where no reviewer did: what the rules took out is gone."""
    content = _content_of(record)
    kind = _kind_of(content, placeholder)
    added = next((each for each in review.added if each.placeholder == placeholder), None)
    if added is None:
        raise PassageRefused(
            "The rules put it there; what it stands for was never kept. It can be disputed instead."
        )
    count = sum(text.count(placeholder) for text in content.texts)
    texts = [text.replace(placeholder, added.text) for text in content.texts]
    decided = replace(
        review,
        added=tuple(each for each in review.added if each is not added),
        cleared=(*review.cleared, added.text),
    )
    return Edit(_with(record, content.with_texts(texts), kind, -count), decided, placeholder, count)


def dispute_redaction(record: Record, review: Review, *, placeholder: str) -> Edit:
    """Notes that a placeholder of the rules stands for no detail of a person. The text stays as it is."""
    content = _content_of(record)
    kind = _kind_of(content, placeholder)
    if any(each.placeholder == placeholder for each in review.added):
        raise PassageRefused("A reviewer put it there; it can be lifted.")
    disputed = tuple(dict.fromkeys([*review.disputed, placeholder]))
    count = sum(text.count(placeholder) for text in content.texts)
    return Edit(_with(record, content, kind, 0), replace(review, disputed=disputed), placeholder, count)


def _content_of(record: Record) -> RecordContent:
    if record.content is None:
        raise PassageRefused("The vote has no text.")
    return record.content


def _kind_of(content: RecordContent, placeholder: str) -> Kind:
    match = PLACEHOLDER.fullmatch(placeholder)
    if match is None or not any(placeholder in text for text in content.texts):
        raise PassageRefused("There is no such placeholder in the vote's text.")
    return Kind(match[1])


def _check(content: RecordContent, passage: Passage) -> None:
    if passage.field not in content.fields:
        raise PassageRefused(f"The fields of the vote are {', '.join(content.fields)}.")
    said = content.texts[content.fields.index(passage.field)]
    if not passage.text.strip() or len(passage.text) > _LONGEST:
        raise PassageRefused(f"A passage has 1 to {_LONGEST} characters, not all of them blank.")
    if passage.start < 0 or said[passage.start : passage.end] != passage.text:
        raise PassageRefused(
            "The given text does not stand at that place; places are counted in code points."
        )
    if any(
        match.start() < passage.end and passage.start < match.end() for match in PLACEHOLDER.finditer(said)
    ):
        raise PassageRefused(
            "The passage touches a placeholder; take what stands before and behind it apart."
        )


def _next_number(content: RecordContent, review: Review, kind: Kind) -> int:
    taken = [match for text in content.texts for match in PLACEHOLDER.finditer(text)]
    taken += [match for each in review.added if (match := PLACEHOLDER.fullmatch(each.placeholder))]
    return max((int(match[2]) for match in taken if match[1] == kind), default=0) + 1


def _everywhere(passage: str, before: str, after: str) -> re.Pattern[str]:
    """Placeholders, to be passed over, and the passage; as a whole word at either end where it is one at its place."""
    starts_word = _LETTER.match(passage) is not None and _LETTER.match(before[-1:]) is None
    ends_word = _LETTER.match(passage[-1]) is not None and _LETTER.match(after) is None
    start, end = (r"(?<!\w)" if starts_word else ""), (r"(?!\w)" if ends_word else "")
    return re.compile(rf"{PLACEHOLDER.pattern}|(?P<passage>{start}{re.escape(passage)}{end})")


def _without(text: str, pattern: re.Pattern[str], placeholder: str) -> tuple[str, int]:
    count = 0

    def replaced(match: re.Match[str]) -> str:
        nonlocal count
        if match["passage"] is None:
            return match[0]
        count += 1
        return placeholder

    return pattern.sub(replaced, text), count


def _with(record: Record, content: RecordContent, kind: Kind, more: int) -> Record:
    counts = dict(record.redaction_counts)
    counts[kind.value] = counts.get(kind.value, 0) + more
    counts = {name: count for name, count in counts.items() if count > 0}
    return replace(record, content=content, redaction_counts=counts, review_status=ReviewStatus.REVIEWED)
