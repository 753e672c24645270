"""Lets a workspace ask everybody while its votes are replayed, and gives it back its own policy afterwards."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.replay.api import Api, Refused
from tests.replay.journal import Journal

# Nobody is left out, nobody is asked too often, and the two models of the vote are the ones that are compared.
EVERYBODY: Final[Mapping[str, Any]] = {
    "enabled": True,
    "sampling_rate": 1.0,
    "holdout_rate": 0.0,
    "cooldown_after_vote_seconds": 0,
    "cooldown_after_skip_seconds": 0,
    "cooldown_max_seconds": 0,
    "person_budget_per_day": 1000,
    "person_budget_per_week": None,
    "workspace_budget_per_day": None,
    "pair_quota": None,
    "models": [],
    "surfaces": None,
    "locales": None,
}
_CHANGED_BY_ANOTHER: Final = "policy-changed"


@contextlib.contextmanager
def everybody_is_asked(api: Api, api_key: str, journal: Journal) -> Iterator[None]:
    """Sets the policy, and restores the one that held before when the block ends, however it ends.

    What held before is in the journal first, so that a replay started after a killed one restores it too. A policy
    that somebody sets in the meantime is theirs, and stays.
    """
    held = api.call("GET", "/v1/policy", token=api_key)
    version = held["version"]
    if not asks_everybody(held["policy"]):
        journal.note_policy(held["policy"])
        version = _set(api, api_key, EVERYBODY, version)
    try:
        yield
    finally:
        if journal.policy_to_restore is not None:
            with contextlib.suppress(_Theirs):
                _set(api, api_key, journal.policy_to_restore, version)
            journal.note_policy(None)


def asks_everybody(policy: Mapping[str, Any]) -> bool:
    """Whether a policy has all that a replay needs."""
    return all(policy.get(name) == value for name, value in EVERYBODY.items())


class _Theirs(Exception):
    """Somebody else has set a policy since."""


def _set(api: Api, api_key: str, policy: Mapping[str, Any], expected_version: int) -> int:
    body = {"policy": policy, "expected_version": expected_version}
    try:
        return int(api.call("PUT", "/v1/policy", token=api_key, body=body)["version"])
    except Refused as refused:
        if refused.code == _CHANGED_BY_ANOTHER:
            raise _Theirs(str(refused)) from refused
        raise
