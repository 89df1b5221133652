"""The files of a verb, and an example of each: what a test shows to an author who has not written one of them yet.

The examples are those of `wait_a_bit`, a verb that speaks nothing and waits; a test reads them all.
"""

from typing import NamedTuple

from callverbs.verbs.language.names import file_name


class VerbFile(NamedTuple):
    """One file of a verb. `path` and `example` are filled in with the verb and with what its files are called."""

    path: str
    example: str
    pattern: str = ""
    """Where any file will do, instead of `path`."""

    def path_of(self, verb: str) -> str:
        return self.path.format(file=file_name(verb))

    def pattern_of(self, verb: str) -> str:
        return (self.pattern or self.path).format(file=file_name(verb))

    def example_of(self, verb: str) -> str:
        class_name = "".join(part.capitalize() for part in file_name(verb).split("_"))
        words = {"verb": verb, "file": file_name(verb), "Class": class_name}
        text = self.example
        for name, word in words.items():
            text = text.replace(f"<{name}>", word)
        return text


MODULE = '''\
"""`<verb>`: wait."""

from callverbs.verbs.language.context import VerbContext
from callverbs.verbs.language.spec import Spec
from callverbs.verbs.language.verb import Verb


class <Class>Spec(Spec):
    """A <verb> as written. `length` is in seconds."""

    length: float = 1


class <Class>(Verb[<Class>Spec]):
    """A timer, and nothing else."""

    def start(self, call: VerbContext) -> None:
        call.start_timer(self.on_length_timer, self.spec.length)

    def on_length_timer(self, call: VerbContext) -> None:
        call.finish()
'''
SCHEMA = """\
{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://callverbs.dev/schemas/verbs/<file>.schema.json",
  "title": "<Class>",
  "description": "Waits. It does not answer the call.",
  "type": "object",
  "properties": {
    "verb": {"const": "<verb>", "description": "The name of the verb."},
    "id": {"type": "string", "description": "A name of your own for this verb; hooks carry it back as verb_id."},
    "length": {"type": "number", "minimum": 0, "default": 1, "description": "Seconds."},
    "_": {"description": "Reserved for applications; jambonz permits it on every verb and nothing reads it."}
  },
  "additionalProperties": false
}
"""
PAGE = """\
# <verb>

Waits.

```json
[
  { "verb": "<verb>", "length": 2 },
  { "verb": "say", "text": "Thank you for holding." }
]
```

## Properties

<!-- properties -->
<!-- end -->

## At the carrier

No command: it is a timer of callverbs.

## Differences from jambonz

jambonz has no such verb.

## Not possible on this carrier

<!-- impossible -->
<!-- end -->
"""
TRANSCRIPT = """\
about: The next verb runs when the time is over.
document:
  - <verb>: {length: 2}
  - say: {text: Hello}
steps:
  - timers: {length: 2}
  - when: timer length
    then: [answer a]
  - when: answered a
    then: [{speak: a, text: Hello}]
  - when: speak_ended a
    then: [hang_up a]
  - when: hung_up a
"""
WALK = """\
plain:
  document:
  - {verb: <verb>, length: 2}
  - {verb: say, text: hi}
  world: {operator: true}
"""
FLOW = """\
[
  { "verb": "answer" },
  { "verb": "<verb>", "length": 2 },
  { "verb": "say", "text": "Thank you for holding." }
]
"""
SCENARIO = """\
scenario: the caller waits for two seconds
flow: flow.json
script:
  - expect: answer
  - expect: {say: Thank you for holding.}
expect:
  - ended: {by: callverbs, status: completed}
"""
README = """\
# <Class>

The caller waits for two seconds.

```console
$ callverbs simulate --scenario samples/<file>/scenario.yaml
```

Verbs: [answer](../../verbs/answer.md), [<verb>](../../verbs/<file>.md), [say](../../verbs/say.md).
"""

FILES: dict[str, VerbFile] = {
    "module": VerbFile("verbs/{file}.py", MODULE),
    "schema": VerbFile("schemas/verbs/{file}.schema.json", SCHEMA),
    "page": VerbFile("verbs/{file}.md", PAGE),
    "transcript": VerbFile("tests/transcripts/{file}/plain.yaml", TRANSCRIPT, "tests/transcripts/{file}/*.yaml"),
    "walk": VerbFile("tests/walks/{file}.yaml", WALK),
}
"""Every verb has these."""
SAMPLE: dict[str, VerbFile] = {
    "flow": VerbFile("samples/{file}/flow.json", FLOW),
    "scenario": VerbFile("samples/{file}/scenario.yaml", SCENARIO),
    "readme": VerbFile("samples/{file}/README.md", README),
}
"""Some sample shows every verb; one may show several."""
