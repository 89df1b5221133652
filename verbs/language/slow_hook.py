"""What an author wrote for an actionHook that is slow: noise, or verbs after a time (`fillerNoise`, `actionHookDelayAction`)."""

from typing import Any, NamedTuple

import msgspec

from callverbs.verbs.language.word import Word


class HookDelaySpec(Word, rename="camel"):
    """An actionHookDelayAction as written. Times in seconds; 0 is never."""

    enabled: bool = True
    no_response_timeout: float = 0.0
    no_response_give_up_timeout: float = 0.0
    retries: int = 1
    actions: list[dict[str, Any]] = []
    give_up_actions: list[dict[str, Any]] = []


class FillerNoiseSpec(Word, rename="camel"):
    """A fillerNoise as written. The delay is in seconds."""

    enable: bool
    url: str | None = None
    start_delay_secs: float | None = None

    def over(self, other: "FillerNoiseSpec | None") -> "FillerNoiseSpec":
        """Returns this noise, with what it leaves open taken from another one."""
        if other is None:
            return self
        delay = other.start_delay_secs if self.start_delay_secs is None else self.start_delay_secs
        return msgspec.structs.replace(self, url=self.url or other.url, start_delay_secs=delay)

    @property
    def is_heard(self) -> bool:
        return self.enable and bool(self.url)


class SlowHook(NamedTuple):
    """What a verb as written says of its actionHook; what it leaves open is as config has set it."""

    delay: HookDelaySpec | None
    noise: FillerNoiseSpec | None
