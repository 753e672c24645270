"""docs/settings.md tells every setting as the code declares it."""

from pathlib import Path

from tests.core.openapi_document import described_app

_FILE = Path(__file__).parents[2] / "docs/settings.md"


def test_the_file_is_what_the_code_says() -> None:
    made = described_app().test_cli_runner().invoke(args=["docs", "settings"], catch_exceptions=False).output
    assert _FILE.read_text("utf-8") == made, "Refresh it: flask docs settings > docs/settings.md"
