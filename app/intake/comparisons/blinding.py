"""Keeping a comparison blind: which responses give their model away, and those responses without the names."""

from typing import Any

from app.intake.comparisons.identity import ModelNames, Span, find_identity, mask
from app.intake.comparisons.schemas import ModelResponse, NewComparison
from app.intake.messages import Content


def blinded(new: NewComparison, *, masks: bool) -> tuple[NewComparison, tuple[int, ...]]:
    """The comparison as it may be shown, and the indexes of the responses that name their own model or its maker.

    The names are replaced where the workspace `masks` them. Only text is looked at: not pictures, files, or what
    earlier messages of the conversation say.
    """
    first, second = new.responses
    names = _names(first), _names(second)
    results = (
        _without_identity(first.content, names[0], names[1], masks),
        _without_identity(second.content, names[1], names[0], masks),
    )
    leaks = tuple(index for index, (_, leaks) in enumerate(results) if leaks)
    if not leaks or not masks:
        return new, leaks
    responses = (first._replace(content=results[0][0]), second._replace(content=results[1][0]))
    return new._replace(responses=responses), leaks


def _names(response: ModelResponse) -> ModelNames:
    facts = response.metadata
    return ModelNames(response.model, facts.get("response_model"), facts.get("provider"))


def _without_identity(
    content: Content, own: ModelNames, other: ModelNames, masks: bool
) -> tuple[Content, bool]:
    if isinstance(content, str):
        spans = find_identity(content, own, other)
        return (mask(content, spans) if masks else content), bool(spans)
    found = [find_identity(part["text"], own, other) if part["type"] == "text" else [] for part in content]
    parts = [_masked_part(part, spans) if masks else part for part, spans in zip(content, found, strict=True)]
    return parts, any(found)


def _masked_part(part: dict[str, Any], spans: list[Span]) -> dict[str, Any]:
    return {**part, "text": mask(part["text"], spans)} if spans else part
