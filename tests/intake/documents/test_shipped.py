"""What has been shipped stays as it was: votes name the version that their person saw."""

import hashlib
from typing import Final

from app.intake.documents.shipped import EDITIONS, shipped_texts

# A changed text is a new version, with a line of its own here.
_SHIPPED: Final = {
    ("voting_notice", "2026-11-23"): "bd2a0191b4ddd752db8b5def86ff11be5fba2603b72d7ee13616138581f95f10",
    ("voting_notice", "2026-11-23.2"): "982632a1b10eeabad3e060fdd78f20e2f5cf299a9a2aa1ec951e150ca9529db1",
    ("voting_notice", "2026-11-24"): "0012790a2726845b2f1a7fc46809f235e1603b8b3153bb79742f559acc17864c",
    ("privacy_notice", "2026-11-23.2"): "08f3c088ad4c29345933dabbbe60676c7901f8e82adf741e0291e551671cbb82",
    ("privacy_notice", "2026-11-24"): "592578c5c7383db08e6b47ee5f37062532da258757371c8dd3e69a6052772a45",
    ("usage_policy", "2026-11-23.2"): "952401f66264e0b76962a13dab7af2b4f36f7f7f302a08590b87e1ab189413da",
}


def _digest(kind: str, version: str) -> str:
    texts = shipped_texts(kind, version)
    return hashlib.sha256(b"".join(texts[language].sha256 for language in sorted(texts))).hexdigest()


def test_no_shipped_text_has_changed() -> None:
    assert {(each.kind, each.version): _digest(each.kind, each.version) for each in EDITIONS} == _SHIPPED
