"""What an author wrote: one frozen struct per verb, in the document's own names. It knows nothing of calls."""

from typing import Any, Literal

from msgspec import Struct


class Spec(Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel", tag_field="verb"):
    """A verb as written, with its defaults filled in. A test holds names and defaults equal to the schema."""

    id: str | None = None


class Credentials(Struct, frozen=True):
    """A user name and a password."""

    username: str
    password: str


class HookSpec(Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A hook written as an object."""

    url: str
    method: str = "POST"
    username: str | None = None
    password: str | None = None
    basic_auth: Credentials | None = None


Hook = str | HookSpec
"""Where to ask the application: a URL, or an object with more."""


class Synthesizer(Struct, frozen=True, omit_defaults=True, rename="camel"):
    """The voice that speaks; "default" and nothing both mean: as the application's settings say."""

    vendor: str = "default"
    language: str = "default"
    voice: str | dict[str, Any] = "default"
    engine: Literal["standard", "neural", "generative", "long-form"] | None = None
    gender: Literal["MALE", "FEMALE", "NEUTRAL"] | None = None

    def over(self, other: "Synthesizer") -> "Synthesizer":
        """The voice, with what it leaves open taken from another one.

        A voice belongs to its vendor and its language: where this one names another vendor, the other's voice and language don't
        count, and where it names another language, the other's voice doesn't.
        """
        if self.vendor not in ("default", other.vendor):
            return self
        speaks_it = self.language in ("default", other.language)
        return Synthesizer(
            vendor=other.vendor,
            language=other.language if self.language == "default" else self.language,
            voice=other.voice if self.voice == "default" and speaks_it else self.voice,
            engine=self.engine or other.engine,
            gender=self.gender or other.gender,
        )
