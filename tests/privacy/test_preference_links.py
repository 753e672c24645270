"""Links to the settings page: only what was issued opens anything, and what is stored opens nothing."""

import pytest

from app.privacy.errors import SealBroken
from app.privacy.keyring import Keyring, Purpose
from app.privacy.preference_links import IssuedLink, PreferenceLinks

_REFERENCE = bytes(range(32))


def _issue(ring: Keyring, reference: bytes = _REFERENCE) -> IssuedLink:
    return PreferenceLinks(ring).issue(reference)


def test_a_link_leads_to_one_session_on_every_process_and_nothing_leads_back() -> None:
    ring = Keyring.create(0)
    link = _issue(ring)
    links = PreferenceLinks(Keyring.load_text(ring.to_text()))
    assert links.read_link(link.text) == link
    assert links.read_session(link.session.text) == link.session
    # Neither text is the other's, and the digests are those of no text.
    assert links.read_session(link.text) is None
    assert links.read_link(link.session.text) is None
    secrets = {link.text, link.session.text, link.session.form_token}
    assert len(secrets) == 3
    assert link.digest != link.session.digest
    assert all(secret not in repr(link) for secret in secrets)


def test_a_link_cannot_be_made_from_another_ring_nor_a_session_from_its_link() -> None:
    one, other = Keyring.create(0), Keyring.create(0)
    link, foreign = _issue(one), _issue(other)
    assert link.text == foreign.text
    assert link.digest != foreign.digest
    assert link.session.text != foreign.session.text


def test_no_other_spelling_of_a_link_is_one() -> None:
    ring = Keyring.create(0)
    links, text = PreferenceLinks(ring), _issue(ring, bytes([251] * 32)).text
    assert "-" in text or "_" in text
    odd = ["", "pvl_", text[:-1], text + "A", text.upper(), text.replace("-", "+").replace("_", "/")]
    odd += [text[:-1] + "=", text[:-1] + "é", f" {text}", text.replace("pvl_AQ", "pvl_AA")]
    assert [each for each in odd if links.read_link(each) is not None] == []


def test_links_outlive_a_rotation_and_end_with_their_key() -> None:
    ring = Keyring.create(0)
    link = _issue(ring)
    rotated = ring.rotate(Purpose.TICKET, at=1)
    assert PreferenceLinks(rotated).read_link(link.text) == link
    assert _issue(rotated).text != link.text
    assert PreferenceLinks(rotated.retire(Purpose.TICKET, 1)).read_link(link.text) is None


def test_a_return_address_opens_with_its_own_session_alone() -> None:
    ring = Keyring.create(0)
    mine, other = _issue(ring).session, _issue(ring, bytes(32)).session
    sealed = mine.seal("https://host.example/?user=anna")
    assert b"anna" not in sealed
    assert mine.unseal(sealed) == "https://host.example/?user=anna"
    with pytest.raises(SealBroken):
        other.unseal(sealed)


def test_a_form_is_known_by_its_sessions_token() -> None:
    ring = Keyring.create(0)
    mine, other = _issue(ring).session, _issue(ring, bytes(32)).session
    assert mine.is_form_token(mine.form_token)
    assert not any(mine.is_form_token(text) for text in ("", other.form_token, "é", "\ud800"))
