"""What a picture is made of: nodes and edges. A document becomes a chain of verbs, and a hook the way into what it replies.

A hook that nobody has an answer for leads to the application, which decides. It knows no colours and no coordinates.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePath
from typing import Any, Literal, NamedTuple

import msgspec

from interpreter.graph.words import detail, outcomes, short, spaced
from interpreter.lint.document import Document, Written
from interpreter.lint.finding import SEVERITIES, Finding, Severity
from interpreter.lint.replies import place
from interpreter.lint.surroundings import Surroundings
from interpreter.lint.ways import ways
from interpreter.text.source import Source

NO_VERBS = "no verbs"
"""What a reply is called after which the next verb runs."""
AFTER_ANSWER, NEVER = "if answered", "never"
UNMET = {"voicemail": "voicemailUrl", "hangup": ""}
"""What may become of a caller whose target was not reached (components of `disposition`), and the property that says where."""


class Answer(NamedTuple):
    """What a hook replies: a document, or no verbs. `when` is what has to be the case; `source` is where the document stands."""

    when: str = ""
    source: Source | None = None
    findings: Sequence[Finding] = ()


Answers = Callable[[str], list[Answer]]
"""What the hook at an address (lint.replies) is answered with, as far as anybody has said."""

Key = tuple[str, int]
"""An answer: the address of its hook, and which one of several it is."""


class Node(NamedTuple):
    """A verb, the beginning or an end of a call, or the application."""

    id: str
    kind: Literal["start", "verb", "last", "application", "end"]
    title: str
    detail: str = ""
    findings: tuple[Finding, ...] = ()

    @property
    def severity(self) -> Severity | None:
        """That of its worst finding."""
        found = {finding.severity for finding in self.findings}
        return next((severity for severity in SEVERITIES if severity in found), None)

    @property
    def codes(self) -> list[str]:
        """The codes that were found on it, each once."""
        return list(dict.fromkeys(finding.code for finding in self.findings))


class Edge(NamedTuple):
    """What can follow what: the next verb, what a hook replies, or, aside, what runs to somebody else or for a while."""

    start: str
    end: str
    label: str = ""
    kind: Literal["next", "hook", "aside"] = "next"


class Graph(NamedTuple):
    """A flow."""

    name: str
    nodes: list[Node]
    edges: list[Edge]


def graph(source: Source, findings: Sequence[Finding], surroundings: Surroundings, answers: Answers) -> Graph:
    """The picture of a document, which has to be a list."""
    own, home = Answer("", source, findings), place(surroundings.address, surroundings) if surroundings.address else ""
    drawing = _Drawing(surroundings.dialect, lambda where: [own] if where == home else answers(where))
    start = drawing.node("start", "call", PurePath(source.name).name)
    drawing.edge(start, drawing.program(own, surroundings, (home, 0)))
    drawing.follow()
    edges = sorted(dict.fromkeys(drawing.edges), key=lambda edge: int(edge.start[1:]))
    return Graph(source.name, list(drawing.nodes.values()), edges)


class _Drawing:
    """A graph that is being made."""

    def __init__(self, dialect: str, answers: Answers) -> None:
        self.nodes: dict[str, Node] = {}
        self.edges: list[Edge] = []
        self._dialect = dialect
        self._answers = answers
        self._programs: dict[Key, str] = {}
        self._ahead: list[tuple[Written, str, str, Surroundings, str]] = []

    def node(self, kind: Any, title: str, about: str = "", findings: Sequence[Finding] = ()) -> str:
        name = f"n{len(self.nodes)}"
        self.nodes[name] = Node(name, kind, short(title), short(about), tuple(findings))
        return name

    def edge(self, start: str, end: str, label: str = "", kind: Any = "next") -> None:
        self.edges.append(Edge(start, end, short(label, 48), kind))

    def program(self, answer: Answer, there: Surroundings, key: Key, back: str = "") -> str:
        """The first node of a document, drawn once; `back` is the verb that goes on after it, where the call does not end."""
        if key in self._programs:
            return self._programs[key]
        value = answer.source.value if answer.source else []
        verbs = {written.path[0]: written for written in Document(value, there).main}
        names = [self._verb(index, one, verbs.get(index), answer.findings) for index, one in enumerate(value)]
        over = "" if names and self._ends(names[-1]) else back or self.node("end", "hang up")
        self._programs[key] = names[0] if names else over
        for index, name in enumerate(names):
            after = [*names, over][index + 1]
            if written := verbs.get(index):
                self._ahead.append((written, name, after, there, back))
            elif after:
                self.edge(name, after)
        return self._programs[key]

    def _ends(self, name: str) -> bool:
        return self.nodes[name].kind == "last"

    def _verb(self, index: int, element: Any, written: Written | None, findings: Sequence[Finding]) -> str:
        mine = [finding for finding in findings if finding.steps[:1] == (index,) or (index == 0 and not finding.steps)]
        if written is None:
            name = element.get("verb", next(iter(element), "?")) if isinstance(element, dict) else "?"
            return self.node("verb", str(name), findings=mine)
        kind = "last" if written.kind.ends_call and not written.kind.before_answer else "verb"
        label = written.text("id")
        title = f"{written.item.written} {label}" if label else written.item.written
        return self.node(kind, title, detail(written.item.body), mine)

    # ------------------------------------------------------------- what follows a verb

    def follow(self) -> None:
        """Draw what comes after every verb; what hooks reply brings more of them."""
        for one in self._ahead:  # grows while it is read
            self._follow(*one)

    def _follow(self, written: Written, name: str, after: str, there: Surroundings, back: str) -> None:
        """Draw what can come after a verb: what its hooks reply, and the next verb if they reply none."""
        otherwise = outcomes(written.item.name)
        for way in ways(written, self._dialect):
            known, url = self._replies(way.url, there), way.url.partition("#")[0]
            for key, answer in known:
                self._reply(name, answer, key, there, answer.when or url, back)
            if not known:
                asked = otherwise if way.always else spaced(str(way.path[-2]))
                self.edge(name, self.node("application", url), asked, "hook")
            if way.always:
                otherwise = " · ".join(answer.when for _, answer in known if answer.when and not answer.source) or NO_VERBS
        for label, number in self._unmet(written):
            self.edge(name, self.node("application", number) if number else self.node("end", "hang up"), label, "hook")
        self._asides(written, name, there)
        if after and self._ends(name):
            self.edge(name, after, NEVER, "aside")
        elif after:
            self.edge(name, after, AFTER_ANSWER if written.kind.before_answer else otherwise, "aside" if after == back else "next")

    def _asides(self, written: Written, name: str, there: Surroundings) -> None:
        """Hooks whose replies run to somebody else or for a while: then the verb goes on. What nobody has an answer for is left out."""
        leading = {way.path for way in ways(written, self._dialect)}
        for path, hook in written.places("components/hook"):
            url = hook.get("url") if isinstance(hook, dict) else hook
            if isinstance(url, str) and not {path, (*path, "url")} & leading:
                for key, answer in self._replies(url, there):
                    self._reply(name, answer, key, there, " ".join(filter(None, (spaced(str(path[-1])), answer.when))), name)

    def _reply(self, name: str, answer: Answer, key: Key, here: Surroundings, label: str, back: str) -> None:
        if answer.source:
            there = msgspec.structs.replace(here, address=key[0])
            self.edge(name, self.program(answer, there, key, back), label, "aside" if back == name else "hook")

    def _replies(self, url: str, there: Surroundings) -> list[tuple[Key, Answer]]:
        """The answers to a hook, each with a name of its own."""
        where = place(url, there)
        return [((where, n), answer) for n, answer in enumerate(self._answers(where))]

    def _unmet(self, written: Written) -> Iterator[tuple[str, str]]:
        disposition = written.item.body.get("disposition")
        if not isinstance(disposition, dict):
            return
        for then, where in UNMET.items():
            when = [spaced(key).removeprefix("on ") for key, value in disposition.items() if value == then]
            url = str(disposition.get(where, ""))
            if when and not url.startswith("http"):  # else it is a hook
                yield " · ".join(when), url
