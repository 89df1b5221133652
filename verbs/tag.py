"""`tag`: data of your own, on every hook from now on."""

from typing import Any, ClassVar

from verbs._call import Call
from verbs._spec import Spec
from verbs._verb import Verb


class TagSpec(Spec, frozen=True, kw_only=True, tag="tag"):
    """A tag as written."""

    data: dict[str, Any]


class Tag(Verb, kw_only=True, tag="tag"):
    """Replaces the leg's customerData, and is over at once."""

    name: ClassVar[str] = "tag"
    Spec: ClassVar[type[Spec]] = TagSpec
    screening: ClassVar[bool] = True

    spec: TagSpec

    def start(self, call: Call) -> None:
        call.tag(self.spec.data)
        call.finish()
