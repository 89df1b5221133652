"""The server as one ASGI application: the webhook front, and behind it a Quart application for operators."""

from collections.abc import Mapping

from quart import Quart

from interpreter.server import routes
from interpreter.server.front import Front
from interpreter.server.rooms import Rooms
from interpreter.telnyx import webhooks
from interpreter.telnyx.signature import SIGNATURE, TIMESTAMP, Verifier
from verbs._events import LegEvent


class SecondVersion:
    """Webhooks of version 2: Ed25519 over the raw bytes."""

    def __init__(self, public_key: str) -> None:
        self._verifier = Verifier(public_key)

    def verify(self, body: bytes, headers: Mapping[bytes, bytes], now: float) -> None:
        """Raises SignatureError."""
        signature, timestamp = headers.get(SIGNATURE.encode(), b""), headers.get(TIMESTAMP.encode(), b"")
        self._verifier.verify(body, signature.decode("latin-1"), timestamp.decode("latin-1"), now)

    def read(self, body: bytes) -> LegEvent | None:
        """The event of a webhook. Raises WebhookError."""
        return webhooks.read(body)


def create_app(rooms: Rooms) -> Quart:
    """The application; serving it opens the rooms, and stopping it closes them."""
    app = Quart("callverbs")
    app.register_blueprint(routes.create(rooms))
    app.before_serving(rooms.open)
    app.after_serving(rooms.close)
    border = SecondVersion(rooms.settings.carrier.public_key)
    app.asgi_app = Front(app.asgi_app, border, lambda: rooms.board, rooms.now)  # type: ignore[arg-type,assignment,method-assign]
    return app
