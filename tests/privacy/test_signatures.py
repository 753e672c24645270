"""Signatures of exports: Ed25519, checked against the standards' own examples and by OpenSSL."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from app.privacy.keyring import Keyring, Purpose
from app.privacy.signatures import (
    PublicKey,
    PublicKeyUnreadable,
    Signer,
    published_keys,
    read_public_keys,
    signer_of,
    signing_version,
)

DAY = 86_400_000
# RFC 8032, section 7.1, test 2, and RFC 8037, appendix A.3.
PUBLIC = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
SIGNATURE = (
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)
JWK = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
THUMBPRINT = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_a_signature_of_the_standard_holds() -> None:
    key = PublicKey(bytes.fromhex(PUBLIC))
    assert key.has_signed(b"\x72", bytes.fromhex(SIGNATURE))
    assert not key.has_signed(b"\x73", bytes.fromhex(SIGNATURE))


def test_a_key_id_is_the_thumbprint_of_the_standard() -> None:
    (key,) = read_public_keys(json.dumps(JWK))
    assert key.key_id == THUMBPRINT
    assert key.jwk() == {**JWK, "kid": THUMBPRINT, "use": "sig", "alg": "EdDSA"}


def test_a_signer_signs_what_its_public_key_checks_and_always_the_same() -> None:
    signer = Signer(bytes(range(32)))
    signature = signer.sign(b"manifest")
    assert signature == Signer(bytes(range(32))).sign(b"manifest")
    assert signer.public_key.has_signed(b"manifest", signature)
    assert not signer.public_key.has_signed(b"manifest ", signature)
    assert not Signer(bytes(32)).public_key.has_signed(b"manifest", signature)
    for broken in (b"", signature[:-1], signature + b"\x00", bytes(64)):
        assert not signer.public_key.has_signed(b"manifest", broken)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl")
def test_openssl_agrees(tmp_path: Path) -> None:
    signer = Signer(bytes(range(32)))
    (tmp_path / "key.pem").write_text(signer.public_key.pem())
    (tmp_path / "message").write_bytes(b"manifest")
    (tmp_path / "signature").write_bytes(signer.sign(b"manifest"))
    command = [
        "openssl",
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        "key.pem",
        "-rawin",
        "-in",
        "message",
        "-sigfile",
        "signature",
    ]
    assert subprocess.run(command, cwd=tmp_path, check=False, capture_output=True).returncode == 0
    (tmp_path / "message").write_bytes(b"another")
    assert subprocess.run(command, cwd=tmp_path, check=False, capture_output=True).returncode != 0


def test_public_keys_are_read_in_every_form_they_are_given_in() -> None:
    one, other = Signer(bytes(32)).public_key, Signer(bytes(range(32))).public_key
    assert read_public_keys(json.dumps(one.jwk())) == [one]
    assert read_public_keys(json.dumps({"keys": [one.jwk(), other.jwk()]})) == [one, other]
    assert read_public_keys(f"Ours:\n{one.pem()}\n{other.pem()}") == [one, other]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "7",
        '{"keys": []}',
        '{"keys": 7}',
        '{"keys": [{"kty": "OKP"}]}',
        json.dumps({**JWK, "crv": "X25519"}),
        json.dumps({**JWK, "x": "AAAA"}),
        json.dumps({**JWK, "x": "*" * 43}),
        json.dumps({**JWK, "x": 7}),
        "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
        "[" * 100_000,
    ],
)
def test_what_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(PublicKeyUnreadable):
        read_public_keys(text)


def test_the_key_of_the_time_signs_until_it_is_retired() -> None:
    first = Keyring.create(10 * DAY)
    ring = first.rotate(Purpose.EXPORT_SIGNING, 20 * DAY)
    old, new = (signer_of(each, at=30 * DAY).public_key for each in (first, ring))
    assert old != new
    for at, signed_by in ((9 * DAY, old), (10 * DAY, old), (20 * DAY, old), (20 * DAY + 1, new)):
        assert signer_of(ring, at=at).public_key == signed_by
        assert signing_version(ring, at=at) == (1 if signed_by is old else 2)
    assert signer_of(ring.retire(Purpose.EXPORT_SIGNING, 1), at=10 * DAY).public_key == new


def test_the_published_keys_are_those_whose_signatures_hold() -> None:
    ring = Keyring.create(10 * DAY).rotate(Purpose.EXPORT_SIGNING, 20 * DAY)
    newest, oldest = published_keys(ring)
    assert (newest.is_primary, newest.created_at) == (True, 20 * DAY)
    assert (oldest.is_primary, oldest.created_at) == (False, 10 * DAY)
    assert published_keys(ring.retire(Purpose.EXPORT_SIGNING, 1)) == [newest]


def test_a_signer_shows_nothing_of_its_key() -> None:
    assert repr(Signer(bytes(32))) == "<Signer: redacted>"
