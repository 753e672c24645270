"""The shapes of keys that services give out, by what they begin with."""

import re
from typing import Final

# Whatever the case: a text may have been written in small letters throughout. Tried inside long tokens alone.
KEY_SHAPES: Final = re.compile(
    r"""
    (?<![A-Za-z0-9_-])(?:
        sk-(?:ant-|proj-|svcacct-|admin-|or-v1-|lf-)?[A-Za-z0-9_-]{20,}+
        | pv_sk_[A-Za-z0-9]{30,}+ | pv[tr]_[A-Za-z0-9_-]{30,}+
        | (?:AKIA|ASIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9]) | ABSK[A-Za-z0-9+/]{40,}+=*
        | gh[pousr]_[A-Za-z0-9]{30,}+ | github_pat_[A-Za-z0-9_]{22,}+
        | gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|imt|oas|ffct)-[A-Za-z0-9_-]{20,}+ | GR1348941[A-Za-z0-9_-]{20,}+
        | xox[abeoprs](?:\.xox[bp])?-[A-Za-z0-9-]{10,}+ | xapp-[0-9]-[A-Za-z0-9-]{10,}+ | xwfp-[A-Za-z0-9-]{10,}+
        | AIza[A-Za-z0-9_-]{30,}+ | ya29\.[A-Za-z0-9_-]{20,}+ | GOCSPX-[A-Za-z0-9_-]{20,}+ | 1//0[A-Za-z0-9_-]{30,}+
        | [rsp]k_(?:live|test|prod)_[A-Za-z0-9]{10,}+ | whsec_[A-Za-z0-9+/=]{16,}+
        | rzp_(?:live|test)_[A-Za-z0-9]{10,}+
        | npm_[A-Za-z0-9]{30,}+ | pypi-[A-Za-z0-9_-]{40,}+ | dckr_[po]at_[A-Za-z0-9_-]{20,}+
        | rubygems_[a-f0-9]{40,}+ | clojars_[a-z0-9]{40,}+ | oy2[a-z0-9]{43} | cio[A-Za-z0-9]{32}
        | hf_[A-Za-z0-9]{30,}+ | api_org_[A-Za-z0-9]{30,}+ | gsk_[A-Za-z0-9]{30,}+ | r8_[A-Za-z0-9]{30,}+
        | xai-[A-Za-z0-9]{30,}+ | nvapi-[A-Za-z0-9_-]{30,}+ | pplx-[A-Za-z0-9]{30,}+ | tvly-[A-Za-z0-9-]{20,}+
        | lsv2_[ps][tk]_[A-Za-z0-9_]{30,}+ | jina_[A-Za-z0-9_-]{30,}+ | fc-[a-f0-9]{32} | e2b_[a-f0-9]{30,}+
        | SG\.[A-Za-z0-9_-]{16,}+\.[A-Za-z0-9_-]{16,}+ | key-[0-9a-f]{32} | (?:AC|SK)[0-9a-f]{32}(?![A-Za-z0-9])
        | [0-9a-f]{32}-us[0-9]{1,2} | x(?:keysib|smtpsib)-[a-f0-9]{40,}+[A-Za-z0-9-]*+ | mlsn\.[a-f0-9]{40,}+
        | re_[A-Za-z0-9]{8,}+_[A-Za-z0-9]{16,}+ | pat-(?:na|eu)[0-9]-[a-f0-9-]{36} | pat[A-Za-z0-9]{14}\.[a-f0-9]{60,}+
        | shp(?:at|ca|pa|ss|ua)_[A-Fa-f0-9]{32,}+ | do[opr]_v1_[a-f0-9]{40,}+
        | dp\.(?:pt|st|sa|ct|scim|audit)\.[A-Za-z0-9.]{30,}+
        | lin_(?:api|oauth)_[A-Za-z0-9]{30,}+ | ntn_[A-Za-z0-9]{30,}+ | figd_[A-Za-z0-9_-]{30,}+ | PMAK-[a-f0-9-]{40,}+
        | sq0[a-z]{3}-[A-Za-z0-9_-]{20,}+ | EAA[A-Za-z0-9]{60,}+ | amzn\.mws\.[a-f0-9-]{36}
        | dapi[a-f0-9]{32} | dt0[a-z][0-9]{2}\.[A-Z0-9]{24}\.[A-Z0-9]{60,}+ | hv[sbr]\.[A-Za-z0-9_-]{24,}+
        | ATATT3[A-Za-z0-9_=-]{60,}+ | ATCTT3[A-Za-z0-9_=-]{60,}+ | ATBB[A-Za-z0-9]{28,}+ | HRKU-[A-Za-z0-9_-]{30,}+
        | gl(?:c|sa)_[A-Za-z0-9+/_]{30,}+=* | NR(?:AK|JS|II|RA|SP)-[A-Za-z0-9]{19,}+ | sntry[su]_[A-Za-z0-9+/=_-]{30,}+
        | pscale_(?:tkn|pw|oauth)_[A-Za-z0-9=_.-]{30,}+ | sbp_[a-f0-9]{40}
        | sb_(?:secret|publishable)_[A-Za-z0-9_-]{20,}+
        | sq[upa]_[a-f0-9]{40} | sgp_[A-Za-z0-9_]{30,}+ | tskey-[a-z]{2,10}-[A-Za-z0-9-]{20,}+ | nfp_[A-Za-z0-9]{30,}+
        | rnd_[A-Za-z0-9]{28,}+ | v[ck][prbi]_[A-Za-z0-9]{24,}+ | fo1_[A-Za-z0-9_-]{40,}+
        | fm[12][ar]?_[A-Za-z0-9+/=_-]{60,}+
        | CCI(?:PRJ|PAT)_[A-Za-z0-9_]{30,}+ | bkua_[a-f0-9]{40} | ddp_[A-Za-z0-9]{36} | CFPAT-[A-Za-z0-9_-]{40,}+
        | pul-[a-f0-9]{40} | pnu_[A-Za-z0-9]{36} | rdme_[a-z0-9]{60,}+ | tfp_[A-Za-z0-9_.-]{40,}+
        | fio-u-[A-Za-z0-9_=-]{60,}+
        | FLWSEC(?:K|K_TEST)-[A-Za-z0-9-]{20,}+ | EZ[AT]K[A-Za-z0-9]{50,}+ | shippo_(?:live|test)_[a-f0-9]{40}
        | (?:LTAI|AKID)[A-Za-z0-9]{12,}+ | AQVN[A-Za-z0-9_-]{30,}+ | y[0-3]_[A-Za-z0-9_-]{40,}+ | p8e-[A-Za-z0-9]{32}
        | ops_eyJ[A-Za-z0-9+/]{100,}+=* | AGE-SECRET-KEY-1[A-Z0-9]{50,}+ | sha256~[A-Za-z0-9_-]{40,}+
        | [sp]k\.eyJ[A-Za-z0-9_.-]{30,}+
        | [A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,}+ | [A-Za-z0-9_.-]{3}[78]Q~[A-Za-z0-9_~.-]{30,}+
        | [MNO][A-Za-z0-9_-]{22,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}+
        | [0-9]+-[a-z0-9]{32}\.apps\.googleusercontent\.com
        | 00D[A-Za-z0-9]{12,15}![A-Za-z0-9._]{60,}+ | A3T?-[A-Z0-9]{6}-(?:[A-Z0-9]{5,11}-?){4,6}
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Its colon stands in no token.
TELEGRAM_KEY: Final = re.compile(r"(?<![A-Za-z0-9_-])[0-9]{8,10}:AA[A-Za-z0-9_-]{32,}+", re.IGNORECASE)
