"""The server as one ASGI application: the webhook front, and behind it a Quart application for operators."""

from collections.abc import Callable, Mapping

from quart import Quart

from interpreter.server import routes
from interpreter.server.front import Front
from interpreter.server.rooms import Rooms
from interpreter.server.settings import CarrierSettings
from interpreter.telnyx import v1, v1_signature, webhooks
from interpreter.telnyx.signature import SIGNATURE, TIMESTAMP, SignatureError, Verifier
from interpreter.telnyx.webhooks import WebhookError
from verbs._events import LegEvent

Headers = Mapping[bytes, bytes]


class Version:
    """One version of the carrier's webhooks. Those of the other version are told apart even where nobody could verify them."""

    def __init__(
        self, verify: Callable[[bytes, Headers, float], None], read: Callable[[bytes], LegEvent | None], wrong_version: str
    ) -> None:
        self._verify = verify
        self._read = read
        self._wrong_version = wrong_version

    def verify(self, body: bytes, headers: Headers, now: float) -> None:
        """Raises SignatureError."""
        try:
            self._verify(body, headers, now)
        except SignatureError as error:
            raise SignatureError(f"{error}; {self._wrong_version}") if self._is_of_the_other(body) else error from None

    def read(self, body: bytes) -> LegEvent | None:
        """The event of a webhook. Raises WebhookError."""
        return self._read(body)

    def _is_of_the_other(self, body: bytes) -> bool:
        try:
            self._read(body)
        except WebhookError as error:
            return str(error) == self._wrong_version
        return False


def first_version(account: CarrierSettings) -> Version:
    """Webhooks of version 1: HMAC-SHA256, laid out as the settings say."""
    return Version(v1_signature.Verifier(account.public_key, account.signature).verify, v1.read, v1.WRONG_VERSION)


def second_version(account: CarrierSettings) -> Version:
    """Webhooks of version 2: Ed25519 over the raw bytes."""
    verifier = Verifier(account.public_key)

    def verify(body: bytes, headers: Headers, now: float) -> None:
        signature, timestamp = headers.get(SIGNATURE.encode(), b""), headers.get(TIMESTAMP.encode(), b"")
        verifier.verify(body, signature.decode("latin-1"), timestamp.decode("latin-1"), now)

    return Version(verify, webhooks.read, webhooks.WRONG_VERSION)


VERSIONS = {1: first_version, 2: second_version}


def create_app(rooms: Rooms) -> Quart:
    """The application; serving it opens the rooms, and stopping it closes them."""
    app = Quart("callverbs")
    app.register_blueprint(routes.create(rooms))
    app.before_serving(rooms.open)
    app.after_serving(rooms.close)
    border = VERSIONS[rooms.settings.carrier.api](rooms.settings.carrier)
    app.asgi_app = Front(app.asgi_app, border, lambda: rooms.board, rooms.now)  # type: ignore[arg-type,assignment,method-assign]
    return app
