"""What hooks are told of a recording: where it is, how long it is, why it ended. This file knows nothing of who is told."""

from typing import Any

from callverbs.verbs.language.events import RecordingFailed, RecordingSaved

SAVED, SAVING, FAILED = "saved", "saving", "failed"
"""Values of `recording_status`."""
NOT_REPORTED = "the carrier has not reported the recording"


def recording_fields(event: RecordingSaved | RecordingFailed) -> dict[str, Any]:
    """Returns what the end of a recording adds to the payload of a hook."""
    if isinstance(event, RecordingFailed):
        return {"recording_status": FAILED, "recording_error": event.detail or "the carrier gives no reason"}
    found: dict[str, Any] = {
        "recording_status": SAVED,
        "recording_url": next(iter({**event.urls, **event.public_urls}.values()), None),
        "recording_urls": event.urls or None,
        "public_recording_urls": event.public_urls or None,
        "recording_duration": event.seconds,
        "carrier_recording_id": event.recording_id or None,
    }
    return {name: value for name, value in found.items() if value is not None}
