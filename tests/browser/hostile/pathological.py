"""Markdown that makes parsers slow: each answer is as large as the limit lets it be useful to be."""

import random
from collections.abc import Callable
from typing import Final

_KB: Final = 1024


def _filled(piece: str, size: int) -> str:
    return (piece * (size // len(piece) + 1))[:size]


def _nested_lists(depth: int) -> str:
    return "\n".join("  " * level + "- item" for level in range(depth))


def _distinct_backticks(size: int) -> str:
    runs: list[str] = []
    length = 1
    while sum(len(run) for run in runs) < size:
        runs.append("`" * length + " ")
        length += 1
    return "".join(runs)


def _table(columns: int, rows: int) -> str:
    row = "|" + "a|" * columns
    return "\n".join([row, "|" + "-|" * columns, *[row] * rows])


def _noise(size: int, alphabet: str, seed: int) -> str:
    return "".join(random.Random(seed).choices(alphabet, k=size))


_REPEATED: Final[dict[str, str]] = {
    "half_emphasis": "**a_",
    "emphasis": "*a* ",
    "strong_in_em": "*a **b ",
    "openers": "*a ",
    "underscores": "_a ",
    "long_runs": "***a___b~~",
    "strikes": "~~a ~~b",
    "quotes_in_a_line": ">",
    "quotes_with_spaces": "> ",
    "brackets": "[",
    "bracket_pairs": "[a](",
    "bracket_quotes": '[a](b "',
    "bracket_angles": "[a](<b",
    "closed_brackets": "[]",
    "bracket_reference": "[a][",
    "images": "![",
    "image_pairs": "![a](",
    "parentheses": "(",
    "link_in_link": "[a](b) [",
    "backtick": "`a",
    "backticks": "`` ` ",
    "escaped": "\\*\\[",
    "angles": "<",
    "tags": "<a href=x ",
    "comments": "<!--",
    "declarations": "<!A ",
    "cdata": "<![CDATA[",
    "autolinks": "<https://a.example/",
    "bare_addresses": "https://a.example/?q=1&b=2 ",
    "mailboxes": "a@b.example ",
    "entities": "&amp;&#65;&nope;",
    "ampersands": "&#",
    "dollars": "$a",
    "double_dollars": "$$a ",
    "formulas": "$x$ ",
    "tex_parentheses": "\\(a ",
    "tex_brackets": "\\[a\n",
    "headings": "# a\n",
    "underlined": "a\n=\n",
    "rules": "---\n",
    "items": "- a\n",
    "numbers": "1. a\n",
    "spaced_items": "* a\n\n",
    "deep_markers": "- ",
    "mixed_markers": "> - 1. ",
    "tasks": "- [ ] a\n",
    "fences": "```\na\n",
    "open_fences": "```a\n~~~b\n",
    "tabs": "\t",
    "spaces": " ",
    "lines": "\n",
    "soft_lines": "a\n",
    "hard_lines": "a  \n",
    "one_word": "a",
    "pipes": "|",
    "pipe_lines": "|a|b|\n",
    "references": "[a]: /b\n",
    "long_references": "[a]: <b> 'c\n",
    "nul": "\x00",
    "overrides": "\u202e",
    "combining": "a\u0301\u0301\u0301",
    "tag_characters": "\U000e0041",
    "high_surrogates": "\ud800",
    "ideographs": "漢*字_",
    "arabic": "**عربي** ",
    "footnotes": "[^a]: b\n",
    "setext_quotes": "> a\n-\n",
}
_MADE: Final[dict[str, Callable[[], str]]] = {
    "nested_lists": lambda: _nested_lists(300),
    "wide_nested_lists": lambda: "\n".join(_nested_lists(12) for _ in range(200)),
    "nested_quotes": lambda: "\n".join(">" * level + " a" for level in range(1, 200)),
    "nested_brackets": lambda: "[" * 5_000 + "a" + "]" * 5_000,
    "nested_links": lambda: "[" * 500 + "a" + "](b)" * 500,
    "nested_images": lambda: "![" * 2_000 + "a" + "](b)" * 2_000,
    "nested_emphasis": lambda: "*a " * 8_000 + "b*" * 8_000,
    "nested_strong": lambda: "**a " * 5_000 + "b**" * 5_000,
    "distinct_backticks": lambda: _distinct_backticks(100 * _KB),
    "distinct_backticks_twice": lambda: _distinct_backticks(60 * _KB) * 2,
    "wide_table": lambda: _table(1_000, 60),
    "long_table": lambda: _table(3, 20_000),
    "short_rows": lambda: "|" + "a|" * 2_000 + "\n|" + "-|" * 2_000 + "\n" + "a\n" * 2_000,
    "many_tables": lambda: "a|b\n-|-\n1|2\n\n" * 6_000,
    "many_references": lambda: "".join(f"[a{n}]: /b\n" for n in range(8_000)) + "[a1] " * 8_000,
    "one_huge_fence": lambda: "```python\n" + _filled("x = [1, 2, 'three']  # four\n", 190 * _KB) + "```",
    "slow_code": lambda: "```javascript\n" + _filled("/((a+)+)+b/.test(`${`${`", 49 * _KB) + "\n```",
    "slow_markup": lambda: "```html\n" + _filled("<a <!-- <script><style>", 49 * _KB) + "\n```",
    "slow_cpp": lambda: "```cpp\n" + _filled("a<b<c<(", 49 * _KB) + "\n```",
    "slow_sql": lambda: "```sql\n" + _filled("'''a\"\"\"--/*", 49 * _KB) + "\n```",
    "slow_yaml": lambda: "```yaml\n" + _filled("- a: {b: [", 49 * _KB) + "\n```",
    "slow_bash": lambda: "```bash\n" + _filled('"$( `${a:-', 49 * _KB) + "\n```",
    "slow_diff": lambda: "```diff\n" + _filled("+++ --- @@ ", 49 * _KB) + "\n```",
    "many_codes": lambda: "```js\nlet a = 1;\n```\n\n" * 3_000,
    "nested_fractions": lambda: "$" + "\\frac{1}{" * 900 + "x" + "}" * 900 + "$",
    "nested_roots": lambda: "$$" + "\\sqrt{" * 1_500 + "x" + "}" * 1_500 + "$$",
    "nested_scripts": lambda: "$x" + "^{x_{y" * 1_200 + "}}" * 1_200 + "$",
    "braces": lambda: "$" + "{" * 4_900 + "}" * 4_900 + "$",
    "long_formula": lambda: "$$" + "x+" * 4_900 + "x$$",
    "large_matrix": lambda: "$$\\begin{matrix}" + "a&b&c\\\\" * 1_200 + "\\end{matrix}$$",
    "definitions": lambda: "$$\\def\\a{xxxxxxxxxx}\\def\\b{\\a\\a\\a\\a\\a\\a}" + "\\b" * 800 + "$$",
    "endless_definition": lambda: "$$\\def\\a{\\a\\a}\\a$$",
    "many_formulas": lambda: "$\\frac{a_1}{\\sqrt{b^2}}$ " * 5_000,
    "delimiters": lambda: "$" + "\\left(" * 700 + "x" + "\\right)" * 700 + "$",
    "noise": lambda: _noise(60 * _KB, "*_`[]()!<>&\\~|#-+.:\n \tab1$", 1),
    "dense_noise": lambda: _noise(60 * _KB, "*_[]()`\n>", 2),
    "huge": lambda: _filled("Some **words** and more of them. ", 400_000),
    "huge_without_spaces": lambda: "x" * 400_000,
}


def repeated(size: int) -> dict[str, str]:
    """Answers by name, each a piece repeated up to this many characters."""
    return {name: _filled(piece, size) for name, piece in _REPEATED.items()}


def made() -> dict[str, str]:
    """Answers by name that are more than a repetition."""
    return {name: make() for name, make in _MADE.items()}
