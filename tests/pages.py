"""Writes the parts of pages that are tables of something else: of schemas, of rules, of settings. `make pages` runs it.

What stands between `<!-- NAME -->` and `<!-- end -->` is generated, everything else is written by hand; a test compares the two.
"""

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from click.testing import CliRunner

from callverbs import schemas
from callverbs.interpreter.cli import command_group
from callverbs.interpreter.lint.rule_page import fix_safety, read_page, to_markdown
from callverbs.interpreter.lint.rules import RULES, TOPICS
from callverbs.interpreter.server.settings import HOOK_SECRET_VARIABLE, SETTING_OF_VARIABLE
from callverbs.interpreter.simulator.expectations import COMMANDS
from callverbs.verbs import REGISTRY
from tests import cognigy, language_page, parameters, simulated_commands

ROOT = Path(__file__).parent.parent
RULES_FOLDER = "rules"
MARKED = re.compile(r"(<!-- ([a-z]+) -->\n).*?(<!-- end -->)", re.DOTALL)
BARE = ("verb", "_")
"""Properties that every verb has, and no page describes."""
LINKED = {
    "components/hook": "[hook](../docs/hooks.md#how-a-hook-is-written)",
    "components/headers": "object of texts",
    "components/loop": 'count or `"forever"`',
    "components/call_limits": "[limits](#limits)",
    "verbs/listen": "[listen](listen.md)",
    "verbs/say": "[say](say.md)",
    "verbs/play": "[play](play.md)",
}
"""Parts that have a page or a name of their own."""

Schema = dict[str, Any]


class Property(NamedTuple):
    """A property of a schema: its dotted name, its schema with what it refers to, the part that is, and whether it has to be there."""

    name: str
    schema: Schema
    part: str = ""
    required: bool = False

    @property
    def unsupported(self) -> str:
        """What happens instead, where it has no effect."""
        sentence: str = self.schema.get("x-unsupported", "")
        return sentence


def properties(schema: Schema, before: str = "") -> Iterator[Property]:
    """Yields properties and those within them; not within what has no effect, or has a page of its own."""
    for name, written in schema.get("properties", {}).items():
        if not before and name in BARE:
            continue
        found, part = resolved(written)
        one = Property(before + name, found, part, name in schema.get("required", ()))
        yield one
        if one.unsupported or part in LINKED or part.endswith(".carrier"):
            continue
        yield from properties(found, f"{one.name}.")
        yield from properties(resolved(found.get("items", {}))[0], f"{one.name}[].")


def resolved(written: Schema) -> tuple[Schema, str]:
    """Returns a schema with what it refers to, and the name of that part."""
    reference: str = written.get("$ref", "")
    if not reference:
        return written, ""
    file, _, fragment = reference.partition("#")
    path = file.removesuffix(schemas.FILE_SUFFIX).split("/")
    part = "/".join(path[-2:]) if len(path) > 1 else f"components/{path[0]}"
    found = schemas.load(part)
    for step in filter(None, fragment.split("/")):
        found = found[step]
    if fragment:
        found, part = resolved(found)
    return {**found, **{key: value for key, value in written.items() if key != "$ref"}}, part


# --------------------------------------------------------------------------- words for a cell


def kind(one: Property) -> str:
    """Returns what a property may be: its type, its values, its range."""
    schema = one.schema
    if one.part in LINKED:
        return LINKED[one.part]
    if one.part.endswith(".carrier"):
        return "[object](#carrier-parameters)"
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    types = schema.get("type", "any value")
    return " or ".join(WORDS.get(word, word) + extent(word, schema) for word in ([types] if isinstance(types, str) else types))


WORDS = {"string": "text", "boolean": "true or false", "array": "list", "integer": "whole number"}


def extent(word: str, schema: Schema) -> str:
    """Returns the range of a number, or the items of a list."""
    if word in ("number", "integer"):
        low = (
            f"more than {schema['exclusiveMinimum']:g}"
            if "exclusiveMinimum" in schema
            else f"from {schema['minimum']:g}"
            if "minimum" in schema
            else ""
        )
        high = f"to {schema['maximum']:g}" if "maximum" in schema else ""
        return ", ".join(["", *filter(None, [f"{low} {high}".strip()])])
    if word == "array":
        items, part = resolved(schema.get("items", {}))
        inside = "`, `".join(items.get("enum", ()))
        types = items.get("type", "")
        plural = " or ".join(f"{WORDS.get(one, one)}s" for one in ([types] if isinstance(types, str) else types))
        return f" of `{inside}`" if inside else f" of {part.partition('/')[2] + 's' if part else plural}"
    return ""


def cell(text: str) -> str:
    """Returns a text as it stands in a cell of a table."""
    return text.replace("|", "\\|").replace("\n", " ")


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Returns a table."""
    heads = list(head)
    lines = [heads, ["---"] * len(heads), *(list(map(cell, row)) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def default(one: Property) -> str:
    """Returns the default as JSON, or that the property is required."""
    if "default" in one.schema:
        return f"`{json.dumps(one.schema['default'])}`"
    return "required" if one.required else ""


def meaning(one: Property) -> str:
    """Returns the description of the schema."""
    sentence: str = one.schema.get("description", "")
    return sentence


def described(found: Iterable[Property]) -> str:
    """Returns a table of properties with their type, default and meaning."""
    rows = [(f"`{one.name}`", kind(one), default(one), meaning(one)) for one in found if not one.unsupported]
    return table(("property", "type", "default", "meaning"), rows)


# --------------------------------------------------------------------------- parts of a verb's page


def _schema(page: Path) -> Schema:
    return schemas.load(f"verbs/{page.stem}")


def _properties(page: Path) -> str:
    return described(properties(_schema(page)))


def _impossible(page: Path) -> str:
    found = [one for one in properties(_schema(page)) if one.unsupported]
    if not found:
        return "Everything that the verb has is done."
    return table(("property", "what happens"), [(f"`{one.name}`", one.unsupported) for one in found])


def _parameters(page: Path) -> str:
    (verb,) = [one for name, one in REGISTRY.items() if name.replace(":", "_") == page.stem]
    command = schemas.load(f"commands/{verb.command}")
    free = names(name for name in command["properties"] if name not in command["x-reserved"])
    link = f"[`{verb.command}`](../schemas/commands/{verb.command}{schemas.FILE_SUFFIX})"
    return (
        f"`carrier` takes these parameters of the carrier's {link}, as they are: {free}.\n\n"
        "The others are set by callverbs; lint says what to write instead (CV112)."
    )


def names(some: Iterable[str]) -> str:
    """Returns names as code."""
    return ", ".join(f"`{name}`" for name in some)


# --------------------------------------------------------------------------- parts of other pages


def _settings(page: Path) -> str:
    settings = schemas.load("components/settings")["properties"]
    parts = []
    for name, section in settings.items():
        if name == "lint":
            continue  # it has a page of its own
        section, _ = resolved(section)
        whole = section.get("additionalProperties") or section
        title = f"[{name}.NAME]" if isinstance(section.get("additionalProperties"), dict) else f"[{name}]"
        parts += [f"### `{title}`", str(whole["description"]), described(properties(whole))]
    return "\n\n".join(parts)


def _call(page: Path) -> str:
    """Returns what a call is placed with. The page of dial has what is within its parts, and the carrier's parameters."""
    own = [one for one in properties(schemas.load("components/call")) if "." not in one.name]
    return described(own).replace("(#carrier", "(../verbs/dial.md#carrier")


def _lintsettings(page: Path) -> str:
    settings = schemas.load("components/lint")
    whole = {**settings, "properties": {name: one for name, one in settings["properties"].items() if name != "overrides"}}
    files = settings["properties"]["overrides"]["items"]["properties"]["files"]
    override = [Property("overrides[].files", files, required=True)]
    return described([*properties(whole), *override])


def _environment(page: Path) -> str:
    settings = schemas.load("components/settings")["properties"]
    rows = [
        (f"`{name}`", f"`{key}` of `[{section}]`", meaning(Property(key, settings[section]["properties"][key])))
        for name, (section, key) in SETTING_OF_VARIABLE.items()
    ]
    secret = settings["applications"]["additionalProperties"]["properties"]["secret"]
    rows.append((f"`{HOOK_SECRET_VARIABLE}`", "`secret` of every `[applications.NAME]`", meaning(Property("secret", secret))))
    return table(("variable", "stands for", "meaning"), [(*first, re.sub(r" Environment: .*", "", last)) for *first, last in rows])


def _rules(page: Path) -> str:
    parts = []
    for prefix, title in TOPICS.items():
        rows = [
            (f"[{rule.code}](rules/{rule.code}.md)", rule.name, rule.severity, rule.profile, fix_safety(rule), read_page(rule).summary)
            for rule in RULES.values()
            if rule.code.startswith(prefix)
        ]
        parts += [f"### {title.removesuffix('.')}", table(("code", "name", "severity", "profile", "fix", "what"), rows)]
    return "\n\n".join(parts)


def _commands(page: Path) -> str:
    return f"The commands are {names(COMMANDS)}."


def _deciders(page: Path) -> str:
    rows = [(f"`{one.command}`", f"`{one.name}`", one.who, one.how) for one in parameters.parameters()]
    return table(("command", "parameter", "who decides", "how, or why"), rows)


def _older(page: Path) -> str:
    return table(("command", "parameter", "in version 2"), [(f"`{one}`", f"`{old}`", f"`{new}`") for one, old, new in parameters.older()])


def _graph(page: Path) -> str:
    sample = ROOT / "samples" / "ivr-menu"
    drawn = CliRunner().invoke(command_group, ["graph", str(sample / "flow.json"), "--scenario", str(sample / "scenario.yaml")])
    return f"```mermaid\n{drawn.stdout}```"


def _simulated(page: Path) -> str:
    rows = [
        (f"`{one.request}`", "yes" if one.is_simulated else "refused: 501", ", ".join(f"`{name}`" for name in one.without_effect))
        for one in simulated_commands.commands()
    ]
    return table(("request", "simulated", "parameters without effect"), rows)


GENERATED: dict[str, Callable[[Path], str]] = {
    "properties": _properties,
    "impossible": _impossible,
    "parameters": _parameters,
    "settings": _settings,
    "lintsettings": _lintsettings,
    "environment": _environment,
    "call": _call,
    "rules": _rules,
    "commands": _commands,
    "graph": _graph,
    "language": lambda page: language_page.draw(),
    "cognigy": lambda page: cognigy.draw(),
    "deciders": _deciders,
    "older": _older,
    "simulated": _simulated,
}


def rules() -> dict[Path, str]:
    """Returns the page of every rule, which is generated as a whole."""
    folder, back = ROOT / "docs" / RULES_FOLDER, "[All rules](../lint.md#rules)"
    return {folder / f"{rule.code}.md": f"{to_markdown(rule)}\n{back}\n" for rule in RULES.values()}


def pages() -> list[Path]:
    """Returns every page that there is, in the order of the tree."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "verbs").glob("*.md"), *(ROOT / "samples").rglob("*.md")]
    return sorted(found)


def drawn(page: Path) -> str:
    """Returns a page with its generated parts as they should be."""
    return MARKED.sub(lambda part: f"{part[1]}{GENERATED[part[2]](page)}\n{part[3]}", page.read_text(encoding="utf-8"))


def main() -> None:
    """Writes what has changed, and removes the pages of rules that no longer exist."""
    wanted = rules()
    for one in [*wanted, *pages()]:
        text = wanted[one] if one in wanted else drawn(one)
        if one.parent.name == RULES_FOLDER and one not in wanted:
            one.unlink()
        elif not one.exists() or text != one.read_text(encoding="utf-8"):
            one.parent.mkdir(exist_ok=True)
            one.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{one.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
