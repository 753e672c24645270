"""The data map in docs/ says what the tables declare."""

from pathlib import Path

from app.operations.data_map import data_map


def test_the_data_map_is_up_to_date() -> None:
    written = Path("docs/data-map.md").read_text()
    assert written == data_map(), "refresh it: .venv/bin/flask docs data-map > docs/data-map.md"
