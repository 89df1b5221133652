"""The graph of a flow: nodes and edges. A document becomes a chain of verbs, and a hook an edge to each of its replies.

A hook without a known reply leads to the application, which decides. It knows no colours and no coordinates.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePath
from typing import Any, Literal, NamedTuple

import msgspec

from callverbs.interpreter.graph.labels import detail, outcomes, shorten, split_words
from callverbs.interpreter.lint.context import LintContext
from callverbs.interpreter.lint.document import Document, DocumentVerb
from callverbs.interpreter.lint.exits import hook_exits
from callverbs.interpreter.lint.finding import SEVERITIES, Finding, Severity
from callverbs.interpreter.lint.replies import hook_address
from callverbs.interpreter.text.source import Source

EDGE_LABEL_MAX_CHARACTERS = 48
NO_VERBS, OTHERWISE, HOOK_FAILS = "no verbs", "otherwise", "hook fails"
"""The labels of edges: for a reply without verbs, for every other answer, and for a hook that does not reply."""
IF_ANSWERED, NEVER = "if answered", "never"
DISPOSITIONS = {"voicemail": "voicemailUrl", "hangup": ""}
"""What can happen to a caller whose target was not reached (components of `disposition`), and the property that says where."""


class HookReply(NamedTuple):
    """One reply of a hook: a document, no verbs, or a failure. `when` is its condition, `source` the document."""

    when: str = ""
    source: Source | None = None
    findings: Sequence[Finding] = ()
    failed: bool = False


FindReplies = Callable[[str], list[HookReply]]
"""Returns the known replies of the hook at an address (`lint.replies`)."""

ReplyKey = tuple[str, int]
"""Identifies a reply: the address of its hook, and its index among the replies there."""


class Node(NamedTuple):
    """A verb, the beginning or an end of a call, or the application."""

    id: str
    kind: Literal["start", "verb", "last", "application", "end"]
    title: str
    detail: str = ""
    findings: tuple[Finding, ...] = ()

    @property
    def severity(self) -> Severity | None:
        """The severity of its worst finding."""
        found = {finding.severity for finding in self.findings}
        return next((severity for severity in SEVERITIES if severity in found), None)

    @property
    def codes(self) -> list[str]:
        """The codes of its findings, each once."""
        return list(dict.fromkeys(finding.code for finding in self.findings))


class Edge(NamedTuple):
    """`end` can follow `start`: as the next verb, as the reply of a hook, or, aside, as a reply that runs on another leg or for a while."""

    start: str
    end: str
    label: str = ""
    kind: Literal["next", "hook", "aside"] = "next"


class Graph(NamedTuple):
    """The nodes and edges of a flow."""

    name: str
    nodes: list[Node]
    edges: list[Edge]


def build_graph(source: Source, findings: Sequence[Finding], context: LintContext, find_replies: FindReplies) -> Graph:
    """Returns the graph of a document, which has to be a list."""
    document = HookReply("", source, findings)
    own_address = hook_address(context.address, context) if context.address else ""
    builder = _Builder(context.dialect, lambda address: [document] if address == own_address else find_replies(address))
    start = builder.add_node("start", "call", PurePath(source.name).name)
    builder.add_edge(start, builder.add_program(document, context, (own_address, 0)))
    builder.add_successors()
    edges = sorted(dict.fromkeys(builder.edges), key=lambda edge: int(edge.start[1:]))
    return Graph(source.name, list(builder.nodes.values()), edges)


class _PendingVerb(NamedTuple):
    """A verb whose successors have no edges yet."""

    verb: DocumentVerb
    node: str
    next_node: str
    context: LintContext
    return_node: str


class _Builder:
    """A graph that is being built. Nodes are referred to by their ids."""

    def __init__(self, dialect: str, find_replies: FindReplies) -> None:
        self.nodes: dict[str, Node] = {}
        self.edges: list[Edge] = []
        self._dialect = dialect
        self._find_replies = find_replies
        self._first_nodes: dict[ReplyKey, str] = {}
        self._pending: list[_PendingVerb] = []
        self._failure_end = ""

    def add_node(self, kind: Any, title: str, detail_text: str = "", findings: Sequence[Finding] = ()) -> str:
        """Adds a node, and returns its id."""
        node = f"n{len(self.nodes)}"
        self.nodes[node] = Node(node, kind, shorten(title), shorten(detail_text), tuple(findings))
        return node

    def add_edge(self, start: str, end: str, label: str = "", kind: Any = "next") -> None:
        """Adds an edge."""
        self.edges.append(Edge(start, end, shorten(label, EDGE_LABEL_MAX_CHARACTERS), kind))

    def add_program(self, reply: HookReply, context: LintContext, key: ReplyKey, return_node: str = "") -> str:
        """Adds the verbs of a document, once, and returns the first; `return_node` runs after the last, where the call goes on."""
        if key in self._first_nodes:
            return self._first_nodes[key]
        value = reply.source.value if reply.source else []
        verbs = {verb.path[0]: verb for verb in Document(value, context).main_program}
        nodes = [self._add_verb(index, element, verbs.get(index), reply.findings) for index, element in enumerate(value)]
        end = "" if nodes and self._ends_call(nodes[-1]) else return_node or self.add_node("end", "hang up")
        self._first_nodes[key] = nodes[0] if nodes else end
        for index, node in enumerate(nodes):
            next_node = [*nodes, end][index + 1]
            if verb := verbs.get(index):
                self._pending.append(_PendingVerb(verb, node, next_node, context, return_node))
            elif next_node:
                self.add_edge(node, next_node)
        return self._first_nodes[key]

    def _ends_call(self, node: str) -> bool:
        return self.nodes[node].kind == "last"

    def _add_verb(self, index: int, element: Any, verb: DocumentVerb | None, findings: Sequence[Finding]) -> str:
        own = [finding for finding in findings if finding.value_path[:1] == (index,) or (index == 0 and not finding.value_path)]
        if verb is None:
            name = element.get("verb", next(iter(element), "?")) if isinstance(element, dict) else "?"
            return self.add_node("verb", str(name), findings=own)
        kind = "last" if verb.type.ends_call and not verb.type.before_answer else "verb"
        label = verb.text("id")
        title = f"{verb.item.written} {label}" if label else verb.item.written
        return self.add_node(kind, title, detail(verb.item.body), own)

    # ------------------------------------------------------------- what follows a verb

    def add_successors(self) -> None:
        """Adds the edges from every verb to what can follow it, and the documents that hooks reply."""
        for pending in self._pending:  # grows while it is read
            self._add_successors(pending)

    def _add_successors(self, pending: _PendingVerb) -> None:
        """Adds the edges of a verb: to the replies of its hooks, and to the next verb if they reply none."""
        verb, node, next_node, context, return_node = pending
        otherwise: str | None = outcomes(verb.item.name, verb.item.body)
        for hook in hook_exits(verb, self._dialect):
            replies, url = self._replies(hook.url, context), hook.url.partition("#")[0]
            for key, reply in replies:
                self._add_reply(node, reply, key, context, reply.when or url, return_node)
            if not replies:
                label = otherwise if hook.always else split_words(str(hook.path[-2]))
                self.add_edge(node, self.add_node("application", url), label or "", "hook")
            if hook.always:
                otherwise = self._add_fall_through(verb, node, [reply for _, reply in replies], return_node)
        for label, number in self._dispositions(verb):
            self.add_edge(node, self.add_node("application", number) if number else self.add_node("end", "hang up"), label, "hook")
        self._add_asides(verb, node, context)
        if next_node and (otherwise is None or self._ends_call(node)):
            self.add_edge(node, next_node, NEVER, "aside")
        elif next_node:
            label = IF_ANSWERED if verb.type.before_answer else otherwise or ""
            self.add_edge(node, next_node, label, "aside" if next_node == return_node else "next")

    def _add_fall_through(self, verb: DocumentVerb, node: str, replies: list[HookReply], return_node: str) -> str | None:
        """Returns the label of the edge to the next verb, which runs after a reply without verbs; None where nothing leads there.

        Where the hook fails, the next verb runs, too. After a redirect the program ends instead: that edge is added here.
        """
        rest = OTHERWISE if len(replies) > 1 or any(reply.when for reply in replies) else NO_VERBS
        ends_by_failure = verb.item.name == "redirect"
        labels = [_label(reply, rest) for reply in replies if not reply.source and not (reply.failed and ends_by_failure)]
        if all(reply.when for reply in replies):  # an answer for which the scenario has no reply
            labels.append(rest)
        if ends_by_failure:
            failures = [_label(reply, "") for reply in replies if reply.failed]
            self.add_edge(node, return_node or self._hangup_node(), " · ".join(dict.fromkeys(failures)) or HOOK_FAILS, "hook")
        elif not labels:
            labels = [HOOK_FAILS]
        return " · ".join(dict.fromkeys(labels)) or None

    def _hangup_node(self) -> str:
        """Returns the end of the call that all failing redirects share."""
        self._failure_end = self._failure_end or self.add_node("end", "hang up")
        return self._failure_end

    def _add_asides(self, verb: DocumentVerb, node: str, context: LintContext) -> None:
        """Adds the hooks whose replies run on another leg or for a while, before the verb goes on; none without a known reply."""
        exits = {one.path for one in hook_exits(verb, self._dialect)}
        for path, hook in verb.find_all("components/hook"):
            url = hook.get("url") if isinstance(hook, dict) else hook
            if isinstance(url, str) and not {path, (*path, "url")} & exits:
                for key, reply in self._replies(url, context):
                    label = " ".join(filter(None, (split_words(str(path[-1])), reply.when)))
                    self._add_reply(node, reply, key, context, label, node)

    def _add_reply(self, node: str, reply: HookReply, key: ReplyKey, context: LintContext, label: str, return_node: str) -> None:
        if reply.source:
            reply_context = msgspec.structs.replace(context, address=key[0])
            self.add_edge(node, self.add_program(reply, reply_context, key, return_node), label, "aside" if return_node == node else "hook")

    def _replies(self, url: str, context: LintContext) -> list[tuple[ReplyKey, HookReply]]:
        """Returns the replies of a hook, each with its key."""
        address = hook_address(url, context)
        return [((address, n), reply) for n, reply in enumerate(self._find_replies(address))]

    def _dispositions(self, verb: DocumentVerb) -> Iterator[tuple[str, str]]:
        """Yields the outcomes of a transfer that no hook decides: a label, and the number of the voicemail, or "" for a hangup."""
        disposition = verb.item.body.get("disposition")
        if not isinstance(disposition, dict):
            return
        for action, property_name in DISPOSITIONS.items():
            reasons = [split_words(key).removeprefix("on ") for key, value in disposition.items() if value == action]
            url = str(disposition.get(property_name, ""))
            if reasons and not url.startswith("http"):  # else it is a hook
                yield " · ".join(reasons), url


def _label(reply: HookReply, unconditional: str) -> str:
    """Returns the label of a reply without verbs, or of one that fails."""
    return f"{reply.when} fails".strip() if reply.failed else reply.when or unconditional
