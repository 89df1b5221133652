"""A document as rules see it: its verbs with their paths and the facts of their classes. It knows no text and no line."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

import msgspec

from callverbs import schemas, verbs
from callverbs.interpreter.lint.context import DEFAULT_CONTEXT, LintContext
from callverbs.interpreter.lint.replies import hook_address, origin, reply_value
from callverbs.interpreter.text.syntax_tree import NO_VALUE
from callverbs.schemas import ValuePath
from callverbs.verbs.language.registry import AnyVerb
from callverbs.verbs.language.spec import Spec

VERB_NAME_KEY = "verb"
"""The property that holds the name of a verb in its long form."""


class DocumentVerb(NamedTuple):
    """One verb of a document. `text`, `number` and `elements` skip a property of another type, which has a diagnostic already."""

    item: verbs.Item
    type: type[AnyVerb]
    spec: Spec | None
    """The verb as it will run; None where it has a diagnostic. Only rules that need no spec look for missing properties then."""

    @property
    def path(self) -> ValuePath:
        """Path of the object that holds the properties."""
        return self.item.path

    @property
    def is_long_form(self) -> bool:
        """Whether the name is a property of its own, and not the key of the others."""
        return isinstance(self.path[-1], int)

    @property
    def name_location(self) -> tuple[ValuePath, bool]:
        """Path of the name, and whether the name is a key."""
        return ((*self.path, VERB_NAME_KEY), False) if self.is_long_form else (self.path, True)

    def text(self, key: str) -> str | None:
        """Returns a property that is text; None for any other."""
        value = self.item.body.get(key)
        return value if isinstance(value, str) else None

    def number(self, key: str) -> float | None:
        """Returns a property that is a number; None for any other."""
        value = self.item.body.get(key)
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None

    def elements(self, key: str) -> list[Any]:
        """Returns a property that is a list; an empty list for any other."""
        value = self.item.body.get(key)
        return value if isinstance(value, list) else []

    def find_all(self, part: str) -> Iterator[tuple[ValuePath, object]]:
        """Yields the path and the value of every occurrence of a part of the schemas, such as `components/hook`."""
        for path, value in schemas.places(verbs.schema_name(self.item.name), self.item.body, part):
            yield (*self.path, *path), value


def hook_url(hook: Any, path: ValuePath) -> Iterator[tuple[ValuePath, str]]:
    """Yields the path and the URL of a hook, which is text or an object; nothing for any other value."""
    if isinstance(hook, str):
        yield path, hook
    elif isinstance(hook, dict) and isinstance(hook.get("url"), str):
        yield (*path, "url"), hook["url"]


class Document:
    """A value as a program: its diagnostics, the programs in it, and the context that it will run in."""

    def __init__(self, value: Any, context: LintContext = DEFAULT_CONTEXT, followed: "dict[str, Document | None] | None" = None) -> None:
        self.value = value
        self.context = context
        self._followed = {} if followed is None else followed
        """Documents by address: those that were followed from the first one share this."""
        if context.address:
            self._followed[hook_address(context.address, context)] = self
        self.diagnostics = verbs.diagnose(value)
        """What the schemas and the verbs refuse."""
        self.programs: list[list[DocumentVerb]] = []
        """Lists of verbs that run one after the other: the document itself first, then those within verbs."""
        self._faulty_paths = {diagnostic.path[: depth + 1] for diagnostic in self.diagnostics for depth in range(len(diagnostic.path))}
        self._add_program(value, ())

    def all_verbs(self, name: str = "") -> Iterator[DocumentVerb]:
        """Yields every verb, those within verbs too; with `name`, those of that name."""
        for program in self.programs:
            for verb in program:
                if name in ("", verb.item.name):
                    yield verb

    @property
    def main_program(self) -> list[DocumentVerb]:
        """The verbs of the document itself. A verb within a verb is part of its schema."""
        return self.programs[0]

    def is_last(self, verb: DocumentVerb) -> bool:
        """Returns whether nothing is written after a verb in its list, not even something that is no verb."""
        path = verb.path if verb.is_long_form else verb.path[:-1]
        *outer, index = path
        if not isinstance(index, int):
            return True  # one verb within another, without a list
        written = self.value
        for step in outer:
            written = written[step]
        return index == len(written) - 1

    @cached_property
    def verbs_by_path(self) -> dict[ValuePath, DocumentVerb]:
        """Every verb by the path of the object that holds its properties."""
        return {verb.path: verb for verb in self.all_verbs()}

    @cached_property
    def hooks(self) -> list[tuple[ValuePath, str]]:
        """The path and the URL of every hook."""
        found: list[tuple[ValuePath, str]] = []
        for verb in self.main_program:
            for path, hook in verb.find_all("components/hook"):
                found += hook_url(hook, path)
        return found

    def follow(self, url: str) -> "Document | None":
        """Returns the local document that answers a hook, which may be this one; None where none is known, or it cannot be read.

        Each document is read once.
        """
        address = hook_address(url, self.context)
        if address not in self._followed:
            value = reply_value(address, self.context)
            base_url = self.context.base_url or origin(self.context.address) or None
            context = msgspec.structs.replace(self.context, address=address, base_url=base_url)
            self._followed[address] = None if value is NO_VALUE else Document(value, context, self._followed)
        return self._followed[address]

    def _add_program(self, value: Any, path: ValuePath) -> None:
        items, _ = verbs.items(value)
        self._add_verbs([item._replace(path=(*path, *item.path)) for item in items])

    def _add_verbs(self, items: list[verbs.Item]) -> None:
        self.programs.append([DocumentVerb(item, verbs.REGISTRY[item.name], self._spec(item)) for item in items])
        for item in items:
            for key in verbs.REGISTRY[item.name].programs:
                nested = item.body.get(key)
                if isinstance(nested, list):
                    self._add_program(nested, (*item.path, key))
                elif isinstance(nested, dict) and key in verbs.REGISTRY:
                    self._add_verbs([verbs.Item(key, key, (*item.path, key), nested, [])])

    def _spec(self, item: verbs.Item) -> Spec | None:
        return None if item.path in self._faulty_paths else verbs.spec(item)
