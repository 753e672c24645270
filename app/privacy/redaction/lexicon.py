"""Which words are ordinary ones: in lower case, only a word that is none of them is taken for a name by itself."""

from collections.abc import Collection
from typing import Final

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
_ENDINGS: Final = (
    "'s",
    "s",
    "es",
    "ed",
    "d",
    "ing",
    "ly",
    "er",
    "est",
    "ier",
    "iest",
    "ies",
    "ness",
    "n't",
    "'ll",
    "'re",
    "'ve",
    "'d",
    "'m",
)
_SHORTEST_STEM: Final = 2


class Lexicon(Opaque):
    """What a language's dictionary says of a word."""

    __slots__ = ("_nouns", "_words")

    def __init__(self, words: Collection[str] = (), nouns: Collection[str] = ()) -> None:
        self._words = frozenset(words) | _SMALL_WORDS
        self._nouns = frozenset(nouns)

    def is_ordinary(self, word: str) -> bool:
        """Is it a verb, an adjective or a small word, or a form of one? Hardly a name, in lower case."""
        return _is_in(word, self._words)

    def is_known(self, word: str) -> bool:
        """Is it in the dictionary at all? Its nouns have people among them: "anna", "smith"."""
        return _is_in(word, self._words) or _is_in(word, self._nouns)


def _is_in(word: str, words: Collection[str]) -> bool:
    lowered = word.lower().replace("’", "'")
    if lowered in words:
        return True
    for ending in _ENDINGS:
        if lowered.endswith(ending):
            stem = lowered[: -len(ending)]
            if len(stem) >= _SHORTEST_STEM and (
                stem in words
                or stem + "e" in words
                or stem + "y" in words
                or (stem[-1:] == stem[-2:-1] and stem[:-1] in words)
            ):
                return True
    return False
