"""The keys that prompts ask for, in the languages that most flows speak: single keys of a menu, and the key that ends an input.

Only plain wordings count, such as `press 1` and `followed by the hash key`: of a text that says it otherwise nothing is known.
"""

import re
from functools import cached_property

from callverbs.interpreter.lint.document import Document, DocumentVerb
from callverbs.interpreter.lint.facts.spoken_texts import SpokenText, texts_of

NUMBER_WORDS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    *("null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"),
    *("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"),
    *("zéro", "un", "deux", "trois", "quatre", "cinq", "huit", "neuf"),
    *("due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove", "um", "dois", "três", "quatro", "sete", "oito"),
)
NUMBERS = {
    word: value
    for value, words in enumerate(
        (
            *("", "", "two zwei dos deux due dois", "three drei tres trois tre três", "four vier cuatro quatre quattro quatro"),
            *("five fünf cinco cinq cinque", "six sechs seis sei", "seven sieben siete sept sette sete", "eight acht ocho huit otto oito"),
            "nine neun nueve neuf nove",
        )
    )
    for word in words.split()
}
"""Numbers that words stand for."""
PRESSING = (
    r"press|push|hit|dial|drücken|drücke|wählen|wähle|marque|marca|pulse|pulsa|presione|oprima|appuyez|tapez|composez|prema|premi|digiti|"
    r"druk|toets|kies|pressione|tecle|digite|aperte|disque|naciśnij|wybierz|wciśnij"
)
"""Words for pressing a key: English, German, Spanish, French, Italian, Dutch, Portuguese, Polish."""
ARTICLES = (
    r"the|number|key|sie|die|den|taste|ziffer|el|la|le|número|tecla|sur|touche|chiffre|il|lo|tasto|numero|de|op|toets|een|o|a|na|no|klawisz"
)
QUOTE = r"[^\w\s#*]?"
SINGLE_KEY = (
    rf"\b(?:{PRESSING})\s+(?:(?:{ARTICLES})\s+){{0,3}}{QUOTE}"
    rf"(?P<key>[0-9](?![\w%°]|[.,:/-][0-9]|\s*[-/]\s*[0-9]|\s[0-9]|-[a-z])|(?:{'|'.join(NUMBER_WORDS)})(?![\w-]))"
    r"(?!\s+(?:of|key|keys|button|digits?|numbers?|more|times?|after|by|or more|seconds?|minutes?)\b)"
)
"""A single key to press; not `press 10`, `press 1 2 3`, `press one of the keys`."""
HASH = (
    r"#|hash|pound|number\s+sign|square|octothorpe|raute|rautentaste|rautetaste|raute-taste|almohadilla|numeral|gato|signo\s+de\s+número|"
    r"dièse|cancelletto|hekje|cerquilha|sustenido|jogo\s+da\s+velha|kratk[aęi]|krzyżyk"
)
STAR = r"\*|star|asterisk|stern|sternchen|sterntaste|stern-taste|asterisco|estrella|étoile|sterretje|estrela|gwiazdk[aęi]"
ENDING = (
    r"followed\s+by|(?:finish|end|complete|conclude|confirm)(?:ed|ing)?\s+(?:\w+\s+){0,3}(?:with|by)|then|und|and|danach|dann|mit|y|luego|"
    r"seguido\s+de|suivie?\s+(?:de|du)|puis|terminez\s+par|poi|seguito\s+da|gevolgd\s+door|daarna|seguido\s+(?:de|por|do)|e"
)
"""Words before the key that ends an input."""
END_KEY = (
    rf"\b(?:{ENDING}|{PRESSING})\s+(?:(?:{PRESSING}|by|with|mit|{ARTICLES})\s+){{0,4}}{QUOTE}"
    rf"(?:(?P<hash>{HASH})|(?P<star>{STAR}))(?![\w#*])"
)
COUNT = (
    rf"\b(?P<count>[2-9]|1[0-9]|{'|'.join(NUMBER_WORDS)})[\s-]+"
    r"(?:digits?|keys|numbers|stellige[nrs]?|ziffern|dígitos|chiffres|cifre|cijfers)\b"
)
"""How many keys to press: `4-digit`, `four digits`."""
NUMBER_NAME = (
    r"\b(?:enter|type|key\s+in|input|dial)\s+(?:in\s+)?(?:your|the|a|an)\s+(?P<name>(?:(?!option|choice|menu|department)\w+\s+){0,2}?"
    r"(?:number|code|pin|passcode|password|id|extension|zip|digits|date))\b(?!\s+of\b)"
    r"|\bgeben\s+Sie\s+(?:bitte\s+)?(?:Ihren?|die|den|eine)\s+(?P<german>\w*(?:nummer|code|pin|zahl))\b"
)
"""A number of several keys that is asked for, such as an account number."""
OTHER_COUNTS = r"\b(?:area\s+code|country\s+code|vorwahl|prefix)\b"
"""What makes a number longer than the text says."""


class PromptedKeys:
    """What one text asks for. Each question is answered when it is first asked: the patterns are large, and most texts need few."""

    def __init__(self, text: SpokenText) -> None:
        self.text = text
        self._words = " ".join(text.words.split())

    @cached_property
    def single_key(self) -> str:
        """The first single key of a choice, as the text says it; "" where there is none."""
        found = self._search(SINGLE_KEY)
        return found["key"] if found else ""

    @cached_property
    def end_keys(self) -> tuple[str, ...]:
        """# and *, where the text asks for them, in its order."""
        found = re.finditer(END_KEY, self._words, re.IGNORECASE)
        return tuple(dict.fromkeys("#" if one["hash"] else "*" for one in found))

    @cached_property
    def key_count(self) -> int:
        """How many keys the text asks for; 0 where it names no count, or several."""
        if self._search(OTHER_COUNTS):
            return 0
        counts = {_number(found["count"]) for found in re.finditer(COUNT, self._words, re.IGNORECASE)}
        return counts.pop() if len(counts) == 1 else 0

    @cached_property
    def number_name(self) -> str:
        """What the number that it asks for is called; "" where it asks for none."""
        found = self._search(NUMBER_NAME)
        return (found["name"] or found["german"]) if found else ""

    def _search(self, pattern: str) -> re.Match[str] | None:
        return re.search(pattern, self._words, re.IGNORECASE)


def prompted_keys(document: Document, gather: DocumentVerb, before: DocumentVerb | None) -> list[PromptedKeys]:
    """Returns what the texts of a gather ask for; without a prompt of its own, those of the say before it."""
    say = document.verbs_by_path.get((*gather.path, "say"))
    if not say and "play" not in gather.item.body and before and before.item.name == "say":
        say = before
    return [PromptedKeys(text) for text in texts_of(document, say)] if say else []


def _number(word: str) -> int:
    """Returns the number that a text writes in digits or as a word; 0 and 1 are no counts of keys."""
    return int(word) if word.isdecimal() else NUMBERS.get(word.lower(), 0)
