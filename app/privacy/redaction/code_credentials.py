"""Finding passwords where programs are given them: on command lines, in settings, in calls, in headers."""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Final

from app.privacy.redaction.plain_signs import in_small_letters
from app.privacy.redaction.spans import Kind, Span

# Searching a text for each of these is far cheaper than trying the patterns at each of its characters.
_SECRET_WORDS: Final = (
    *(
        "pass",
        "pwd",
        "pswd",
        "psw",
        "psk",
        "pin",
        "secret",
        "token",
        "key",
        "auth",
        "cred",
        "cookie",
        "sess",
        "sid",
        "csrf",
    ),
    *(
        "otp",
        "seed",
        "bearer",
        "sig",
        "webhook",
        "kennwort",
        "contrase",
        "clave",
        "senha",
        "mdp",
        "wachtwoord",
        "haslo",
    ),
    *("hasło", "parola", "uid", "user"),
)
_STATEMENT_WORDS: Final = (
    *(
        "identified",
        "password",
        "requirepass",
        "masterauth",
        "auth ",
        "enable ",
        "username ",
        "snmp",
        "wpa",
        "pre-shared",
    ),
    *("login ", "securestring", "pass:", "net us", "/p:", "htpasswd", "psk"),
)
_CALL_WORDS: Final = (
    "login",
    "log_in",
    "sign",
    "auth",
    "credential",
    "connect",
    "bind",
    "mysqli",
    "pdo",
    "userpass",
    "conn",
    "create_user",
)
_CALL_SIGNS: Final = ('("', "('", ', "', ", '", ',"', ",'")
# In quotes up to the closing one, or one word. A quote inside may be escaped.
_QUOTED: Final = r"\"((?:[^\"\\\n]|\\.){1,200})\"|'((?:[^'\\\n]|\\.){1,200})'|`([^`\n]{1,200})`"
_VALUE: Final = rf"(?:{_QUOTED}|([^\s\"'`|&;<>]{{3,200}}+))"
_PAIR_OF_USER: Final = (
    r"(?:\"([^\"\s:]{1,80}:[^\"\n]{1,200})\"|'([^'\s:]{1,80}:[^'\n]{1,200})'|"
    r"([^\s\"':]{1,80}:[^\s\"'|;<>]{1,200}))"
)

# What a name of a setting, a field or an option ends with when it is a secret.
_FIELD: Final = (
    r"(?:pass(?:word|wd|phrase|code|wort)?|pwd|passwd|pswd|psw|psk|pin|secret|token|api[_-]?key|access[_-]?key|"
    r"secret[_-]?key|"
    r"private[_-]?key|auth[_-]?key|account[_-]?key|shared[_-]?key|signing[_-]?key|encryption[_-]?key|master[_-]?key|"
    r"auth(?:[_-]?token)?|credentials?|session(?:[_-]?id)?|sessid|sid|jsessionid|phpsessid|csrf\w{0,12}|"
    r"otp|totp|seed|"
    r"bearer|sig|signature|licen[cs]e[_-]?key|webhook|kennwort|contrase[ñn]a|clave|senha|mdp|wachtwoord|haslo|"
    r"hasło|parola)"
)
_ASSIGNED: Final = re.compile(
    rf"(?<![A-Za-z])({_FIELD}|[A-Za-z]{{1,16}}?(?:password|passwd|pwd|passphrase|secret|token|apikey|"
    rf"accesskey|secretkey))(?![A-Za-z])[\w.-]{{0,24}}[\"'`\]]{{0,2}}(?:\)?[ \t]{{0,3}}(?::=|=>|->|=|"
    rf":)[ \t]{{0,3}}|,[ ]?(?=[\"']))"
    rf"(?:[rbuf]{{1,2}}(?=[\"']))?{_VALUE}",
    re.IGNORECASE,
)
_TAG: Final = re.compile(
    rf"<(?:[\w:.-]{{0,30}}?){_FIELD}(?:\s[^<>\n]{{0,80}})?>([^<>\n]{{3,200}})</", re.IGNORECASE
)
_OPTION: Final = re.compile(
    rf"(?<![\w-])--?(?:[a-z0-9]+[-_.])*{_FIELD}(?:[-_](?:stdin|file))?(?:=|\s{{1,2}})(?!-){_VALUE}",
    re.IGNORECASE,
)
_USER_OPTION: Final = re.compile(
    rf"(?<![\w-])(?:-u|--user|--proxy-user|-U|--userpwd|--creds?|--auth|-a|--basic-auth|--http-user)(?:=|"
    rf"\s{{0,2}}){_PAIR_OF_USER}"
)
# Programs, and the short option behind which each takes a password, with or without a space.
_SHORT_OPTIONS: Final = tuple(
    re.compile(
        rf"(?<![\w.-])(?:{programs})(?:\.exe)?(?=[ ])(?:[ ]+(?!{option})[^\s|;&]+){{0,16}}?[ ]+{option}{gap}{_VALUE}"
    )
    for programs, option, gap in (
        (
            (
                r"mysql\w*|mariadb\w*|mysqladmin|sshpass|xfreerdp|rdesktop|7z|7za|rar|unrar|plink|pscp|putty|winscp|"
                r"htpasswd"
            ),
            "-p",
            "",
        ),
        (
            (
                r"mongo\w*|docker|podman|helm|az|oc|kubectl|cf|sshpass|mosquitto_\w+|ldap\w*|influx|cqlsh|hydra|net|"
                r"rabbitmq\w*|nexus"
            ),
            "-p",
            "[ ]",
        ),
        (r"sqlcmd|bcp|isql|osql|unzip|zip|mosquitto_\w+|mysql|ipmitool|nxc|crackmapexec", "-P", "[ ]?"),
        (r"redis-cli|keydb-cli|ipmitool|valkey-cli", "-a", "[ ]"),
        (r"ldap\w*|mqtt", "-w", "[ ]?"),
        (r"smbclient|rpcclient|net|mount", "-U", "[ ]?"),
        (r"curl|http|https|xh|wget", "-a", "[ ]"),
    )
)
_AFTER_USER: Final = re.compile(r"(?:[^\s%:]{1,80}[%:])?(?=\S)")
_PROGRAMS: Final = re.compile(
    r"mysql|mariadb|sshpass|rdp|rdesktop|7z|rar|plink|pscp|putty|winscp|htpasswd|mongo|docker|podman|helm|"
    r"kubectl|influx|cqlsh|hydra|net |"
    r"az |oc |cf |rabbitmq|nexus|mosquitto|ldap|sqlcmd|bcp|isql|osql|zip|ipmitool|nxc|crackmapexec|redis-cli|"
    r"keydb-cli|valkey-cli|"
    r"smbclient|rpcclient|mount|curl|http|xh |wget|mqtt"
)
_STATEMENTS: Final = re.compile(
    r"(?<![A-Za-z])(?:(?:identified\s(?:with\s\w+\s)?by(?:\spassword)?|(?:encrypted\s|with\s|"
    r"set\s)?password(?:\s=|\sfor\s\S{1,60}\s=)?|"
    r"requirepass|masterauth|(?:(?<=\n)|(?<=> ))auth|enable\s(?:secret|password)(?:\s[0-9])?|"
    r"username\s\S{1,60}\s(?:password|secret)(?:\s[0-9])?|"
    r"snmp-server\scommunity|wpa[-_]psk(?:\sascii)?(?:\s[0-9])?|wpa_passphrase\s\S{1,60}|pre-shared-key|"
    r"login\s\S{1,60}\spassword|convertto-securestring(?:\s-string)?|"
    r"net\suse\s\S{1,80}(?:\s/user:\S{1,60})?|net\suser\s\S{1,60}|chpasswd\s<<<|"
    r"htpasswd\s(?:-\w+\s){0,3}\S{1,80}\s\S{1,60}|key-mgmt\.psk|802-11-wireless-security\.psk)[ \t]{1,2}"
    r"|(?:-passin\s|-passout\s)?pass:[ ]?|password\([ ]?|/p(?:ass(?:word)?)?:)"
    rf"(?:{_QUOTED}|([^\s\"'`|&;<>()]{{4,200}}+))",
    re.IGNORECASE,
)
_PIPED: Final = re.compile(
    rf"(?:echo|printf)\s(?:-\w\s)?(?:{_QUOTED}|([^\s\"'`|;&<>]{{4,120}}+))\s?\|\s?(?:sudo\s(?:-\w\s)*-S|"
    rf"chpasswd|passwd|sudo\schpasswd|"
    r"openssl|gpg|docker\slogin|kinit|su\b|cryptsetup|sudo\scryptsetup)",
    re.IGNORECASE,
)
# A user and a password in a call: login("jane", "…"), auth=('jane', '…').
_CALL: Final = re.compile(
    r"(?:login|log_in|signin|sign_in|sign-in|auth|authenticate|credentials?|connect|(?:http)?_?basic_?auth|"
    r"set_?credentials?|http_?basic|"
    r"set_?basic_?auth|password_?authentication|usernamepasswordcredentials|networkcredential|create_user|bind|"
    r"simple_bind(?:_s)?|"
    r"getconnection|setauth|with_?auth|mysqli?(?:_connect)?|pdo|plain_?auth|userpass\w*|conn\w*)"
    r"\s{0,2}[(=\[:]{1,2}\s{0,2}[(\[]?((?:\s{0,2}(?:\w{1,20}\s?[=:]\s?)?(?:\"[^\"\n]{0,120}\"|'[^'\n]{0,120}'|"
    r"[\w.]{1,40}+(?=\s{0,2}[,)\]]))\s{0,2},?){2,6})",
    re.IGNORECASE,
)
_IN_CALL: Final = re.compile(r"\"([^\"\n]{1,120})\"|'([^'\n]{1,120})'")
_HEADER: Final = re.compile(
    r"(?<![A-Za-z])(basic|bearer|digest|token|apikey|negotiate)[ \t:=]{1,3}[\"']?([A-Za-z0-9+/=_.~-]{8,}+)",
    re.IGNORECASE,
)
_AUTHORIZATION: Final = re.compile(r"authorization[\"']?\s?[:=]?\s?[\"']?$", re.IGNORECASE)
_COOKIE: Final = re.compile(
    r"(?<![A-Za-z])(?:set-)?cookie[\"']?[ \t]{0,2}[:=][ \t]{0,2}[\"']?([^\r\n\"']{4,2000})", re.IGNORECASE
)
_PAIR: Final = re.compile(r"[\w.%-]{1,80}=([^;\s,]{6,1000})")
_CONNECTION: Final = re.compile(
    r"(?<![A-Za-z])(?:pwd|password|user ?id|uid|accountkey|sharedaccesskey|sharedaccesssignature|"
    r"sig)\s?=\s?([^;\"'\s]{3,300})(?=[;\"'\s]|$)",
    re.IGNORECASE,
)
_BARE_USERINFO: Final = re.compile(
    r"(?<![\w/:@.+-])[A-Za-z0-9._%+-]{1,60}:([^\s:@/\"'<>]{4,80})@(?=[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}(?![\w@]))"
)
_AFTER_MAIL: Final = re.compile(
    r"@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,4}\.[A-Za-z]{2,24}[:|;]([^\s:/|;,]{5,80})(?=[\s,;|]|$)"
)
_USER_THEN: Final = re.compile(
    r"(?<![A-Za-z])(?:u|un|usr|user(?:name)?|login|id|e-?mail)\s?[:=]\s?\S{2,80}[\s,;/|]{1,3}(?:p|pw|pwd|pass|"
    r"pass ?word)\s?[:=]\s?(\S{4,80})",
    re.IGNORECASE,
)
_APP_PASSWORD: Final = re.compile(
    r"(?:app(?:lication)?[ -](?:specific )?password|login\(|"
    r"app pass)[^\n]{0,60}?(?<![a-z])([a-z]{4}(?: [a-z]{4}){3})(?![a-z])",
    re.IGNORECASE,
)
_FAILED_FOR: Final = re.compile(
    r"(?<![a-z])(?:failed|accepted) (?:password|publickey|keyboard-interactive(?:/pam)?|"
    r"none) for (?:invalid user )?(\S{2,60}) from ",
    re.IGNORECASE,
)
_NETRC: Final = re.compile(
    r"(?<![a-z])machine\s+\S{1,200}\s+login\s+(\S{1,80})\s+password\s+(\S{1,200})", re.IGNORECASE
)
_PGPASS: Final = re.compile(
    r"(?<![\w:])[\w.*-]{1,100}:(?:[0-9]{2,5}|\*):[\w*-]{1,60}:[\w.*-]{1,60}:(\S{4,120})"
)
_SHADOW: Final = re.compile(
    r"\$(?:[1-7]|2[abxy]?|y|apr1|argon2\w{0,2}|pbkdf2[\w-]{0,10}|scrypt|sha1|md5)\$[A-Za-z0-9./$=,+-]{12,300}"
)

# What stands in a secret's place in documentation and code.
_NO_SECRET: Final = re.compile(
    r"(?:your|my|the|new|old|some|any|this|that|what|please|enter|required?|optional|incorrect|invalid|wrong|"
    r"forgot\w*|changed?|reset|"
    r"str|string|text|none|null|nil|true|false|yes|no|undefined|pass(?:word|phrase|wd|wort)?s?[0-9]?|hash\w*|"
    r"secret\w*|token\w*|key\w*|"
    r"change_?me|example\w*|todo|xxx+|foo|bar|int|bool|varchar\S*|char\S*|and|or|for|with|from|to|of|in|is|are|"
    r"was|it|if|but|not|field|"
    r"(?:self|os|process|request|req|user|config|settings|env|this|params|args|form|data|props|state|std|app|"
    r"ctx)[.\[]\S*|"
    r"input\S*|getpass\S*|env\S*|config\S*|[*•x.#_-]+|<[^>]*>?|\$[\w{(].{0,80}|%\S*|\{+.{0,80}\}+|\[.{0,80}\]?|"
    r"[\w.]{1,80}\(.*|"
    r"[a-z]+(?:_[a-z]+)+|(?-i:[a-z]+(?:[A-Z][a-z]+)+)|your\w*|my[-_]\w*|/\S*|\.\S*)[,.;:!?)\]}]*",
    re.IGNORECASE,
)
_ENDING: Final = ",.;:!?)]}>"


def find_code_credentials(text: str) -> Iterator[Span]:
    """Secrets in command lines, configuration, calls, headers, cookies, connection strings and logs."""
    lowered = in_small_letters(text)
    if any(word in lowered for word in _SECRET_WORDS):
        yield from _assigned(text)
    if " -" in text:
        yield from _options(text)
    if any(word in lowered for word in _STATEMENT_WORDS):
        yield from _values(_STATEMENTS, text, needs_sign=True)
    if "|" in text:
        yield from _values(_PIPED, text)
    if any(sign in text for sign in _CALL_SIGNS) and any(word in lowered for word in _CALL_WORDS):
        yield from _calls(text)
    yield from _headers(text)
    yield from _cookies_and_pairs(text)
    for match in _FAILED_FOR.finditer(text):
        yield Span(*match.span(1), Kind.HANDLE, match[1].lower())
    if "$" in text:
        for match in _SHADOW.finditer(text):
            yield Span(*match.span(), Kind.PASSWORD, match[0])


def _assigned(text: str) -> Iterator[Span]:
    if ":" in text or "=" in text or "," in text:
        yield from _values(_ASSIGNED, text, first=2, needs_sign=True)
        for match in _CONNECTION.finditer(text):
            yield from _secret(match, 1)
        for pattern in (_NETRC, _PGPASS) if ":" in text or "machine" in text.lower() else ():
            for match in pattern.finditer(text):
                for group in range(1, pattern.groups + 1):
                    yield from _secret(match, group)
    if "</" in text:
        for match in _TAG.finditer(text):
            yield from _secret(match, 1)


def _options(text: str) -> Iterator[Span]:
    yield from _values(_OPTION, text)
    for match in _USER_OPTION.finditer(text):
        group = next(number for number in (1, 2, 3) if match[number])
        user, _, _secret_part = match[group].partition(":")
        yield from _secret(match, group, skip=len(user) + 1)
        if len(user) > 3 and user.lower() not in ("root", "admin", "user", "username", "guest"):
            start = match.start(group)
            yield Span(start, start + len(user), Kind.HANDLE, user.lower())
    if _PROGRAMS.search(text):
        for line in re.finditer(r"[^\n]{4,2000}", text):
            if " -" not in line[0] or _PROGRAMS.search(line[0]) is None:
                continue
            for pattern in _SHORT_OPTIONS:
                given = pattern.search(text, line.start(), line.end())
                if given is not None:
                    group = next(number for number in (1, 2, 3, 4) if given[number])
                    user = _AFTER_USER.match(given[group])
                    yield from _secret(given, group, skip=user.end() if user else 0)


def _values(
    pattern: re.Pattern[str], text: str, *, first: int = 1, needs_sign: bool = False
) -> Iterator[Span]:
    """The last groups of a pattern are a value in one of three quotes, or bare."""
    for match in pattern.finditer(text):
        for group in range(first, first + 4):
            if match[group]:
                is_bare = group == first + 3
                yield from _secret(match, group, needs_sign=needs_sign and is_bare)


def _secret(match: re.Match[str], group: int, *, skip: int = 0, needs_sign: bool = False) -> Iterator[Span]:
    start = match.start(group) + skip
    value = match[group][skip:]
    value = value.rstrip(_ENDING) if needs_sign else value
    if (
        len(value) < 3
        or len(set(value)) < 3
        or _NO_SECRET.fullmatch(value)
        or (needs_sign and not _has_sign(value))
    ):
        return
    yield Span(start, start + len(value), Kind.PASSWORD, value)


def _has_sign(value: str) -> bool:
    """A digit or a mark that no word has."""
    return len(value) > 3 and not value.replace("-", "").replace("'", "").replace("’", "").isalpha()


def _calls(text: str) -> Iterator[Span]:
    for match in _CALL.finditer(text):
        values = [*_IN_CALL.finditer(text, match.start(1), match.end(1))]
        for value in values[1:]:
            group = 1 if value[1] else 2
            if not value[group].isalpha() and " " not in value[group] and "://" not in value[group]:
                yield from _secret(value, group)


def _headers(text: str) -> Iterator[Span]:
    for match in _HEADER.finditer(text):
        value = match[2].rstrip(".-")
        if match[1].lower() == "basic":
            if _is_pair(value) or _AUTHORIZATION.search(text, max(0, match.start() - 24), match.start()):
                yield Span(match.start(2), match.start(2) + len(value), Kind.PASSWORD, value)
        elif sum(map(str.isdigit, value)) > 1 and any(map(str.isalpha, value)) and len(value) >= 12:
            yield Span(match.start(2), match.start(2) + len(value), Kind.API_KEY, value)


def _cookies_and_pairs(text: str) -> Iterator[Span]:
    for match in _COOKIE.finditer(text):
        for pair in _PAIR.finditer(text, match.start(1), match.end(1)):
            if any(map(str.isdigit, pair[1])) and any(map(str.isalpha, pair[1])):
                yield Span(*pair.span(1), Kind.API_KEY, pair[1])
    if "@" in text:
        for match in (*_BARE_USERINFO.finditer(text), *_AFTER_MAIL.finditer(text)):
            yield from _secret(match, 1)
    for match in (*_USER_THEN.finditer(text), *_APP_PASSWORD.finditer(text)):
        yield from _secret(match, 1)


def _is_pair(value: str) -> bool:
    try:
        decoded = base64.b64decode(value + "=" * (-len(value) % 4), validate=True)
    except (binascii.Error, ValueError):
        return False
    return b":" in decoded and decoded.isascii()
