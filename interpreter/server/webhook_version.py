"""The two versions of the carrier's webhooks: how each is verified and read, and how one of the other version is reported."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from callverbs.interpreter.server.carrier_settings import CarrierSettings
from callverbs.interpreter.telnyx import v1, v1_signature, webhooks
from callverbs.interpreter.telnyx.signature import SIGNATURE_HEADER, TIMESTAMP_HEADER, SignatureError, Verifier
from callverbs.interpreter.telnyx.webhooks import WebhookError
from callverbs.verbs.language.events import LegEvent

Headers = Mapping[bytes, bytes]


class WebhookVersion(NamedTuple):
    """A version of the carrier's webhooks."""

    check_signature: Callable[[bytes, Headers, float], None]
    """Takes the body, the headers, and now in UTC seconds. Raises SignatureError."""
    read: Callable[[bytes], LegEvent | None]
    """Returns the event of a webhook; None where callverbs does not use its type. Raises WebhookError."""

    def verify(self, body: bytes, headers: Headers, now: float) -> None:
        """Raises SignatureError. Its message says if the webhook is of the other version, which cannot be verified."""
        try:
            self.check_signature(body, headers, now)
        except SignatureError as error:
            if wrong_version := self._wrong_version(body):
                raise SignatureError(f"{error}; {wrong_version}") from None
            raise

    def _wrong_version(self, body: bytes) -> str:
        try:
            self.read(body)
        except WebhookError as error:
            return str(error) if error.other_version else ""
        return ""


def version_1(carrier: CarrierSettings) -> WebhookVersion:
    """Returns version 1: signed with HMAC-SHA256, in the layout of the settings."""
    return WebhookVersion(v1_signature.HmacVerifier(carrier.public_key, carrier.signature).verify, v1.read)


def version_2(carrier: CarrierSettings) -> WebhookVersion:
    """Returns version 2: signed with Ed25519 over the raw bytes."""
    verifier = Verifier(carrier.public_key)

    def check_signature(body: bytes, headers: Headers, now: float) -> None:
        signature, timestamp = headers.get(SIGNATURE_HEADER.encode(), b""), headers.get(TIMESTAMP_HEADER.encode(), b"")
        verifier.verify(body, signature.decode("latin-1"), timestamp.decode("latin-1"), now)

    return WebhookVersion(check_signature, webhooks.read)


VERSIONS: dict[int, Callable[[CarrierSettings], WebhookVersion]] = {1: version_1, 2: version_2}
