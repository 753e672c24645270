"""Text that comes piece by piece is drawn as it comes, and ends as if it had come at once."""

import math
import random
from typing import Final

import pytest
from playwright.sync_api import Page

from tests.browser.hostile.payloads import payloads

# The text as it is rendered at once, and as it is when it has come in these pieces, each drawn.
_STREAM: Final = """async (pieces) => {
  const context = { ...lab.context, load: lab.never };
  const [whole] = lab.make([pieces.join("")], (text) => lab.render.renderContent(text, context));
  const box = lab.box();
  const stream = lab.render.createStreamRenderer(box, context);
  for (const piece of pieces) {
    stream.append(piece);
    await new Promise((done) => setTimeout(done, lab.pause));
  }
  stream.end();
  await lab.settled();
  return box.isEqualNode(whole) ? null : [box.innerHTML, whole.innerHTML];
}"""
_GROWING: Final = """async (pieces) => {
  lab.clear();
  const box = lab.box();
  const stream = lab.render.createStreamRenderer(box, lab.context);
  const seen = [];
  for (const piece of pieces) {
    stream.append(piece);
    await new Promise((done) => setTimeout(done, 130));
    seen.push(box.innerText);
  }
  stream.end();
  return seen;
}"""

# The longest time in which the page was busy while 50 KB came, far faster than any model writes, and how many blocks
# it became.
_LONG_STREAM: Final = """async () => {
  lab.clear();
  const box = lab.box();
  const stream = lab.render.createStreamRenderer(box, lab.context);
  let longest = 0;
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) longest = Math.max(longest, entry.duration);
  });
  observer.observe({ type: "longtask" });
  for (let piece = 0; piece < 100; piece += 1) {
    stream.append("Some **words** of a long answer, and more of them.\\n\\n".repeat(10));
    await new Promise((done) => setTimeout(done, 15));
  }
  stream.end();
  await lab.twoFrames();
  observer.disconnect();
  return [longest, box.children.length];
}"""


_ANSWER: Final = """# Title

Some **bold words**, *slanted* ones, a [link](https://a.example/page), `code` and $x^2$.

- one
- two
  - three **deep**

1. first

   with a paragraph

| a | b |
|---|---|
| 1 | **2** |

> quoted
> twice

```python
def f(x):
    return x  # **not bold**
```

$$
a + b
$$

Last words\\* with _emphasis_ and ~~no~~ end.
"""


@pytest.mark.parametrize("seed", range(12))
def test_growing_text_ends_as_if_it_had_come_at_once(lab: Page, seed: int) -> None:
    chance = random.Random(seed)
    text = _ANSWER if seed < 4 else "\n\n".join(chance.sample(payloads(), 12)).replace("\x00", "")
    pieces = []
    while text:
        size = chance.randrange(1, 30 if seed < 4 else 200)
        pieces.append(text[:size])
        text = text[size:]
    lab.evaluate("(pause) => { lab.pause = pause; }", 30 if seed in {0, 4, 5} else 0)
    assert lab.evaluate(_STREAM, pieces) is None


def test_growing_text_shows_no_half_marks(lab: Page) -> None:
    pieces = [
        "Some **bo",
        "ld** and `co",
        "de` and [a li",
        "nk](https://a.exam",
        "ple) now\n\n",
        "- it",
        "em\n-",
        " two\n\n```py",
        "thon\nx = 1\n``",
        "`\n",
    ]
    seen = lab.evaluate(_GROWING, pieces)
    for shown in seen:
        assert not any(mark in shown for mark in ("*", "`", "[", "](")), shown
    assert seen[3].strip() == "Some bold and code and a link"


def test_finished_blocks_stay_the_same_elements(lab: Page) -> None:
    same = lab.evaluate(
        """async () => {
          lab.clear();
          const box = lab.box();
          const stream = lab.render.createStreamRenderer(box, lab.context);
          const wait = () => new Promise((done) => setTimeout(done, 130));
          stream.append("first paragraph\\n\\nsecond para"); await wait();
          const [first] = box.children;
          stream.append("graph\\n\\n```js\\nlet a = 1;\\n"); await wait();
          const pre = box.querySelector("pre");
          stream.append("let b = 2;\\n"); await wait();
          const still = box.querySelector("pre") === pre && pre.textContent.includes("let b");
          stream.end();
          return [box.children[0] === first, still];
        }"""
    )
    assert same == [True, True]


def test_a_long_growing_text_costs_little(lab: Page) -> None:
    lengths: list[float] = []
    # The best of four: the machine may have other work too.
    while len(lengths) < 4 and min(lengths, default=math.inf) >= 500:
        longest, blocks = lab.evaluate(_LONG_STREAM)
        assert blocks == 1_000
        lengths.append(longest)
    assert min(lengths) < 500


def test_every_word_of_the_renderer_is_known(lab: Page) -> None:
    shown = lab.evaluate(
        "async (contents) => { lab.make(contents); await lab.settled(); return lab.root.textContent; }",
        [_ANSWER, "- [x] a", "[" * 100, "x" * 200_001, [{"type": "odd"}], "![a](https://a.example/a.png)"],
    )
    assert "MISSING" not in shown
