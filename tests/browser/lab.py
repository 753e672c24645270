"""A bare page that renders content with the widget's built parts, under a policy and without a server behind."""

import json
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page

from tests.browser.site import FIRST_PARTY_POLICY, HostSite

_BUILT: Final = Path(__file__).parents[2] / "static" / "widget" / "v1"
PARTS: Final = ("render", "highlight", "math", "diff")
_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Lab</title>
<link rel="stylesheet" href="/host.css"><script type="module" src="/lab.js"></script></head>
<body><main id="host"></main></body></html>
"""
# `make(...)` shows contents, each in a box of its own, and returns the boxes.
_LAB: Final = """
import * as render from "/render.js";
import * as diff from "/diff.js";
import { INVARIANTS } from "/invariants.js";

const host = document.getElementById("host");
const root = host.attachShadow({ mode: "open" });
const style = new CSSStyleSheet();
style.replaceSync(render.contentStyle);
root.adoptedStyleSheets = [style];
const uploads = {};
const context = {
  t: (key, values = {}) =>
    (render.strings[key] ?? `MISSING ${key}`).replace(/\\{(\\w+)\\}/g, (_, name) => values[name]),
  load: (name) => import(`/${name}.js`),
  upload: async (id) => new Blob([Uint8Array.from(atob(uploads[id]), (c) => c.charCodeAt(0))]),
};

function box() {
  const made = document.createElement("div");
  made.className = "content";
  root.append(made);
  return made;
}

function clear() {
  root.replaceChildren();
}

function make(contents, renderer = render.renderContent) {
  clear();
  return contents.map((content) => {
    const made = box();
    made.append(renderer(content, { ...context }));
    return made;
  });
}

const twoFrames = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));

// Lazy parts work in slices after the call; quiet means that nothing has changed for a while.
async function settled() {
  for (let quiet = 0, before = -1; quiet < 3; ) {
    await new Promise((done) => setTimeout(done, 40));
    const now = root.querySelectorAll("*").length;
    quiet = now === before ? quiet + 1 : 0;
    before = now;
  }
}

window.lab = { render, diff, root, context, uploads, box, clear, make, twoFrames, settled, INVARIANTS };
"""


def open_lab(page: Page, site: HostSite, *, policy: str = FIRST_PARTY_POLICY) -> None:
    """Shows the empty lab."""
    names = json.loads((_BUILT / "integrity.json").read_text("utf-8"))
    for part in PARTS:
        (path,) = [name for name in names if name.startswith(f"parts/{part}-")]
        site.put(f"/{part}.js", (_BUILT / path).read_bytes(), "text/javascript; charset=utf-8")
    site.put("/lab.js", _LAB, "text/javascript; charset=utf-8")
    invariants = (Path(__file__).parent / "hostile" / "invariants.js").read_text("utf-8")
    site.put("/invariants.js", invariants, "text/javascript; charset=utf-8")
    page.goto(site.put_html(_PAGE, policy=policy))
    page.wait_for_function("window.lab !== undefined")


def texts(page: Page, contents: list[Any]) -> list[str]:
    """What each content shows."""
    shown: list[str] = page.evaluate("(contents) => lab.make(contents).map((box) => box.innerText)", contents)
    return shown
