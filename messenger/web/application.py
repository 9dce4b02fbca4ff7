"""A Flask application as every room expects it: guarded, one commit a request, strict headers, calm errors."""

from pathlib import Path

import gevent
from flask import request
from werkzeug.exceptions import RequestTimeout

from messenger.web import client_build, csrf, errors, guards, headers, pages, words
from messenger.web.body import MAX_REQUEST_BYTES
from messenger.web.identity import NoCookieSessions, RecogniseRequest, login_manager
from messenger.web.request_scope import OneCommit, Scope, install

TEMPLATES = Path(__file__).parents[2] / "templates"
BODY_SECONDS = 30


def new_application(scope: Scope, recognise: RecogniseRequest) -> OneCommit:
    """An application with the page shells and the built client, and no room yet.

    Raises:
        BuildDamaged: the built client is not what its manifest says.
    """
    settings = scope.settings
    app = OneCommit("messenger", static_folder=None, template_folder=str(TEMPLATES))
    app.config.update(MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES, SECRET_KEY=settings.secret_key)
    app.session_interface = NoCookieSessions()
    app.extensions[client_build.EXTENSION] = client_build.ClientBuild.load()
    app.jinja_env.globals["t"] = words.t
    install(app, scope)
    login_manager(recognise).init_app(app)
    app.register_blueprint(client_build.blueprint(settings))
    app.register_blueprint(pages.blueprint(settings))
    errors.install(app)
    headers.install(app, settings)

    @app.before_request
    def _admit() -> None:
        csrf.check_same_origin(request, settings.base_url)
        # The body is here before a transaction begins: a caller who sends it slowly holds up nobody else's.
        with gevent.Timeout(BODY_SECONDS, RequestTimeout()):
            request.get_data()
        guards.check_request(app)

    return app
