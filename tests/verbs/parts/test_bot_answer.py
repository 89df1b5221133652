"""The texts of a bot's answer, and what is none."""

from typing import Any

import pytest

from callverbs.verbs.parts.bot_answer import MAX_ANSWER_BYTES, MAX_MESSAGES, BotAnswerError, heard_texts

AROUND = len('[{"text":""}]')


@pytest.mark.parametrize(
    ("answer", "texts"),
    [
        ([{"recipient_id": "x", "text": "A"}, {"image": "https://x/1.png"}, {"text": "B", "buttons": []}], ["A", "B"]),
        ([{"text": " "}, {"text": None}, {"text": 5}, {"text": "A"}], ["A"]),
        ([{"text": "A"}] * MAX_MESSAGES, ["A"] * MAX_MESSAGES),
        ([{"text": "A" * (MAX_ANSWER_BYTES - AROUND)}], ["A" * (MAX_ANSWER_BYTES - AROUND)]),
    ],
)
def test_the_texts_of_an_answer(answer: Any, texts: list[str]) -> None:
    assert heard_texts(answer) == texts


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (None, "not a list"),
        ({"text": "A"}, "not a list"),
        (["A"], "not a list"),
        ([], "no text"),
        ([{"custom": {}}], "no text"),
        ([{"text": "A"}] * (MAX_MESSAGES + 1), f"{MAX_MESSAGES + 1} messages: {MAX_MESSAGES} are the most"),
        ([{"text": "A" * (MAX_ANSWER_BYTES - AROUND + 1)}], f"{MAX_ANSWER_BYTES + 1} bytes: {MAX_ANSWER_BYTES} are the most"),
    ],
)
def test_what_cannot_be_said(answer: Any, reason: str) -> None:
    with pytest.raises(BotAnswerError, match=reason):
        heard_texts(answer)
