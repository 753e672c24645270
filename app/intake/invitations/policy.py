"""What a workspace has decided about when its people are asked, how often, and about which models."""

import math
from dataclasses import dataclass, field

from app.intake.invitations.bucketing import share_below

_SECONDS_PER_DAY = 86_400
# 2^64 seconds are longer than any maximum a policy may set; the power itself could overflow a float.
_MAX_BACKOFF_BITS = 64


@dataclass(frozen=True, slots=True)
class CandidateModel:
    """A model that may take part in a comparison."""

    name: str = field(metadata={"description": "The model's name, as the host will register it."})
    weight: float = field(
        default=1.0, metadata={"description": "How often it is drawn, relative to the other candidates."}
    )
    added_at: int | None = field(
        default=None,
        metadata={"description": "When it starts to take part; without it, it takes part at once."},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationPolicy:
    """The rules by which invitations are decided; the API's reference shows each field's description."""

    enabled: bool = field(
        default=True,
        metadata={"description": "Whether anybody is asked at all; false pauses every invitation."},
    )
    sampling_rate: float = field(
        default=1.0,
        metadata={
            "description": "The share of people who are asked, 0 to 1 in steps of 0.0001. It is drawn once "
            "for each person, not at each request; raising it keeps those who were already in."
        },
    )
    holdout_rate: float = field(
        default=0.0,
        metadata={
            "description": "The share of people who are never asked, 0 to 1 in steps of 0.0001, so that the "
            "effect of asking can be measured. It is drawn apart from the sampling and from the seed: who is "
            "held out stays so."
        },
    )
    seed: str = field(
        default="pairvote",
        metadata={
            "description": "What the sampling starts from; changing it draws everybody anew, but for the hold-out."
        },
    )
    cooldown_after_vote_seconds: int = field(
        default=_SECONDS_PER_DAY,
        metadata={"description": "How long a person is left alone after a vote."},
    )
    cooldown_after_skip_seconds: int = field(
        default=3 * _SECONDS_PER_DAY,
        metadata={"description": "How long a person is left alone after the first skip in a row."},
    )
    skip_backoff: float = field(
        default=2.0,
        metadata={"description": "By what factor each further skip in a row lengthens that time."},
    )
    cooldown_max_seconds: int = field(
        default=90 * _SECONDS_PER_DAY,
        metadata={"description": "The longest time that skips in a row can add up to."},
    )
    person_budget_per_day: int = field(
        default=3,
        metadata={"description": "How often one person may be invited in a UTC day."},
    )
    person_budget_per_week: int | None = field(
        default=None,
        metadata={
            "description": "How often one person may be invited in an ISO week (UTC); null for no limit."
        },
    )
    workspace_budget_per_day: int | None = field(
        default=None,
        metadata={"description": "How many invitations the workspace gives in a UTC day; null for no limit."},
    )
    pair_quota: int | None = field(
        default=None,
        metadata={
            "description": "How many comparisons of the same two models are wanted in all; a pair that has "
            "them is not drawn any more. Null for no limit."
        },
    )
    models: tuple[CandidateModel, ...] = field(
        default=(),
        metadata={"description": "The models to draw from; none leaves the choice to what the host names."},
    )
    new_model_boost: float = field(
        default=3.0,
        metadata={"description": "The factor on the weight of a candidate that has few comparisons yet."},
    )
    new_model_until_comparisons: int = field(
        default=500,
        metadata={"description": "From how many comparisons on a candidate is no longer new."},
    )
    surfaces: tuple[str, ...] | None = field(
        default=None,
        metadata={"description": "The surfaces on which people are asked; null for all."},
    )
    locales: tuple[str, ...] | None = field(
        default=None,
        metadata={
            "description": "The locales in which people are asked; `de` covers `de-AT` as well. Null for all."
        },
    )
    invitation_seconds: int = field(
        default=300,
        metadata={"description": "How long an invitation may be redeemed by registering a comparison."},
    )
    gpc_counts_as_opt_out: bool = field(
        default=True,
        metadata={
            "description": "Whether a Global Privacy Control signal counts as an opt-out: the person is not asked, "
            "and a browser that sends it is shown nothing and has no vote recorded."
        },
    )

    @property
    def share_of_people(self) -> float:
        """The probability that a person is sampled and not held out; the two are drawn independently."""
        return share_below(self.sampling_rate) * (1 - share_below(self.holdout_rate))

    @property
    def counts_pairs(self) -> bool:
        """Whether a decision depends on how often models have been compared."""
        return self.pair_quota is not None or (
            bool(self.models) and self.new_model_boost > 1 and self.new_model_until_comparisons > 0
        )

    def is_meant_for(self, surface: str | None, locale: str | None) -> bool:
        """Whether people are asked on this surface and in this locale; what is not told is on no list."""
        if self.surfaces is not None and surface not in self.surfaces:
            return False
        if self.locales is None:
            return True
        # Basic filtering (RFC 4647, 3.3.1): a tag covers itself and what begins with it and a hyphen.
        asked = "" if locale is None else f"{locale.lower()}-"
        return any(asked.startswith(f"{tag.lower()}-") for tag in self.locales)

    def wait_after_skips_seconds(self, consecutive_skips: int) -> float:
        """How long a person is left alone after so many skips in a row; 0 once a vote has ended the row."""
        base = self.cooldown_after_skip_seconds
        if consecutive_skips < 1 or base == 0:
            return 0
        further = consecutive_skips - 1
        if further * math.log2(self.skip_backoff) > _MAX_BACKOFF_BITS:
            return self.cooldown_max_seconds
        return min(base * self.skip_backoff**further, self.cooldown_max_seconds)
