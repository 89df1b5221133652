"""The files beside flows that the language server knows: scenarios, and callverbs.toml."""

import re

from callverbs import schemas
from callverbs.interpreter.lint.settings import SETTINGS_FILE
from callverbs.interpreter.lsp.schema_files import FileKind, Problem
from callverbs.interpreter.simulator import scenario
from callverbs.interpreter.simulator.scenario import ScenarioError
from callverbs.interpreter.simulator.scenario_schema import FILE_NAME, bundle_scenario
from callverbs.interpreter.text.source import Source


def check_scenario(source: Source) -> list[Problem]:
    """Returns the problems of a scenario."""
    try:
        scenario.read_source(source)
    except ScenarioError as error:
        return [Problem(span, reason) for span, reason in error.faults]
    return []


def check_settings(source: Source) -> list[Problem]:
    """Returns the problems of a settings file."""
    found = source.diagnostics
    if source.readable:
        found = [*found, *schemas.diagnose("components/settings", source.value)]
    return [Problem(source.span_of(one), one.message) for one in found]


FILE_KINDS = (
    FileKind(FILE_NAME, bundle_scenario, check_scenario),
    FileKind(re.compile(rf"^{re.escape(SETTINGS_FILE)}$"), schemas.bundle_settings, check_settings),
)
