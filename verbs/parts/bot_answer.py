"""The answer of a bot's REST webhook: a list of messages, of which the texts are heard (Rasa's REST channel)."""

from typing import Any

import msgspec

MAX_ANSWER_BYTES = 16_384
"""One answer, as JSON."""
MAX_MESSAGES = 32
"""Messages of one answer."""


class BotAnswerError(ValueError):
    """An answer that nothing can be said of: why, as a sentence."""


def heard_texts(answer: Any) -> list[str]:
    """Returns the texts of an answer, in order. Other messages, such as images, are not heard. Raises BotAnswerError."""
    if not isinstance(answer, list) or not all(isinstance(one, dict) for one in answer):
        raise BotAnswerError("the answer is not a list of messages")
    if len(answer) > MAX_MESSAGES:
        raise BotAnswerError(f"the answer has {len(answer)} messages: {MAX_MESSAGES} are the most")
    if (size := len(msgspec.json.encode(answer))) > MAX_ANSWER_BYTES:
        raise BotAnswerError(f"the answer has {size} bytes: {MAX_ANSWER_BYTES} are the most")
    texts = [text for one in answer if isinstance(text := one.get("text"), str) and text.strip()]
    if not texts:
        raise BotAnswerError("the answer has no text")
    return texts
