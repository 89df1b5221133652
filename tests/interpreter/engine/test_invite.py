"""The INVITE that the first hook is told of has what typed clients of jambonz require, and what the carrier has passed on."""

from callverbs.interpreter.engine import invite
from callverbs.verbs.language.app import App
from callverbs.verbs.language.leg import Leg

REQUIRED = {
    "via", "max-forwards", "from", "to", "call-id", "cseq", "contact", "user-agent", "allow", "supported", "min-se", "content-type",
    "content-length", "X-Account-Sid", "X-CID", "X-Forwarded-For", "X-Originating-Carrier", "X-Voip-Carrier-Sid", "X-Application-Sid",
}  # fmt: skip
"""Fields of cal-jambonz 0.1.76 (Rust) that are not optional: InitialRequest, SipPayloadHeaders."""
LEG = Leg(name="a", direction="inbound", from_="+14155550100", to="+14155550199", call_leg_id="sid", call_session_id="cs")


def test_every_header_that_clients_require_is_there() -> None:
    told = invite.describe(App(), LEG)
    assert set(told) == {"method", "uri", "version", "headers", "body", "payload", "raw"}
    assert set(told["headers"]) == REQUIRED
    assert all(isinstance(value, str) for value in told["headers"].values())


def test_what_the_carrier_passes_on_comes_first() -> None:
    LEG.headers = {"User-Agent": "Yealink", "X-Order": "7"}
    told = invite.describe(App(), LEG)
    assert told["headers"]["User-Agent"] == "Yealink"
    assert "user-agent" not in told["headers"]
    assert "X-Order: 7\r\n" in told["raw"]
    assert told["raw"].startswith("INVITE sip:+14155550199@127.0.0.1:5060 SIP/2.0\r\n")
