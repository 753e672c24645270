"""Finding names of persons with a statistical model: as written, and once more as if names began with a capital."""

import re
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from functools import lru_cache
from typing import Any, Final

from app.core.errors import StartRefused
from app.privacy.redaction.given_names import find_given_names
from app.privacy.redaction.guesses import Place, guess_names
from app.privacy.redaction.lexicon import Lexicon, load_lexicon
from app.privacy.redaction.spans import Kind, Span

# The model reads a window of a few words around each; where a long text is cut hardly matters.
_MOST_CHARACTERS: Final = 4_000
_BREAK: Final = re.compile(r"\n+|(?<=[.!?]) ")
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_PERSON: Final = "PERSON"
# Strange names are often taken for something else that has a name of its own.
_OTHER_NAMES: Final = frozenset({"ORG", "GPE", "NORP", "FAC", "LOC", "PRODUCT", "WORK_OF_ART"})
# What the model is rather sure of, and what is no person's.
_SETTLED: Final = frozenset(
    {"GPE", "LOC", "FAC", "DATE", "TIME", "LANGUAGE", "NORP", "EVENT", "LAW", "MONEY", "PERCENT"}
)
_LONGEST_ACRONYM: Final = 4
_MOST_NAME_WORDS: Final = 4
_UNUSED: Final = ("tagger", "parser", "senter", "attribute_ruler", "lemmatizer", "morphologizer", "textcat")
_PARTICLES: Final = frozenset(
    """
    al af av bin binti da das de del dela della der des di do dos du e el ibn la las le li lo los of op san santa st
    't ten ter tot van vande vander von y zu zum zur
    """.split()  # noqa: SIM905 - a block of words reads better
)
NOT_PERSONS: Final = frozenset(
    """
    iban bic ssn mrn dob mac ip vin cvv pin otp pdf insta tel fax
    gmail outlook hotmail yahoo icloud
    microsoft amazon netflix nvidia intel samsung sony tesla openai anthropic meta ibm claude mistral llama siri alexa
    wikipedia chatgpt instagram reddit spotify paypal ebay walmart disney nintendo xbox playstation android
    iphone ipad
    covid-19 rohypnol viagra lgbtq mdma
    agent ai allah assistant bible bot buddha christ christian christmas claude covid christians customer dear
    dude easter
    english everyone excel facebook friend gemini god google gpt guys halloween hello hey hi hitler human
    internet islam
    jesus jew jews koran linux llama lord mom mum dad muslim muslims python quran satan sir madam ma'am thanks
    twitter user
    wikipedia windows youtube instagram tinder javascript java monday tuesday wednesday thursday friday
    saturday sunday
    january february march april may june july august september october november december
    """.split()  # noqa: SIM905 - a block of words reads better
)
_OF_ORGANISATIONS: Final = re.compile(
    r"(?i)\b(?:inc|ltd|llc|gmbh|corp|co|company|university|college|school|institute|department|ministry|church|bank|"
    r"hospital|association|foundation|society|party|court|council|committee|agency|times|post|news|magazine|airlines|"
    r"studios?|records|league|cup|award|prize|act|law|war|street|avenue|road|river|lake|mount|island|islands|county|"
    r"city|state|states|kingdom|republic|north|south|east|west|american|european|african|asian)\b"
)
_loading: Final = threading.Lock()


_Entity = tuple[int, int, str]
_BATCH: Final = 64


class Recognizer:
    """One language's model with its dictionary."""

    def __init__(self, pipeline: Any, lexicon: Lexicon) -> None:
        self._pipeline = pipeline
        self.lexicon = lexicon
        self._busy = threading.Lock()

    def find_persons(self, texts: Sequence[str], check: Callable[[], object]) -> list[list[Span]]:
        """The names in each text. All texts go through the model together, which is much faster than one by one.

        `check` is called between, so that a caller can look at its clock.
        """
        pieces = [(number, *piece) for number, text in enumerate(texts) for piece in _pieces(text)]
        sentences = [[*self._strange_sentences(piece)] for _, _, piece in pieces]
        variants = [
            variant
            for (_, _, piece), strange in zip(pieces, sentences, strict=True)
            for variant in (piece, *self._variants(piece, strange))
        ]
        found: list[list[Span]] = [[] for _ in texts]
        with self._busy, closing(self._entities(variants)) as entities:
            for (number, offset, piece), strange in zip(pieces, sentences, strict=True):
                check()
                found[number] += (
                    Span(offset + start, offset + end, Kind.PERSON, piece[start:end])
                    for start, end in self._places(piece, strange, entities)
                )
        return found

    def _places(
        self, piece: str, sentences: Sequence[Place], entities: Iterator[list[_Entity]]
    ) -> list[Place]:
        """The names in a piece: as written, with other capitals, and what the model does not see."""
        labelled = next(entities)
        places = [*self._as_written(piece, labelled)]
        for start, end in sentences:
            for _ in _VARIANTS:
                recased = self._as_recased(piece[start:end], next(entities))
                places += ((start + first, start + last) for first, last in recased)
        settled = [(start, end) for start, end, label in labelled if label in _SETTLED]
        others = [(start, end) for start, end, label in labelled if label != _PERSON]
        places += find_given_names(piece, settled, others, self.lexicon, NOT_PERSONS)
        return [*places, *guess_names(piece, places, settled, self.lexicon, NOT_PERSONS)]

    def _variants(self, piece: str, sentences: Sequence[Place]) -> Iterator[str]:
        for start, end in sentences:
            for recased in _VARIANTS:
                yield recased(piece[start:end], self.lexicon)

    def _strange_sentences(self, piece: str) -> Iterator[Place]:
        """Where a word stands in lower case, or all in capitals, that the dictionary does not have."""
        start = 0
        for end in [*(match.end() for match in _BREAK.finditer(piece)), len(piece)]:
            words = (match[0] for match in _WORD.finditer(piece, start, end))
            if any(
                len(w) > 2 and (w.islower() or w.isupper()) and not self.lexicon.is_ordinary(w) for w in words
            ):
                yield start, end
            start = end

    def _entities(self, texts: Sequence[str]) -> Generator[list[_Entity], None, None]:
        # Without a zone of its own, every word that was ever seen would stay in the process.
        with self._pipeline.memory_zone():
            for document in self._pipeline.pipe(texts, batch_size=_BATCH):
                yield [(entity.start_char, entity.end_char, entity.label_) for entity in document.ents]

    def _as_written(self, text: str, entities: Iterable[_Entity]) -> Iterator[Place]:
        for start, end, label in entities:
            for words in _name_lines(text, start, end):
                names = [match[0] for match in words]
                if label == _PERSON:
                    accepted = self._is_person(names)
                else:
                    accepted = label in _OTHER_NAMES and self._could_be_person(text, names, start, end)
                if accepted:
                    yield words[0].start(), words[-1].end()

    def _as_recased(self, text: str, entities: Iterable[_Entity]) -> Iterator[Place]:
        """What only capitals made a name of: at least one word that the dictionary does not have."""
        for start, end, label in entities:
            if label != _PERSON and label not in _OTHER_NAMES:
                continue
            for words in _name_lines(text, start, end):
                if self._is_recased_person(text, [match[0] for match in words], label):
                    yield words[0].start(), words[-1].end()

    def _is_recased_person(self, text: str, names: Sequence[str], label: str) -> bool:
        ordinary = [self.lexicon.is_ordinary(name) for name in names]
        unlikely = [
            is_one and not self.lexicon.is_name(name) for is_one, name in zip(ordinary, names, strict=True)
        ]
        if len(names) > _MOST_NAME_WORDS or all(ordinary) or any(unlikely[: None if len(names) > 2 else -1]):
            return False
        if label != _PERSON and (len(names) < 2 or _OF_ORGANISATIONS.search(" ".join(names))):
            return False
        return {name.lower() for name in names}.isdisjoint(NOT_PERSONS)

    def _is_person(self, names: Sequence[str]) -> bool:
        if all(name.lower() in NOT_PERSONS or self.lexicon.is_ordinary(name) for name in names) and any(
            name.lower() in NOT_PERSONS for name in names
        ):
            return False
        if len(names) == 1 and names[0].isupper() and len(names[0]) <= _LONGEST_ACRONYM:
            return False
        if not any(name[0].isupper() for name in names):
            return not any(map(self.lexicon.is_ordinary, names))
        return len(names) > 1 or not self.lexicon.is_ordinary(names[0])

    def _could_be_person(self, text: str, names: Sequence[str], start: int, end: int) -> bool:
        """Two to four capitalised words of which the dictionary does not know one, and nothing of an organisation."""
        if not 2 <= len(names) <= _MOST_NAME_WORDS or _OF_ORGANISATIONS.search(text, start, end):
            return False
        if not all(name[0].isupper() or name.lower() in _PARTICLES for name in names):
            return False
        if (
            any(name.isupper() and len(name) > 1 for name in names)
            or {n.lower() for n in names} & NOT_PERSONS
        ):
            return False
        return any(not self.lexicon.is_ordinary(name) for name in names if name.lower() not in _PARTICLES)


def _name_lines(text: str, start: int, end: int) -> Iterator[list[re.Match[str]]]:
    """The words of a finding, line by line, without a possessive or what stands beside them."""
    position = start
    for line in text[start:end].split("\n"):
        words = [*_WORD.finditer(text, position, position + len(line))]
        if words:
            yield words
        position += len(line) + 1


def _strange_words_recased(text: str, lexicon: Lexicon) -> str:
    """`text` with a capital on each lower-case word that the dictionary does not have; of the same length."""
    return _with_capitals(text, lambda word: not lexicon.is_ordinary(word))


def _every_word_recased(text: str, _: Lexicon) -> str:
    return _with_capitals(text, lambda _: True)


def _with_capitals(text: str, wanted: Callable[[str], bool]) -> str:
    def capital(match: re.Match[str]) -> str:
        word = match[0]
        if not (word.islower() or word.isupper()) or len(word) < 2 or not wanted(word):
            return word
        changed = word[0].upper() + word[1:].lower()
        return changed if len(changed) == len(word) else word

    return _WORD.sub(capital, text)


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """Consecutive pieces of `text` with their places, cut where a sentence or a line ends if there is such a place."""
    start = 0
    while len(text) - start > _MOST_CHARACTERS:
        cuts = [match.end() for match in _BREAK.finditer(text, start, start + _MOST_CHARACTERS)]
        end = cuts[-1] if cuts else start + _MOST_CHARACTERS
        yield start, text[start:end]
        start = end
    if start < len(text):
        yield start, text[start:]


def _readers_of_first_layer(pipeline: Any) -> list[str]:
    """The components that read what the shared first layer makes."""
    components: list[str] = pipeline.get_pipe("tok2vec").listening_components
    return components


_VARIANTS: Final = (_strange_words_recased, _every_word_recased)


@lru_cache(maxsize=8)
def _load(model: str) -> Recognizer:
    # Not at the top: the library takes 100 MB, and only the process that disconnects votes needs it.
    import spacy  # noqa: PLC0415

    try:
        pipeline = spacy.load(model, exclude=[*_UNUSED])
    except (OSError, ValueError) as error:
        raise StartRefused(f"The model {model} cannot be loaded: {type(error).__name__}.") from None
    if "ner" not in pipeline.pipe_names:
        raise StartRefused(f"The model {model} does not find names.")
    if "tok2vec" in pipeline.pipe_names and "ner" not in _readers_of_first_layer(pipeline):
        pipeline.remove_pipe("tok2vec")
    return Recognizer(pipeline, load_lexicon(pipeline.lang or ""))


def load_recognizer(model: str) -> Recognizer:
    """The model of a package or a folder; loaded once in a process. StartRefused when it cannot be."""
    with _loading:
        return _load(model)
