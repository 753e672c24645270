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
_BRACKETED_AT: Final = r"\s?[\[({<*_]\s?(?:at|@|ät|aet|arroba|chez|malpa|małpa)\s?[\])}>*_]\s?"
_SPELLED_DOT: Final = (
    r"(?:\.|\s?[\[({<*_]\s?(?:dot|\.|punkt|punto|ponto|point|kropka)\s?[\])}>*_]\s?|"
    r"\s(?:dot|punkt|punto|ponto|point|kropka)\s|\s\.\s?|\.\s|,)"
)
_PART: Final = r"[A-Za-z0-9\u00C0-\u024F_-]{1,40}+"
# Somebody who hides from robots: name (at) example (dot) org.
_SPELLED_EMAIL: Final = re.compile(
    rf"{_BRACKETED_AT}((?:{_PART}{_SPELLED_DOT}){{1,6}}{_TOP})(?![A-Za-z0-9])", re.IGNORECASE
)
# Without brackets: name at example dot org, name @ example . org, name at example.org. The end has to be one in use.
_SAID_EMAIL: Final = re.compile(
    rf"(?:\s(?:at|ät|arroba|chez|małpa)\s|\s?@\s?)((?:{_PART}{_SPELLED_DOT}){{1,4}}(?:com|org|net|edu|gov|info|"
    rf"io|co|me|us|uk|ca|au|de|fr|es|it|nl|br|"
    r"pl|se|pt|ch|at|be|in|jp|eu|ru|cn|kr|mx|ar|cl|tr|za|ng|ke|dk|no|fi|cz|gr|ro|hu|ie|nz|dev|app|xyz|example|"
    r"test)(?:[ ]?\.[ ]?[a-z]{2})?)"
    r"(?![^\W_])",
    re.IGNORECASE,
)
_LOCAL_BEFORE: Final = re.compile(
    rf"(?<![{_LOCAL}])(?:[a-z0-9\u00C0-\u024F+-]{{1,20}}\s(?:dot|punkt|punto|ponto|point|underscore|dash|hyphen|"
    rf"_|\.)\s){{0,3}}[{_LOCAL}]{{2,64}}$",
    re.IGNORECASE,
)
_SAID_MARK: Final = re.compile(r"\s(?:dot|underscore|dash|hyphen|punkt|punto|ponto|point)\s", re.IGNORECASE)
_LONGEST_LOCAL: Final = 96
_SPELLED_CUE: Final = re.compile(
    r"[\[({<*_]\s?(?:at|@|ät|aet|arroba|chez|ma[lł]pa)\s?[\])}>*_]", re.IGNORECASE
)
_SAID_CUE: Final = re.compile(
    r"\s(?:at|ät|arroba|chez|małpa)\s|\s@|@\s|\sdot\s|@\S{1,60}?(?:\s\.|\.\s|,)", re.IGNORECASE
)
_MAIL_CUE: Final = re.compile(
    r"(?<![a-z])(?:e-?mails?|mails?|mailto|ping|write to|reach|contact|correo|courriel|paypal|account)(?![a-z])",
    re.IGNORECASE,
)
_PROVIDERS: Final = re.compile(
    r"(?:gmail|googlemail|yahoo|ymail|hotmail|outlook|live|msn|icloud|mac|me|aol|proton(?:mail)?|pm|gmx|web|"
    r"t-online|freenet|posteo|mailbox|"
    r"orange|free|laposte|sfr|wanadoo|libero|virgilio|tiscali|uol|bol|terra|qq|163|126|sina|naver|daum|yandex|"
    r"mail|rambler|btinternet|sky|"
    r"virginmedia|ntlworld|comcast|verizon|att|sbcglobal|cox|zoho|fastmail|hey|tutanota|tuta|wp|onet|interia|o2|"
    r"seznam|ziggo|kpn|"
    r"rediffmail|bigpond|shaw|rogers)(?![a-z])",
    re.IGNORECASE,
)
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
    """E-mail addresses, also those written so that no robot reads them."""
    if "@" in text:
        for match in _EMAIL.finditer(text):
            address = match[0].lstrip(_LEADING)
            if address[0] != "@":
                yield Span(match.end() - len(address), match.end(), Kind.EMAIL, address.lower())
    if _SPELLED_CUE.search(text):
        for match in _SPELLED_EMAIL.finditer(text):
            yield from _spelled(text, match, is_bracketed=True)
    if _SAID_CUE.search(text):
        for match in _SAID_EMAIL.finditer(text):
            yield from _spelled(text, match, is_bracketed=False)


def _spelled(text: str, match: re.Match[str], *, is_bracketed: bool) -> Iterator[Span]:
    """A name has to stand before the domain. "at" alone may mean a place: then the name has to look like one."""
    local = _LOCAL_BEFORE.search(text, max(0, match.start() - _LONGEST_LOCAL), match.start())
    if local is None:
        return
    start = local.end() - len(local[0].lstrip(_LEADING))
    name, domain = text[start : local.end()], match[1]
    is_plain = name.replace("'", "").isalpha() and not _SAID_MARK.search(match[0])
    if (
        is_bracketed
        or not is_plain
        or _PROVIDERS.match(domain)
        or _MAIL_CUE.search(text, max(0, start - 40), start)
    ) and any(map(str.isalnum, name)):
        address = re.sub(r"\s", "", f"{name}@{_SAID_MARK.sub('.', domain)}")
        yield Span(start, match.end(), Kind.EMAIL, address.lower())


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
