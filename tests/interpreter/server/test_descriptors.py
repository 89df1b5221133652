"""Files and sockets: the settings say how many, and a limit that is too low is said at the start."""

import resource

from callverbs.interpreter.hooks.client import HookAccount
from callverbs.interpreter.server import descriptors
from callverbs.interpreter.server.application_settings import Application
from callverbs.interpreter.server.settings import HookSettings, Settings
from callverbs.verbs.language.app import App


def test_what_the_settings_need() -> None:
    two = tuple(Application(name, App(), HookAccount()) for name in ("sales", "support"))
    found = Settings(connections=1000, hooks=HookSettings(connections=50), applications=two)
    assert descriptors.needed(found) == 100 + 100 + 1000 + 2 * 2 * 50


def test_a_limit_that_is_too_low() -> None:
    assert descriptors.shortage(256, 256) == ""
    said = descriptors.shortage(255, 256)
    assert "may open 255 files and sockets, and the settings can need 256" in said
    assert "LimitNOFILE" in said


def test_the_limit_is_raised_as_far_as_it_may() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    settings = Settings(connections=1)
    low = min(200, soft)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (low, hard))
        assert descriptors.provide(settings) == descriptors.shortage(hard if hard >= 0 else 1 << 30, descriptors.needed(settings))
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > low
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
