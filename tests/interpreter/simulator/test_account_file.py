"""The file of an account: what is in it, and what is wrong with it."""

from pathlib import Path

import pytest

from callverbs.interpreter.simulator import account_file
from callverbs.interpreter.simulator.account_file import AccountError

URL = "https://app.example/all"
GOOD = """
applications:
  sales: {id: "10", webhook_event_url: https://app.example/sales, webhook_api_version: "1"}
  support: {webhook_event_failover_url: https://b.example, webhook_timeout_secs: 2}
numbers: {"+14155550199": support}
faults:
  - {webhook: "call.*", fault: duplicate, probability: 0.1}
"""


def test_an_account(tmp_path: Path) -> None:
    file = tmp_path / "account.yaml"
    file.write_text(GOOD)
    account, faults = account_file.read(file, URL)
    assert [(one.id, one.application_name, one.webhook_event_url) for one in account.applications.values()] == [
        ("10", "sales", "https://app.example/sales"),
        ("support", "support", URL),
    ]
    assert account.called("+14155550199").id == "support"
    assert account.called("+14155550100").id == "10"
    assert account.applications["10"].route.api_version == "1"
    assert [one.fault for one in faults] == ["duplicate"]
    file.write_text("{}")
    assert account_file.read(file, URL)[0].may_dial("anything")


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("applications: [", ":1:16: "),
        ("aplications: {}", ":1:1: there is no property aplications; did you mean applications?"),
        ("applications: {a: {webhook_api_version: 3}}", "applications.a: Expected"),
        ("applications: {a: {webhook_timeout_secs: 31}}", "applications.a: webhook_timeout_secs is a number from 0 to 30, not 31"),
        ("applications: {a: {}}\nnumbers: {'1': b}", "numbers: there is no application b; there are a"),
        ("faults: [{fault: explode}]", ":1:"),
        ("faults: [{fault: drop}]", "drop is a fault of webhooks: give webhook"),
    ],
)
def test_what_is_wrong(written: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "account.yaml"
    file.write_text(written)
    with pytest.raises(AccountError) as raised:
        account_file.read(file, URL)
    assert message in str(raised.value)
