"""Which reasons a workspace offers with a vote or with feedback, and its own words, as an operator writes them."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from app.access.workspaces.errors import OddReason, OddReasonLabel, UnknownReasonLabel
from app.access.workspaces.models import WorkspaceOptions

MOST_REASONS: Final = 20
LONGEST_LABEL: Final = 60
_CODE: Final = re.compile(r"[a-z0-9_]{1,40}")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}", re.ASCII)

Labels = Mapping[str, Mapping[str, str]]


def check_reasons(codes: Iterable[str]) -> tuple[str, ...]:
    """The codes in the order in which they are offered, each once. OddReason."""
    checked = tuple(dict.fromkeys(codes))
    if len(checked) > MOST_REASONS or not all(_CODE.fullmatch(code) for code in checked):
        raise OddReason
    return checked


def change_labels(labels: Labels, texts: Iterable[str]) -> Labels:
    """The labels after changes written as `code:language=text`; an empty text takes one away. OddReasonLabel."""
    changed = {code: dict(words) for code, words in labels.items()}
    for written in texts:
        name, has_text, text = written.partition("=")
        code, has_language, language = name.partition(":")
        text = text.strip()
        if not (has_text and has_language and _CODE.fullmatch(code) and _LANGUAGE.fullmatch(language)):
            raise OddReasonLabel
        if len(text) > LONGEST_LABEL or not text.isprintable():
            raise OddReasonLabel
        words = changed.setdefault(code, {})
        words.pop(language, None)
        if text:
            words[language] = text
    return {code: words for code, words in changed.items() if words}


def with_reasons(
    options: WorkspaceOptions, *, codes: Iterable[str], labels: Iterable[str]
) -> dict[str, object]:
    """What changes of the options; without `codes` the reasons stay, and labels of codes that go go along.

    OddReason, OddReasonLabel, UnknownReasonLabel.
    """
    reasons = check_reasons(codes) or options.reasons
    kept = {code: words for code, words in options.reason_labels.items() if code in reasons}
    changed = change_labels(kept, labels)
    if not changed.keys() <= set(reasons):
        raise UnknownReasonLabel
    return {"reasons": reasons, "reason_labels": changed}


def with_feedback_reasons(
    options: WorkspaceOptions, *, up: Iterable[str], down: Iterable[str], labels: Iterable[str]
) -> dict[str, object]:
    """Like `with_reasons`, of the reasons offered with a thumb up and with a thumb down; both share their labels."""
    ups = check_reasons(up) or options.feedback_up
    downs = check_reasons(down) or options.feedback_down
    offered = {*ups, *downs}
    kept = {code: words for code, words in options.feedback_labels.items() if code in offered}
    changed = change_labels(kept, labels)
    if not changed.keys() <= offered:
        raise UnknownReasonLabel
    return {"feedback_up": ups, "feedback_down": downs, "feedback_labels": changed}
