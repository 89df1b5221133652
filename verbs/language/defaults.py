"""What `config` has set on a leg, for the verbs after it. A default says what is meant where a verb says nothing, never what happens."""

from callverbs.verbs.language.slow_hook import FillerNoiseSpec, HookDelaySpec
from callverbs.verbs.language.spec import Recognizer, Synthesizer
from callverbs.verbs.language.word import Word


class Defaults(Word):
    """The defaults of a leg; whoever is called from there begins with them. What is not set is as the application's settings say."""

    synthesizer: Synthesizer | None = None
    recognizer: Recognizer | None = None
    on_hold_music: str = ""
    """URL of what a held party hears where no verb says it."""
    hook_delay: HookDelaySpec | None = None
    filler_noise: FillerNoiseSpec | None = None
