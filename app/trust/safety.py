"""What a host says about the safety of a response, in the Gemini API's terms, and when that withholds a comparison."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final


class HarmCategory(enum.StrEnum):
    """Kinds of harm (Gemini API `HarmCategory`)."""

    HARASSMENT = "HARM_CATEGORY_HARASSMENT"
    HATE_SPEECH = "HARM_CATEGORY_HATE_SPEECH"
    SEXUALLY_EXPLICIT = "HARM_CATEGORY_SEXUALLY_EXPLICIT"
    DANGEROUS_CONTENT = "HARM_CATEGORY_DANGEROUS_CONTENT"
    CIVIC_INTEGRITY = "HARM_CATEGORY_CIVIC_INTEGRITY"


class HarmProbability(enum.StrEnum):
    """How probable harm is (Gemini API `HarmProbability`), in rising order."""

    UNSPECIFIED = "HARM_PROBABILITY_UNSPECIFIED"
    NEGLIGIBLE = "NEGLIGIBLE"
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


class BlockThreshold(enum.StrEnum):
    """From which probability on content is blocked (Gemini API `HarmBlockThreshold`)."""

    UNSPECIFIED = "HARM_BLOCK_THRESHOLD_UNSPECIFIED"
    LOW_AND_ABOVE = "BLOCK_LOW_AND_ABOVE"
    MEDIUM_AND_ABOVE = "BLOCK_MEDIUM_AND_ABOVE"
    ONLY_HIGH = "BLOCK_ONLY_HIGH"
    NONE = "BLOCK_NONE"
    OFF = "OFF"


@dataclass(frozen=True, slots=True)
class SafetyRating:
    """One rating of one response."""

    category: HarmCategory
    probability: HarmProbability
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class SafetySetting:
    """One threshold of the call."""

    category: HarmCategory
    threshold: BlockThreshold


_ORDER: Final = list(HarmProbability)
_BLOCKED_FROM: Final[Mapping[BlockThreshold, HarmProbability | None]] = {
    BlockThreshold.UNSPECIFIED: None,
    BlockThreshold.LOW_AND_ABOVE: HarmProbability.LOW,
    BlockThreshold.MEDIUM_AND_ABOVE: HarmProbability.MEDIUM,
    BlockThreshold.ONLY_HIGH: HarmProbability.HIGH,
    BlockThreshold.NONE: None,
    BlockThreshold.OFF: None,
}


def is_blocked(ratings: Sequence[SafetyRating], settings: Sequence[SafetySetting]) -> bool:
    """Whether a response must not be shown: the model's provider blocked it, or a rating reaches its threshold."""
    thresholds = {setting.category: setting.threshold for setting in settings}
    return any(rating.blocked or _reaches(rating, thresholds.get(rating.category)) for rating in ratings)


def _reaches(rating: SafetyRating, threshold: BlockThreshold | None) -> bool:
    least = _BLOCKED_FROM[threshold] if threshold is not None else None
    return least is not None and _ORDER.index(rating.probability) >= _ORDER.index(least)
