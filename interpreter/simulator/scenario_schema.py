"""The JSON Schema of scenarios, for editors: made of the types of `scenario`, with a sentence for each part."""

import re
from typing import Any

import msgspec

from callverbs.interpreter.simulator.scenario import Scenario
from callverbs.schemas import BASE_URI, FILE_SUFFIX, Schema

FILE_NAME = re.compile(r"scenario\.(?:ya?ml|json)$")
"""The end of the name of a file that is a scenario."""
PARTS = {
    "scenario": "A sentence that describes the scenario.",
    "flow": "The document, as a path relative to the scenario. It is the reply of the first hook.",
    "app": "The URL of the first hook, which hooks answers like any other. With flow, it is only the origin of relative hooks.",
    "dialect": "Whose names hooks use.",
    "given": "How the call begins: who calls whom, in which direction.",
    "settings": "Settings of the application, as in callverbs.toml.",
    "hooks": "What the application answers, by path or URL.",
    "status_hook": "true: call status is sent to /status.",
    "people": "The callees, by number, SIP URI or leg: what they do.",
    "caller": "What the caller does.",
    "agents": "Agents of relay, by the URL of their socket, and that of ask.",
    "calls": "Other people who call in.",
    "media": "How long audio files last, by URL.",
    "streams": "Which WebSockets accept a stream, by URL.",
    "recordings": "What becomes of recordings, by the name of their leg.",
    "script": "Steps that happen one after the other.",
    "expect": "Expectations of the whole call.",
    "strict": "true: a hook without an answer is a failure, not a note.",
    "for": "The caller hangs up after this time at the latest.",
}
STUB_PARTS = {
    "when": "The answer is for requests with these fields in the payload. null means that a field is missing.",
    "reply": "Verbs, or any other JSON: the body, with status 200.",
    "status": "HTTP status. Alone it is an empty answer; 204 if nothing is given.",
    "body": "Instead of reply: a text that is sent unchanged.",
    "content_type": "The content type of body.",
    "delay": "How long the answer takes.",
    "fault": "timeout: no answer; refused: the connection is refused.",
    "times": "How often this answer is used.",
}


def bundle_scenario() -> Schema:
    """Returns the schema of a scenario as one file."""
    schema: dict[str, Any] = msgspec.json.schema(Scenario)
    definitions = schema["$defs"]
    for definition, descriptions in ((definitions["Scenario"], PARTS), (definitions["Stub"], STUB_PARTS)):
        for name, description in descriptions.items():
            definition["properties"][name]["description"] = description
    root = definitions.pop("Scenario")
    identity = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"{BASE_URI}scenario{FILE_SUFFIX}"}
    return {**identity, **root, "title": "callverbs scenario", "$defs": definitions}
