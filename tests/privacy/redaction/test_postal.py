"""Postal addresses of many countries, in a line or in a block."""

import pytest

from tests.privacy.redaction.cases import redacted


@pytest.mark.parametrize(
    "address",
    [
        "742 Evergreen Terrace, Springfield, OR 97403",
        "742 evergreen terrace, springfield, or 97403",
        "12 Elm St\nApt 4\nDenver, CO 80202",
        "PSC 1234, Box 5678\nAPO AE 12345",
        "Flat 3, 12 Baker Street, London NW1 6XE",
        "Hauptstraße 5a, 10115 Berlin",
        "hauptstr. 5a, 10115 berlin",
        "12 bis, rue de la Paix, 75002 Paris",
        "Calle de Alcalá, 45, 3º B, 28014 Madrid",
        "Via Garibaldi 12, 20121 Milano (MI)",
        "vicolo sandi, 663 appartamento 94\n12088",
        "Keizersgracht 123, 1015 CJ Amsterdam",
        "ul. Marszałkowska 12/34, 00-590 Warszawa",
        "Rua das Flores, 123, 01234-567 São Paulo - SP",
        "Storgatan 12, 123 45 Stockholm",
        "Erzsébet tér 19",
        "P.O. Box 4711",
        "6750 Koskikatu 25 Apt. 864\nArtilleros\n, CO\n Uruguay 64677",
    ],
)
@pytest.mark.parametrize(("before", "after"), [("See ", "."), ("Ship it to:\n", "\n\nThanks.")])
def test_addresses_are_found_as_a_whole(address: str, before: str, after: str) -> None:
    assert redacted(before + address + after) == f"{before}[ADDRESS_1]{after}"


@pytest.mark.parametrize(
    "text",
    [
        "There are 5 ways to do that in 2023, for 10 people down the road.",
        "I walked 3 miles on the street.",
        "Chapter 12 is about the 4 seasons.",
        "In 1999 the street was closed.",
        "He scored 25 points in 3 games.",
        "Set x = 10, y = 20 and run it 5 times.",
    ],
)
def test_other_numbers_and_streets_stay(text: str) -> None:
    assert redacted(text) == text


def test_a_street_alone_is_found_again() -> None:
    assert (
        redacted("12 Elm Street, Denver, CO 80202. Is 12 Elm Street nice?")
        == "[ADDRESS_1]. Is [ADDRESS_1] nice?"
    )
