"""The server as one ASGI application: the webhook middleware around a Quart application for operators."""

from quart import Quart

from callverbs.interpreter.server import routes
from callverbs.interpreter.server.runtime import Runtime
from callverbs.interpreter.server.webhook_middleware import WebhookMiddleware
from callverbs.interpreter.server.webhook_version import VERSIONS


def create_app(runtime: Runtime) -> Quart:
    """Returns the application. Its lifespan opens and closes the runtime."""
    app = Quart("callverbs")
    app.config.update(MAX_CONTENT_LENGTH=routes.MAX_BODY_BYTES, BODY_TIMEOUT=routes.BODY_SECONDS)
    app.register_blueprint(routes.create_blueprint(runtime))
    app.before_serving(runtime.open)
    app.after_serving(runtime.close)
    version = VERSIONS[runtime.settings.carrier.api](runtime.settings.carrier)

    def count(status: int) -> None:
        runtime.metrics.webhooks.labels(str(status)).inc()

    middleware = WebhookMiddleware(app.asgi_app, version, lambda: runtime.switchboard, runtime.wall, count)  # type: ignore[arg-type]
    app.asgi_app = middleware  # type: ignore[assignment,method-assign]
    return app
