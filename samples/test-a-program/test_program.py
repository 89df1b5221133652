from program import app


def test_sales(carrier):
    carrier.serve(app, "/webhooks")
    caller = carrier.call("+14155550100", "+14155550199")
    caller.press("1")
    assert caller.heard == ["Press 1 for sales.", "You pressed 1."]
    carrier.advance(5)
    assert caller.state == "ended"


def test_a_webhook_that_comes_twice(carrier):
    carrier.serve(app, "/webhooks")
    carrier.fault(webhook="call.answered", fault="duplicate")
    carrier.call()
    assert len(carrier.requests("gather_using_speak")) == 2, "this program does not notice, and asks twice"
