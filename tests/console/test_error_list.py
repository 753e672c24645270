"""The page of errors and docs/errors.md tell every refusal, where each problem document's type leads."""

from pathlib import Path

from app.console.error_list import list_errors
from app.core.errors import AppError, NotFound, StorageUnavailable
from app.core.openapi.problems import specimen
from tests.console.html_page import read_page
from tests.core.openapi_document import described_app, document, mounted

_FILE = Path(__file__).parents[2] / "docs/errors.md"


def test_the_file_is_what_the_code_says() -> None:
    made = described_app().test_cli_runner().invoke(args=["docs", "errors"], catch_exceptions=False).output
    assert _FILE.read_text("utf-8") == made, "Refresh it: flask docs errors > docs/errors.md"


def test_the_type_of_every_refusal_leads_to_its_place_on_the_page() -> None:
    page = read_page(described_app().test_client().get("/docs/errors").text)
    refusals: set[type[AppError]] = {NotFound, StorageUnavailable}
    refusals.update(error for operation in mounted() for error in operation.errors)
    for refusal in refusals:
        address, _, place = specimen(refusal).problem("req_0")["type"].partition("#")
        assert address == "/docs/errors"
        section = next(each for each in page.all("section") if each.attributes.get("id") == place)
        assert refusal.title in section.text
        assert f"status {refusal.status}" in section.text
        assert "What to do." in section.text


def test_every_code_of_the_description_is_listed() -> None:
    told = document()["components"]["responses"].values()
    codes = {code for each in told for code in each["content"]["application/problem+json"]["examples"]}
    assert codes <= {entry.code for entry in list_errors()}


def test_a_refusal_that_names_its_remedy_is_listed_with_it() -> None:
    class PaperOut(AppError):
        """There is no paper
        in the tray.

        Put some
        in.
        """

        status = 409
        code = "paper-out"
        title = "There is no paper"

    PaperOut.__module__ = "app.printing"
    try:
        entry = next(entry for entry in list_errors() if entry.code == "paper-out")
        assert (entry.meaning, entry.remedy) == ("There is no paper in the tray.", "Put some in.")
    finally:
        PaperOut.__module__ = __name__


def test_every_refusal_has_advice() -> None:
    assert [
        entry.code for entry in list_errors() if not entry.remedy.endswith(".") or not entry.meaning
    ] == []
