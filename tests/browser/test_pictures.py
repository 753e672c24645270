"""Pictures, uploads and other parts of a message."""

import base64
from typing import Final

from playwright.sync_api import Page

from tests.browser.lab import texts

_PNG: Final = base64.b64encode(
    bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
        "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
    )
).decode()


def test_a_picture_in_the_response_is_drawn_without_any_request(lab: Page) -> None:
    contents = [
        f"![a dot](data:image/png;base64,{_PNG})",
        [{"type": "image_url", "image_url": {"url": f"data:image/png;base64,{_PNG}"}}],
    ]
    found = lab.evaluate(
        """async (contents) => {
          const boxes = lab.make(contents);
          await lab.settled();
          return boxes.map((box) => box.querySelector("canvas[role=img]")?.ariaLabel);
        }""",
        contents,
    )
    assert found == ["a dot", "Image"]


def test_an_upload_is_fetched_with_the_ticket_when_it_is_in_sight(lab: Page) -> None:
    lab.evaluate("(png) => { lab.uploads['upl_1'] = png; }", _PNG)
    found = lab.evaluate(
        """async (contents) => {
          const [box] = lab.make(contents);
          await lab.twoFrames();
          await lab.settled();
          return [box.querySelectorAll("canvas").length, box.querySelectorAll(".c-waiting").length];
        }""",
        [[{"type": "image_url", "image_url": {"url": "upload:upl_1"}}]],
    )
    assert found == [1, 0]


def test_a_picture_that_claims_to_be_huge_is_not_decoded(lab: Page) -> None:
    bomb = base64.b64encode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x75\x30\0\0\x75\x30\x08\x06\0\0\0").decode()
    found = lab.evaluate(
        "async (text) => { const [box] = lab.make([text]); await lab.settled(); return box.innerText; }",
        f"![alt](data:image/png;base64,{bomb})",
    )
    assert "The image could not be shown. alt" in found


def test_parts_are_shown_in_order_and_as_text_for_copying(lab: Page) -> None:
    content = [
        {"type": "text", "text": "one"},
        {"type": "file", "file": {"file_id": "upl_1", "filename": "notes.txt"}},
        {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
        {"type": "text", "text": "two"},
    ]
    assert texts(lab, [content])[0].split() == [
        "one",
        "File",
        "notes.txt",
        "Save",
        "Audio",
        "audio.wav",
        "Save",
        "two",
    ]
    assert (
        lab.evaluate("(content) => lab.render.plainText(content)", content)
        == "one\n\n[notes.txt]\n\n[audio]\n\ntwo"
    )
