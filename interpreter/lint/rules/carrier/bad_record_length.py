"""The rule bad-record-length (CV703)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class BadRecordLength(Rule, code="CV703", severity=ERROR):
    """`record_max_length` is outside of the carrier's range: 0 to 43200 seconds, where 0 means no limit. Or `maxLength` of
    a record is: 1 to 14400 seconds.

    Source: Telnyx's specification of 2026-07-16, `record_max_length` of answer, dial and transfer; its SDK, `max_length` of
    record_start.

    Why: the carrier refuses the command with the recording: the call is not answered, or no phone rings.

    Bad:

        [{"verb": "answer", "carrier": {"record": "record-from-answer", "record_max_length": 86400}}]

    Good:

        - answer: {carrier: {record: record-from-answer, record_max_length: 14400}}
        - say: {text: This call is recorded.}
    """
