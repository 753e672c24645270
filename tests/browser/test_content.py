"""Answers as a reader sees them: Markdown, links, code, formulas, direction."""

from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.lab import open_lab, texts
from tests.browser.site import HostSite

_SCOTLAND: Final = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"


def _count(page: Page, content: Any, selector: str) -> int:
    found: int = page.evaluate(
        "([content, selector]) => lab.make([content])[0].querySelectorAll(selector).length",
        [content, selector],
    )
    return found


@pytest.mark.parametrize(
    ("text", "selector", "count"),
    [
        ("a **b** *c* ~~d~~ `e`", "strong, em, s, code", 4),
        ("# a\n\n## b\n\n### c\n\n#### d", "h4, h5, h6", 4),
        ("- a\n  - b\n    1. c", "ul ul ol", 1),
        ("3. a\n4. b", "ol[start='3']", 1),
        ("> a\n> > b", "blockquote blockquote", 1),
        ("|a|b|\n|:-|-:|\n|1|2|", "th.c-left, td.c-right", 2),
        ("- [ ] a\n- [x] b", "[role=img][aria-label]", 2),
        ("---", "hr", 1),
        ("a  \nb", "br", 1),
        ("```python\nx = 1\n```", "pre[tabindex='0'][role=group][aria-label='Code, python'][dir=ltr]", 1),
        ("    indented", "pre[aria-label=Code]", 1),
        ("<b>a</b> <!-- c -->", "b", 0),
        ("[a](https://a.example/x)", "a[rel='noopener noreferrer nofollow ugc'][target=_blank]", 1),
        ("<https://a.example>", "a", 1),
        ("https://a.example", "a", 0),
        ("[a](/relative)", "a", 0),
    ],
)
def test_markdown_becomes_elements(lab: Page, text: str, selector: str, count: int) -> None:
    assert _count(lab, text, selector) == count


def test_markup_is_shown_as_text(lab: Page) -> None:
    assert texts(lab, ["a <b>c</b> &lt;d&gt;"]) == ["a <b>c</b> <d>"]


def test_headings_stay_below_those_of_the_widget(lab: Page) -> None:
    levels = lab.evaluate(
        """() => {
          const box = lab.box();
          box.append(lab.render.renderContent("# a\\n## b\\n### c", {...lab.context, headingLevel: 6}));
          return [...box.children].map((each) => `${each.localName} ${each.ariaLevel}`);
        }"""
    )
    assert levels == ["h6 null", "h6 7", "h6 8"]


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("[https://a.example](https://b.example/x)", "b.example"),
        ("[www.bank.example](https://b.example)", "b.example"),
        ("[go](https://\u0430pple.example)", "xn--pple-43d.example"),
        ("[](https://b.example)", "b.example"),
    ],
)
def test_a_link_that_could_mislead_names_its_host(lab: Page, text: str, host: str) -> None:
    assert host in texts(lab, [text])[0]


def test_an_honest_link_has_its_host_at_hand_only(lab: Page) -> None:
    assert texts(lab, ["[a.example](https://a.example/x) [words](https://a.example)"]) == ["a.example words"]
    assert _count(lab, "[words](https://a.example)", "a[title='a.example']") == 1


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        ("It is $5 and $10.", 0),
        ("From $5/kg to $10/kg, or US$3.", 0),
        ("$20-$30, $1,000 more than A$7", 0),
        ("$5 million for Ann, or 20$ here", 0),
        ("an escaped \\$x\\$", 0),
        ("`$x$`", 0),
        ("where $x$ is", 1),
        ("$x^2 + y^2$, $\\alpha$", 2),
        ("$2 \\times 3$", 1),
        ("\\(a+b\\) and \\[c\\]", 2),
        ("$$\na\n$$", 1),
        ("text\n\\[\na\n\\]\nmore", 1),
        ("- item\n\n  $$a$$", 1),
    ],
)
def test_prices_stay_prices_and_formulas_become_formulas(lab: Page, text: str, formulas: int) -> None:
    assert _count(lab, text, ".c-formula") == formulas


def test_a_formula_is_shown_as_mathml_without_styles(lab: Page) -> None:
    sources = [
        "\\frac{a}{b}",
        "\\sqrt[3]{x}",
        "\\begin{pmatrix}a&b\\\\c&d\\end{pmatrix}",
        "\\begin{cases}1&x>0\\\\0\\end{cases}",
        "\\sum_{i=1}^n i",
        "\\begin{aligned}a&=b\\\\&=c\\end{aligned}",
        "\\mathbb{R}^n",
        "\\vec{v}\\cdot\\hat{w}",
        "\\left[\\int_0^1 x\\,dx\\right]",
        "\\underbrace{a+b}_{c}",
        "\\text{if } x",
        "\\boxed{x}",
        "\\begin{array}{c|c}a&b\\\\\\hline c&d\\end{array}",
        "\\lim_{n\\to\\infty}",
        "\\binom{n}{k}",
        "\\overline{AB}",
        "\\cancel{x}",
        "\\mathrm{d}x",
        "\\mathcal{L}",
        "a\\equiv b\\pmod n",
    ]
    made = lab.evaluate(
        """async (sources) => {
          const boxes = lab.make(sources.map((tex) => `$$${tex}$$`));
          await lab.settled();
          return boxes.map((box) => [box.querySelectorAll("math").length, lab.INVARIANTS(box)]);
        }""",
        sources,
    )
    assert dict(zip(sources, made, strict=True)) == {source: [1, []] for source in sources}


def test_a_formula_wider_than_its_place_can_be_scrolled_with_keys(lab: Page) -> None:
    found = lab.evaluate(
        """async (contents) => {
          const boxes = lab.make(contents);
          await lab.settled();
          return boxes.map((box) => box.querySelector(".c-formula").getAttribute("aria-label"));
        }""",
        ["$$a$$", "$$" + "a+" * 200 + "b$$"],
    )
    assert found == [None, "Formula"]


@pytest.mark.parametrize(
    "tex", ["\\frac{", "\\href{https://a.example}{x}", "\\def\\a{b}\\a", "\\unknown", "x" * 10_001]
)
def test_a_formula_that_cannot_be_shown_stays_as_its_source(lab: Page, tex: str) -> None:
    shown = lab.evaluate(
        "async (text) => { const [box] = lab.make([text]); await lab.settled(); return box.textContent; }",
        f"${tex}$",
    )
    assert shown == f"${tex}$"


def test_code_is_coloured_when_the_highlighter_is_there(lab: Page) -> None:
    lab.evaluate(
        "async () => { lab.make(['```python\\ndef f(x):\\n    return \"a\"  # b\\n```']); await lab.settled(); }"
    )
    assert lab.evaluate("lab.root.querySelectorAll('.hl-keyword, .hl-string, .hl-comment').length") >= 4
    assert lab.evaluate("lab.root.querySelector('code').textContent") == 'def f(x):\n    return "a"  # b\n'


@pytest.mark.parametrize(
    "language",
    [
        "bash",
        "c",
        "cpp",
        "csharp",
        "css",
        "diff",
        "go",
        "html",
        "java",
        "js",
        "json",
        "python",
        "rust",
        "sh",
        "sql",
        "ts",
        "yaml",
    ],
)
def test_usual_languages_are_known(lab: Page, language: str) -> None:
    found = lab.evaluate(
        "(name) => import('/highlight.js').then((part) => part.highlight('a = 1', name) !== null)", language
    )
    assert found is True


def test_code_is_copied_without_what_nobody_saw(browser: Browser) -> None:
    with HostSite() as site:
        context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
        page = context.new_page()
        open_lab(page, site)
        page.evaluate("lab.make(['```js\\na\\u202eb\\ufeffc\\n```'])")
        page.get_by_role("button", name="Copy").click()
        page.get_by_role("button", name="Copied").wait_for()
        assert page.evaluate("navigator.clipboard.readText()") == "abc\n"
        context.close()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb", "a⟦U+202E⟧b"),
        ("a\u2066b\u2069", "a⟦U+2066⟧b⟦U+2069⟧"),
        ("a\u200fb", "a⟦U+200F⟧b"),
        ("a\ufeffb", "a⟦U+FEFF⟧b"),
        ("a\x1bb", "a⟦U+001B⟧b"),
        ("a\x00b", "a␀b"),
        ("".join(chr(0xE0000 + ord(letter)) for letter in "hidden"), "⟦U+E0068 …×6⟧"),
        ("`a\u202eb`", "a⟦U+202E⟧b"),
        ("e\u0301 می\u200cخواهم 👩\u200d💻 co\u00adop", "e\u0301 می\u200cخواهم 👩\u200d💻 co\u00adop"),
        (_SCOTLAND, _SCOTLAND),
    ],
)
def test_characters_nobody_sees_are_named(lab: Page, text: str, shown: str) -> None:
    assert lab.evaluate("(text) => lab.make([text])[0].textContent", text) == shown


def test_blocks_take_the_direction_of_their_words(lab: Page) -> None:
    found = lab.evaluate(
        """() => {
          const code = "```js\\nlet a\\n```";
          const [box] = lab.make([`مرحبا\\n\\nhello\\n\\n- مرحبا\\n- hello\\n\\n${code}\\n\\n|مرحبا|\\n|-|\\n|a|`]);
          const directionOf = (name) => getComputedStyle(box.querySelector(name)).direction;
          return ["p", "p + p", "ul", "li", "pre", "table"].map(directionOf);
        }"""
    )
    assert found == ["rtl", "ltr", "rtl", "rtl", "ltr", "rtl"]
