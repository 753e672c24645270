"""Finding e-mail addresses and handles."""

import re
from collections.abc import Iterator
from typing import Final

from app.privacy.redaction.spans import Kind, Span

# Latin letters only, not `\w`: in scripts without spaces the sentence would count as part of the address. The
# look-behind lets a run of such characters be tried once, from its start, which keeps the search linear.
_LOCAL: Final = r"A-Za-z0-9\u00C0-\u024F.%+&'~_-"
_LABEL: Final = r"[A-Za-z0-9\u00C0-\u024F_-]{1,63}+"
_TOP: Final = r"(?:xn--[a-z0-9-]{2,59}|[A-Za-z\u00C0-\u024F]{2,24})"
_EMAIL: Final = re.compile(
    rf"(?<![{_LOCAL}])[{_LOCAL}]++@(?:{_LABEL}\.){{1,8}}{_TOP}(?![A-Za-z0-9\u00C0-\u024F])", re.IGNORECASE
)
_SPELLED_AT: Final = r" ?[\[({] ?at ?[\])}] ?"
_SPELLED_DOT: Final = r"(?:\.| ?[\[({] ?dot ?[\])}] ?)"
_SPELLED_EMAIL: Final = re.compile(
    rf"(?<![{_LOCAL}])[{_LOCAL}]++{_SPELLED_AT}(?:{_LABEL}{_SPELLED_DOT}){{1,8}}{_TOP}(?![A-Za-z0-9])",
    re.IGNORECASE,
)
# Without brackets, "dot" has to stand before a domain that is in use.
_SAID_EMAIL: Final = re.compile(
    r"(?<![^\W_])[a-z0-9_-]{2,30}+(?:(?:\.| dot )[a-z0-9_-]{1,30}+){0,3}(?: at |"
    r"@)[a-z0-9-]{2,40}+(?:(?: dot |\.)[a-z0-9-]{2,20}+){0,2}"
    r"(?: dot | \. |\.)(?:com|org|net|edu|gov|info|io|co|me|us|uk|ca|au|de|fr|es|it|nl|br|pl|se|pt|ch|at|"
    r"be|in|jp|eu)(?![^\W_])",
    re.IGNORECASE,
)
_SPELLED_CUE: Final = re.compile(r"[\[({] ?at ?[\])}]", re.IGNORECASE)
_LEADING: Final = ".%+&'~-"

_HANDLE: Final = re.compile(
    r"(?<![A-Za-z0-9_@./+-])@([A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,38}[A-Za-z0-9_])?)(?![\w@/({=])"
)
_MIN_HANDLE: Final = 3
_DEEPEST_INDENTATION: Final = 80

# Words behind an at sign that are syntax or address everybody: CSS rules, decorators, documentation tags.
_NOT_HANDLES: Final = frozenset(
    """
    abstract abstractmethod alpha all app author autowired beta bean brief cache cached category channel charset
    class classmethod click code component constructor const container controller copyright counter-style
    dataclass data default define deprecated description details document each else elseif end endif endforeach
    endsection entity enum environment event everyone everything example exception exports extends extend family
    field file find fixture font font-face foreach forward func function functools generated get getter global
    group header here home host html icon id if ignore implements import include index inheritdoc inject injectable
    input internal interface item jit keyframes kind layer layout lazy license link list live local log main media
    member memberof method mixin mock model module name namespace next njit nonnull notnull nullable ngmodule
    objc objectatindex observable office online optional original output overload override package page param
    params parametrize parent patch path phone post print private prop property protected protocol public put
    pytest query readonly ref register remote repository request required reserved resource rest return returns
    root route router safevarargs schema scope section see selector self service session setter since size source
    spring start state static staticmethod string strong style summary supports suppresswarnings synthesize table
    tag tailwind target task template test testing text this throws time title todo today token transaction type
    typedef types update use usage user username value var variable version view void weak work yield
    """.split()  # noqa: SIM905 - a block of words reads better
)


def find_emails(text: str) -> Iterator[Span]:
    """E-mail addresses, also those spelled with a bracketed "at" and "dot"."""
    patterns = [_EMAIL] if "@" in text else []
    if _SPELLED_CUE.search(text):
        patterns.append(_SPELLED_EMAIL)
    if " dot " in text.lower():
        patterns.append(_SAID_EMAIL)
    for pattern in patterns:
        for match in pattern.finditer(text):
            address = match[0].lstrip(_LEADING)
            if address[0] not in "@ [({":
                yield Span(match.end() - len(address), match.end(), Kind.EMAIL, address.lower())


def find_handles(text: str) -> Iterator[Span]:
    """Handles such as "@jane_doe", unless the word is syntax, a package scope, or all there is on the line."""
    if "@" not in text:
        return
    for match in _HANDLE.finditer(text):
        name = match[1].lower()
        if len(name) < _MIN_HANDLE or name.isdigit() or name.split(".")[0] in _NOT_HANDLES:
            continue
        if not _is_alone_on_line(text, match.start(), match.end()):
            yield Span(match.start(), match.end(), Kind.HANDLE, name)


def _is_alone_on_line(text: str, start: int, end: int) -> bool:
    """A decorator stands on a line of its own, indented or not."""
    if text[end : end + 1] != "\n":
        return False
    window = max(0, start - _DEEPEST_INDENTATION)
    line_break = text.rfind("\n", window, start)
    if line_break < 0 < window:
        return False
    indentation = text[max(window, line_break + 1) : start]
    return not indentation or indentation.isspace()
