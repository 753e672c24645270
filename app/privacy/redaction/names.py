"""Finding names of persons by what stands beside them: introductions, titles, greetings, sign-offs, form fields."""

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Final

from app.privacy.redaction.lexicon import Lexicon
from app.privacy.redaction.spans import Kind, Span

_WORD: Final = r"[^\W\d_](?:[^\W\d_]|['’-](?=[^\W\d_]))*+"
_INITIAL: Final = r"[^\W\d_]\."
_PARTICLE: Final = (
    r"(?:de|da|das|do|dos|du|del|della|di|der|den|van|von|vom|zu|zur|la|le|los|las|bin|ibn|al|el|af|av|y|e|"
    r"ter|ten|['’]t|san|st\.?)"
)
# A name's words as they stand in the text; which of them belong to the name is decided below.
_NAME: Final = re.compile(
    rf"(?:{_INITIAL} ?|['’]t(?=[ ])|{_WORD})(?:[ ]?(?:(?<=\.){_INITIAL})|[ ](?:{_INITIAL}|['’]t(?=[ ])|"
    rf"{_WORD})){{0,5}}",
    re.IGNORECASE,
)
_TOKEN: Final = re.compile(rf"{_INITIAL}|(?<=[ ])['’]t(?=[ ])|{_WORD}", re.IGNORECASE)
_PARTICLES: Final = re.compile(_PARTICLE, re.IGNORECASE)
_MOST_WORDS: Final = 5

_RELATION: Final = (
    r"(?:wife|husband|spouse|partner|girlfriend|boyfriend|gf|bf|fianc[eé]e?|ex|mother|mom|mum|father|dad|"
    r"sister|brother|son|"
    r"daughter|aunt|uncle|cousin|niece|nephew|grandma|grandpa|grandmother|grandfather|step\w+|friend|bestie|roommate|"
    r"flatmate|neighbou?r|landlord|landlady|tenant|boss|manager|supervisor|colleague|coworker|co-worker|"
    r"teammate|teacher|"
    r"professor|tutor|coach|mentor|student|classmate|doctor|dentist|therapist|psychiatrist|nurse|lawyer|attorney|"
    r"accountant|agent|client|customer|patient|assistant|intern|employee|employer|contractor|plumber|"
    r"babysitter|nanny|"
    r"kid|child|baby|twin|in-law|mother-in-law|father-in-law|recruiter|supplier|ceo|cto|hr lead|buddy|crush)"
)
# Behind these stands a name, whatever its letters look like.
_STRONG_CUE: Final = re.compile(
    r"""
    (?<![^\W_])(?:
        (?:my|his|her|their|our|your|the|whose|(?:baby|dog)'s)\s(?:(?:full|first|last|real|legal|given|maiden|
        birth|sur|middle|own|old|complete|user'?s?)\s?)*name\s?(?:is|was|:|=|'s|-)
        | (?:my|his|her|their|our|your)\sname['’]?s
        | (?:i\sam|i['’]?m|he\sis|she\sis|is|was|are)\s(?:called|named)
        | (?:call(?:s|ed)?|named)\s(?:me|him|her|myself|himself|herself)
        | i\s(?:usually\s|just\s|also\s)?go(?:es)?\sby
        | by\sthe\snames?\sof | goes\sby(?:\sthe\sname\sof)? | known\sas | n[ée]e | a\.?k\.?a\.?
        | (?:named|called)(?=\s[^\W\d_]+\s[^\W\d_]+)
        | (?:man|woman|guy|girl|boy|person|friend|lady|kid|someone|somebody|
        colleague|student|patient|customer|client|"""
    + _RELATION
    + r""")\s(?:named|called)
        | (?:full|first|last|given|family|middle|maiden|sur|customer|patient|client|employee|student|account|
        cardholder|card\sholder|holder|contact|recipient|sender|applicant|guest|passenger|
        legal)[ ]?names?\s{0,2}[:=-]
        | (?:^|(?<=\n)|(?<=[.;|]\s))\s{0,3}(?:name|patient|customer|client|employee|student|recipient|
        sender|applicant|contact|
        attn\.?|attention|signed|author|from|to|cc|passenger|guest|beneficiary|tenant|landlord|account\sholder|
        cardholder|teacher|doctor|witness)\s{0,2}:
        | name\? | (?:directed|written|produced|photo|performed|sung|composed|edited|created|drawn|reviewed|
        approved)\sby\s?:
        | (?:^|[;,|(\[]\s?)name\s{0,2}[:=] | signed(?:\sby|,|:) | sincerely\syours, | c/o | attn\.?:?
        | me\sllamo | mi\snombre\ses | ich\shei(?:ß|ss)e | mein\sname\sist | je\sm['’]appelle | mon\snom\sest |
        mi\schiamo
        | il\smio\snome\s[eè] | ik\sheet | mijn\snaam\sis | meu\snome\s[eé] | (?:eu\s)?me\schamo | jag\sheter |
        mitt\snamn\s[äa]r
        | nazywam\ssi[eę] | mam\sna\simi[eę] | jeg\shedder | jeg\sheter | nimeni\son | benim\sad[ıi]m
    )[\s"'“‘*(]{1,6}
    """,
    re.IGNORECASE | re.VERBOSE,
)
# Behind these often stands a name, and often something else: a capital or a strange word has to speak for it.
_WEAK_CUE: Final = re.compile(
    r"""
    (?<![^\W_])(?:
        i\sam | i['’]?m | im | it['’]?s | this\sis | it\sis | that['’]?s | here\sis | i\swas | meet | met |
        ask(?:ed)?(?:\sfor)? | hi | hello | hey
        | hiya | dear | greetings | good\s(?:morning|afternoon|evening) | thanks | thank\syou | thx | cheers |
        yo | hola
        | (?:my|our|his|her|their|your)
        (?:\s(?:best|good|old|close|new|ex|late|dear|little|big|older|younger|elder|twin|first|former|current|other|
        oldest|youngest))*\s"""
    + _RELATION
    + r"""s?(?:\s?(?:,|:|is|was|are)(?:\scalled|\snamed)?)?
        | (?:with|from|to|for|by|tell|told|and|contact|email|e-mail|call|text|message|remind|invite|introduce|
        for)(?=\s[^\W\d_]+\s[^\W\d_]+)
        | signed | cc | for\sattention\sof | on\sbehalf\sof | regards | respectfully | sincerely | love |
        yours | best | xoxo
        | reach\sout\sto | speak\s(?:to|with) | talk\s(?:to|with) | spoke\s(?:to|with) | speaking\s(?:to|with) |
        talking\s(?:to|with)
        | married(?:\sto)? | dating | interview(?:ed|ing)? | written\sby | sent\sby | prepared\sby
    )[ ,:!-]{1,3}(?:["'“‘(]|\n{1,2}\s{0,3})?
    """,
    re.IGNORECASE | re.VERBOSE,
)
_TITLE: Final = re.compile(
    r"""
    (?<![^\W_])(?:
        (?:mr|mrs|ms|mx|dr|prof|rev|hon|sgt|lt|capt|cpt|col|gen|maj|cpl|pvt|fr|sr|jr|sra|srta|sig|sigra|dott|
        ing|dipl\.-ing|mme|mlle|drs|dhr|mevr|mej|mw|pr|me|dra|drª|dottssa|avv|geom|arch|mag|lic|engr|engº|barr|
        shri|sri|smt|kum|mgr|inż|cand|hr|fr|frl)\.?
        | mister | missus | miss | madam | professor | doctor | reverend | sergeant | lieutenant | captain |
        colonel | officer
        | detective | inspector | nurse | principal | father | sister | brother | rabbi | imam | coach | judge |
        justice
        | senator | congressman | congresswoman | governor | mayor | ambassador | baroness | baron | countess |
        dame | lady | lord
        | pastor | sheikh | alhaji | alhaja | chief | ustadh? | hajji | sayyid | ma[îi]tre | herrn
        | herr | frau | fr[äa]ulein | monsieur | madame | mademoiselle | se[ñn]or(?:a|ita)? | don | do[ñn]a |
        signor(?:a|ina|e)?
        | dottor(?:e|essa)? | meneer | mevrouw | senhora? | doutora? | pan | pani | fru | herre
    )[ ](?:(?:dr|prof)\.?[ ])?
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SHORT_TITLE: Final = re.compile(
    r"(?i)(?:mr|mrs|ms|mx|dr|prof|mister|missus|professor|herr|frau|monsieur|madame|se[ñn]or(?:a|ita)?|"
    r"signora?|mevrouw|meneer)\.? "
)
_AFTER: Final = re.compile(
    r"(?:\s(?:here|speaking|calling|writing)(?=[\s.,!?-]|$)|\sfrom\s(?:accounting|hr|sales|it|support|"
    r"marketing|finance|legal)\b)",
    re.IGNORECASE,
)
_HONORIFIC: Final = re.compile(
    r"(?<![\w@./'’-])([^\W\d_]{2,}+)(?:-(?:san|sama|kun|chan|sensei|senpai|ji|bhai|ssi)|[ ]sensei)(?![\w-])",
    re.IGNORECASE,
)
_INITIALS: Final = re.compile(
    rf"(?<![\w.@/-])([^\W\d_]\.(?:[ -]?[^\W\d_]\.){{0,2}})[ ]?((?:{_PARTICLE}[ ]){{0,3}}{_WORD})(?![\w@(=])"
)
NO_INITIALS: Final = frozenset(
    """
    u.s. u.k. u.n. e.u. d.c. l.a. n.y. b.c. a.d. p.s. p.o. n.b. i.e. e.g. a.m. p.m. c.e. r.i.p. v. p. n.
    s. q. a.k.a. u.s.a.
    """.split()  # noqa: SIM905 - a block of words reads better
)
_SIGN_OFF: Final = re.compile(
    r"""
    (?<![^\W_])(?:
        (?:(?:best|kind|kindest|warm|warmest|with\sbest|many)\s)?regards | (?:yours\s)?(?:sincerely|truly|
        faithfully)(?:\syours)?
        | best(?:\swishes)? | cheers | thanks(?:\sagain|\sso\smuch|\sa\slot|\sin\sadvance)? | thank\syou |
        many\sthanks | thx | ty
        | love | lots\sof\slove | xoxo? | hugs | yours | respectfully(?:\ssubmitted)? | cordially | take\scare |
        talk\ssoon | warmly
        | mit\sfreundlichen\sgr[üu](?:ß|ss)en | (?:viele|liebe|beste)\sgr[üu](?:ß|ss)e | mfg | lg |
        cordialement | bien\s[àa]\svous
        | saludos(?:\scordiales)? | un\sabrazo | atentamente | cordiali\ssaluti | distinti\ssaluti | un\scaro\ssaluto
        | met\svriendelijke\sgroet(?:en)? | groet(?:jes|en)? | atenciosamente | um\sabra[çc]o | abra[çc]os |
        obrigad[oa]
        | med\sv[äa]nliga?\sh[äa]lsning(?:ar)? | mvh | h[äa]lsningar | pozdrawiam | z\spowa[żz]aniem |
        sincerely\syours
    )[ ]?[,.!]?[ ]{0,2}(?:\n{1,2}[ ]{0,4}|[-–—~]{1,2}[ ]?|(?<=[,.!])[ ])[-–—~]{0,2}[ ]?
    """,
    re.IGNORECASE | re.VERBOSE,
)
_LINE_END: Final = re.compile(r"[ ]{0,3}(?:[,.!]?[ ]{0,3}(?:\n|$)|[,(|])")
# A capital behind a cue may begin a place or a thing.
_NOT_NAMES: Final = frozenset(
    """
    acct dob iban id imei mrn nhs nino no nr pid pin ref ssn tel vin
    ai alexa christ america american android anonymous anyone asian assistant australian autistic bing bisexual black
    brazilian british
    buddhist canadian catholic chatgpt chinese christian christmas claude cortana covid democrat dutch easter
    english european
    everyone facebook french gay german god google gpt greek gpt hindu indian internet irish islam italian japanese
    jewish jew jesus korean latino latina mexican monday muslim openai polish portuguese republican roman
    russian santa satan
    scottish siri spanish swedish sunday team thanksgiving there tuesday turkish wednesday thursday friday saturday
    thai ukrainian vegan virgo white zoom january february march april may june july august september october november
    december folks guys all everybody sir madam madame maam ma'am mom mum dad mommy daddy buddy dude bro mate
    man friend
    friends customer user human doctor teacher colleague colleagues hiring manager team support admin regards
    """.split()  # noqa: SIM905 - a block of words reads better
)
_ENDING_WORDS: Final = frozenset(
    """
    and or but so because who that which from at in on of for with as to is was are were am be have has had
    lives live works
    work living working my i i'm im he she we you they it its here there now today yesterday tomorrow too also
    by when where
    while if not please can could would will should do does did and, just about since until then what how why the a an
    this these those me him her his their our us them speaking calling writing said says told asked wants
    wanted thinks
    born aged says went goes came got gets likes loves moved moving needs need wrote asks
    """.split()  # noqa: SIM905 - a block of words reads better
)


class NameFinder:
    """The rules for names, with a dictionary that tells which words are hardly ever one."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def find_names(self, text: str) -> Iterator[Span]:
        """Names beside a word that says so."""
        for cue in _STRONG_CUE.finditer(text):
            yield from self._behind(text, cue.end(), strong=True)
        for cue in _WEAK_CUE.finditer(text):
            yield from self._behind(text, cue.end(), strong=False)
        for title in _TITLE.finditer(text):
            is_plain = _SHORT_TITLE.fullmatch(title[0]) is not None
            yield from self._behind(text, title.end(), strong=is_plain and not title[0].startswith("ms "))
        for sign_off in _SIGN_OFF.finditer(text):
            yield from self._signed(text, sign_off.end())
        for after in _AFTER.finditer(text):
            yield from self._before(text, after.start())
        for honorific in _HONORIFIC.finditer(text):
            if not self._is_plain(honorific[1]):
                yield Span(*honorific.span(1), Kind.PERSON, honorific[1])
        for initials in _INITIALS.finditer(text):
            yield from self._initialled(initials)

    def _behind(self, text: str, start: int, *, strong: bool) -> Iterator[Span]:
        match = _NAME.match(text, start)
        if match is None:
            return
        words = self._taken(text, [*_TOKEN.finditer(text, start, match.end())], strong=strong)
        if words:
            yield _span(text, words)

    def _initialled(self, match: re.Match[str]) -> Iterator[Span]:
        """`J. Doe`, `j.r. doe`; not `U.S. Army` or `e.g. tea`."""
        name = match[2].rsplit(maxsplit=1)[-1]
        if match[1].lower().replace(" ", "") in NO_INITIALS or name.lower() in _NOT_NAMES:
            return
        is_likely = not self._lexicon.is_ordinary(name) and match[1].islower() == name.islower()
        if is_likely or (name[0].isupper() and match[1].isupper() and self._lexicon.is_name(name)):
            yield Span(*match.span(), Kind.PERSON, match[0])

    def _signed(self, text: str, start: int) -> Iterator[Span]:
        """A name that is all there is on the line."""
        match = _NAME.match(text, start)
        if match is None or not _LINE_END.match(text, match.end()):
            return
        words = [*_TOKEN.finditer(text, start, match.end())]
        if len(words) <= 4 and not all(self._is_plain(word[0]) for word in words):
            yield _span(text, words)

    def _before(self, text: str, end: int) -> Iterator[Span]:
        """`Jane Doe here`, `this is jane speaking`."""
        words = [*_TOKEN.finditer(text, max(0, end - 60), end)][-3:]
        while words and (self._is_plain(words[0][0]) or not words[0][0][0].isupper()):
            words.pop(0)
        if words and words[-1].end() == end and _contiguous(text, words):
            yield _span(text, words)

    def _taken(self, text: str, words: Sequence[re.Match[str]], *, strong: bool) -> list[re.Match[str]]:
        """The words, from the first on, that make a name."""
        taken: list[re.Match[str]] = []
        for word in words[:_MOST_WORDS]:
            said = word[0]
            if _PARTICLES.fullmatch(said) and not said[0].isupper():
                if (
                    not taken
                    and not strong
                    and not any(self._is_strange(other[0]) for other in words[:_MOST_WORDS])
                ):
                    return []
                taken.append(word)
            elif said.lower() in _ENDING_WORDS or not self._goes_on(
                said, taken, strong=strong, is_last=_ends_clause(text, word.end())
            ):
                break
            else:
                taken.append(word)
        while taken and _PARTICLES.fullmatch(taken[-1][0]) and not taken[-1][0][0].isupper():
            taken.pop()
        return taken

    def _goes_on(self, said: str, taken: Sequence[re.Match[str]], *, strong: bool, is_last: bool) -> bool:
        if said.lower() in _NOT_NAMES:
            return False
        is_capital, is_ordinary = said[0].isupper(), self._lexicon.is_ordinary(said)
        if not taken:
            return not is_ordinary or (is_capital and (strong or self._lexicon.is_name(said)))
        if taken[0][0][0].isupper():
            return is_capital
        if _PARTICLES.fullmatch(taken[-1][0]):
            return True
        return not is_ordinary or (strong and len(taken) == 1 and is_last)

    def _is_strange(self, word: str) -> bool:
        return word[0].isupper() and not self._is_plain(word) and not _PARTICLES.fullmatch(word)

    def _is_plain(self, word: str) -> bool:
        """Is it nobody's name?"""
        lowered = word.lower()
        return lowered in _NOT_NAMES or lowered in _ENDING_WORDS or self._lexicon.is_ordinary(word)


def _ends_clause(text: str, end: int) -> bool:
    following = _TOKEN.match(text, end + 1)
    return text[end : end + 1] != " " or following is None or following[0].lower() in _ENDING_WORDS


def _contiguous(text: str, words: Sequence[re.Match[str]]) -> bool:
    return all(text[one.end() : other.start()] == " " for one, other in itertools.pairwise(words))


def _span(text: str, words: Sequence[re.Match[str]]) -> Span:
    start, end = words[0].start(), words[-1].end()
    for possessive in ("'s", "’s"):
        if text[start:end].endswith(possessive):
            end -= len(possessive)
    return Span(start, end, Kind.PERSON, text[start:end])
