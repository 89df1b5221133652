"""A bare Quart handler: it reads the JSON of a webhook and says 200. It keeps nothing and checks nothing."""

import sys

import uvicorn
from quart import Quart, request

app = Quart(__name__)


@app.post("/webhooks/telnyx")
async def webhook() -> dict[str, str]:
    body = await request.get_json()
    assert body["data"]["id"]
    return {}


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False)
