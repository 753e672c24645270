"""Tables of invitations, their policies, and the counts that outlive what they count."""

import enum
from typing import NamedTuple

from sqlalchemy import BigInteger, Float, Integer, LargeBinary, SmallInteger, String, Text, bindparam

from app.core.tables import Privacy, Retention, column, enum_check, intake, table


class Outcome(enum.StrEnum):
    """What became of an invitation or of a comparison. Pending and open ones are never among stored totals."""

    INVITATION_REDEEMED = "invitation_redeemed"
    INVITATION_UNREDEEMED = "invitation_unredeemed"
    INVITATION_PENDING = "invitation_pending"
    COMPARISON_WITHHELD = "comparison_withheld"
    COMPARISON_VOTED = "comparison_voted"
    COMPARISON_SKIPPED = "comparison_skipped"
    COMPARISON_EXPIRED = "comparison_expired"
    """Shown, and not answered in time."""
    COMPARISON_NOT_SHOWN = "comparison_not_shown"
    COMPARISON_OPEN = "comparison_open"


class InvitationRow(NamedTuple):
    """An invitation as redeeming it needs it."""

    person: bytes
    api_key: bytes | None
    project: bytes | None
    conversation: bytes | None
    surface: str | None
    locale: str | None
    model_0: str | None
    model_1: str | None
    propensity: float
    expires_at: int
    comparison_id: bytes | None
    first_left: int | None

    def is_usable(self, at: int) -> bool:
        """Whether a comparison may still be registered with it."""
        return self.comparison_id is None and at < self.expires_at

    @property
    def models(self) -> tuple[str, str] | None:
        """The two models that were drawn, in that order; None where neither policy nor host named any."""
        return None if self.model_0 is None or self.model_1 is None else (self.model_0, self.model_1)


invitations = table(
    "invitations",
    intake,
    column("workspace_id", LargeBinary(16), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("day", Integer, privacy=Privacy.TIMED, primary_key=True),
    column("id", LargeBinary(16), privacy=Privacy.TIMED, primary_key=True),
    column("person", LargeBinary(18), privacy=Privacy.PSEUDONYM),
    # What the sampling looked at. It stays the same over a rotation of the pseudonym key, `person` may not.
    column("sampling_value", LargeBinary(8), privacy=Privacy.PSEUDONYM),
    column("api_key", LargeBinary(18), privacy=Privacy.PSEUDONYM, nullable=True),
    column("project", LargeBinary(18), privacy=Privacy.PSEUDONYM, nullable=True),
    column("conversation", LargeBinary(18), privacy=Privacy.PSEUDONYM, nullable=True),
    column("surface", String(64), privacy=Privacy.OPERATIONAL, nullable=True),
    column("locale", String(35), privacy=Privacy.OPERATIONAL, nullable=True),
    column("model_0", String(200), privacy=Privacy.OPERATIONAL, nullable=True),
    column("model_1", String(200), privacy=Privacy.OPERATIONAL, nullable=True),
    column("propensity", Float, privacy=Privacy.OPERATIONAL),
    column("policy_version", Integer, privacy=Privacy.OPERATIONAL),
    column("created_at", BigInteger, privacy=Privacy.TIMED),
    column("expires_at", BigInteger, privacy=Privacy.TIMED),
    column("comparison_id", LargeBinary(16), privacy=Privacy.TIMED, nullable=True),
    column("redeemed_at", BigInteger, privacy=Privacy.TIMED, nullable=True),
    # None where the release before this one gave it: the side is drawn at registration then.
    column("first_left", SmallInteger, privacy=Privacy.OPERATIONAL, nullable=True),
    retention=Retention(
        "`PAIRVOTE_INTAKE_DAYS` after it was given; then only counts remain.",
        days=90,
        clock_column="day",
        bounds=(1, 3650),
        setting="intake_days",
        only=lambda c: c.expires_at <= bindparam("at", type_=BigInteger),
    ),
)

invitation_policies = table(
    "invitation_policies",
    intake,
    column("workspace_id", LargeBinary(16), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("version", Integer, privacy=Privacy.OPERATIONAL, primary_key=True, autoincrement=False),
    column("document", Text, privacy=Privacy.OPERATIONAL),
    column("created_at", BigInteger, privacy=Privacy.OPERATIONAL),
    column("actor", String(60), privacy=Privacy.OPERATIONAL),
    retention=Retention("Kept: a propensity means nothing without the policy it was drawn under."),
)

exposure_totals = table(
    "exposure_totals",
    intake,
    column("workspace_id", LargeBinary(16), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("day", Integer, privacy=Privacy.OPERATIONAL, primary_key=True, autoincrement=False),
    # Empty where the host named none.
    column("surface", String(64), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("outcome", String(24), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("count", BigInteger, privacy=Privacy.OPERATIONAL),
    enum_check("outcome", Outcome),
    retention=Retention("Kept: counts of what retention has deleted; they name nobody."),
)

pair_totals = table(
    "pair_totals",
    intake,
    column("workspace_id", LargeBinary(16), privacy=Privacy.OPERATIONAL, primary_key=True),
    # Days are added whole and in order: the newest one tells up to where comparisons are counted.
    column("day", Integer, privacy=Privacy.OPERATIONAL, primary_key=True, autoincrement=False),
    column("model_0", String(200), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("model_1", String(200), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("count", BigInteger, privacy=Privacy.OPERATIONAL),
    retention=Retention("Kept: a quota for a pair of models counts every comparison there ever was."),
)
