"""What is said of a part of a document that is no verb: what was found there, and what to write instead."""

from typing import Any, Literal

from callverbs import schemas
from callverbs.schemas import Diagnostic, Fix, ValuePath
from callverbs.schemas.quoting import quote, shorten
from callverbs.verbs.language.registry import REGISTRY, SYNONYMS

FOREIGN_LISTS = {"verbs": "", "sections": "SWML of SignalWire", "states": "a flow of Twilio Studio", "actions": "", "flow": "", "steps": ""}
"""Properties of an object that is written where the list of verbs should be, and whose language that is."""
EXAMPLE = '{"verb": "say", "text": "Hello"}'


def no_list(value: object) -> Diagnostic:
    """Returns what is said of a document that is not a list."""
    return Diagnostic((), "CV003", f"a document is a list of verbs, not {kind(value)}{_advise_list(value)}")


def _advise_list(value: object) -> str:
    if isinstance(value, str):
        return ": this is XML, and callverbs reads JSON and YAML" if value.lstrip().startswith("<") else f": write [{EXAMPLE}]"
    if not isinstance(value, dict):
        return f": write [{EXAMPLE}]" if value is not None else ""
    for key, language in FOREIGN_LISTS.items():
        if isinstance(value.get(key), list):
            return f": write the list of {key} alone, without the object around it"
        if language and key in value:
            return f": this looks like {language}"
    if isinstance(value.get("verb"), str) or any(key in REGISTRY or key in SYNONYMS for key in value):
        return ": put [ ] around it, or in YAML a dash before each verb"
    return ""


def no_verb(index: int, element: object) -> Diagnostic:
    """Returns what is said of an element that is no object, or an object without the name of a verb."""
    if isinstance(element, str) and known_name(element):
        name = known_name(element)
        return Diagnostic((index,), "CV003", f'a verb is an object, not a string: write {{"verb": "{name}"}}, or in YAML - verb: {name}')
    if isinstance(element, list):
        return Diagnostic((index,), "CV003", "a verb is an object, not a list: there is one list of verbs, without lists in it")
    if not isinstance(element, dict):
        return Diagnostic((index,), "CV003", f"a verb is an object, not {kind(element)}: write {EXAMPLE}")
    named = next((key for key in element if key in REGISTRY), "")
    if named and isinstance(element[named], dict):
        return Diagnostic((index,), "CV003", f"each verb is an object of its own, and {named} has {_others(element, named)} beside it")
    if named and isinstance(element[named], str | None):
        advice = f'write "verb": "{named}" beside the other properties'
        return Diagnostic((index,), "CV003", f"the name of the verb is missing: {advice}")
    return Diagnostic((index,), "CV003", 'a verb needs its name: write {"verb": "say", …} or {"say": {…}}')


def _others(element: dict[str, Any], named: str) -> str:
    return shorten(", ".join(str(key) for key in element if key != named))


def no_object(written: str, path: ValuePath, body: object) -> Diagnostic:
    """Returns what is said of a verb in its short form that does not hold its properties."""
    name = SYNONYMS.get(written, written)
    main: str = schemas.load_table("synonyms")["alone"].get(name, "")
    inner = main if body is None or isinstance(body, list) else main.replace("…", quote(body))
    return Diagnostic(path, "CV104", f"{written} must hold an object, not {kind(body)}: write {written}: {{{inner}}}")


def unknown(written: object, path: ValuePath) -> Diagnostic:
    """Returns what is said of a verb that we don't have: one of jambonz', another platform's, or nobody's."""
    foreign: dict[str, str] = schemas.load_table("foreign")["verbs"]
    at_key = path[-1] == written
    if isinstance(written, str) and written in foreign:
        return Diagnostic(path, "CV701", f"{written} is a verb of jambonz that callverbs does not have: {foreign[written]}", at_key)
    if not isinstance(written, str) or not written:
        found = "missing" if written in (None, "") else f"{kind(written)}, and has to be text"
        return Diagnostic(path, "CV101", f"the name of this verb is {found}: write one, such as say", at_key)
    action: Literal["rename", "replace"] = "rename" if at_key else "replace"
    if other := _elsewhere(written):
        return Diagnostic(path, "CV101", f"there is no verb {written}; did you mean {other}?", at_key, Fix(action, other, safe=False))
    known = [*REGISTRY, *SYNONYMS]
    fix = schemas.spelling_fix(action, written, known)
    return Diagnostic(path, "CV101", f"there is no verb {written}{schemas.did_you_mean(written, known)}", at_key, fix)


def _elsewhere(written: str) -> str:
    """Returns the verb that has another name on other platforms; "" for a name that is none of theirs."""
    table: dict[str, str] = schemas.load_table("synonyms")["verbs"]
    word = written.lower()
    return "" if known_name(word) else table.get(word, table.get(word.replace("-", "_"), ""))


def known_name(word: str) -> str:
    """Returns the name of a verb as it is known; "" for any other word."""
    name = SYNONYMS.get(word, word)
    return name if name in REGISTRY else ""


def kind(value: object) -> str:
    """Returns the kind of a value as JSON calls it."""
    kinds = {dict: "an object", list: "a list", str: "a string", bool: "true or false", int: "a number", float: "a number"}
    return "null" if value is None else kinds.get(type(value), type(value).__name__)
