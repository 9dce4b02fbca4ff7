"""The composition root: the one place that knows every room. Imported by wsgi.py, migrations and tests alone."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gevent
from flask import Flask, Request, request
from werkzeug.exceptions import RequestTimeout

from config import Settings
from messenger import health
from messenger.audit import models as audit_models
from messenger.clock import Clock, FileClock, SystemClock
from messenger.db import Base, open_database
from messenger.events import Subscribers
from messenger.web import client_build, csrf, errors, guards, headers, pages, words
from messenger.web import models as web_models
from messenger.web.body import MAX_REQUEST_BYTES
from messenger.web.guards import DeclaredDoor
from messenger.web.identity import Identity, NoCookieSessions, login_manager
from messenger.web.request_scope import OneCommit, Scope, install
from messenger.web.sockets import Sockets

ROOT = Path(__file__).parents[1]
SOCKETS = "between.sockets"
BODY_SECONDS = 30

MODELS = (web_models, audit_models)
"""Imported so that `metadata` knows every table."""

metadata = Base.metadata


def create_app(settings: Settings, clock: Clock | None = None) -> Flask:
    """The application, whole and checked: every endpoint and socket event has its guard, or this raises.

    Raises:
        GuardMissing: an endpoint declares none.
        BuildDamaged: the built client is not what its manifest says.
    """
    logging.getLogger("messenger").setLevel(settings.log_level)
    app = OneCommit("messenger", static_folder=None, template_folder=str(ROOT / "templates"))
    app.config.update(MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES, SECRET_KEY=settings.secret_key)
    subscribers = Subscribers()
    scope = Scope(settings, open_database(settings.database_url, subscribers), clock or _clock(settings))
    app.session_interface = NoCookieSessions()
    install(app, scope)
    _install_web(app, settings)
    sockets = Sockets(app, settings, _recognise_socket)
    app.extensions[SOCKETS] = sockets
    _furnish_rooms(app, scope, sockets, subscribers)
    declared_doors(app)  # raises where one is missing
    return app


def declared_doors(app: Flask) -> list[DeclaredDoor]:
    """Every endpoint and socket event with its guard."""
    sockets: Sockets = app.extensions[SOCKETS]
    return guards.declared_routes(app) + sockets.declared_events()


def start_background(app: Flask) -> None:
    """Start what runs beside the requests; the serving worker calls it once, tests that need it do too."""


def end_all_sockets(app: Flask) -> None:
    """Close every live connection, so that a stop need not wait for them."""
    sockets: Sockets = app.extensions[SOCKETS]
    sockets.end_all("server_stops")


def _furnish_rooms(app: Flask, scope: Scope, sockets: Sockets, subscribers: Subscribers) -> None:
    """Each room's blueprint, socket events and subscriptions, from bottom to top."""
    del sockets, subscribers
    app.register_blueprint(health.blueprint(scope))


def _recognise_request(_request: Request) -> Identity | None:
    return None


def _recognise_socket(_environ: Mapping[str, Any], _auth: Any) -> Identity | None:
    return None


def _clock(settings: Settings) -> Clock:
    return FileClock(settings.clock_file) if settings.clock_file else SystemClock()


def _install_web(app: Flask, settings: Settings) -> None:
    app.extensions[client_build.EXTENSION] = client_build.ClientBuild.load()
    login_manager(_recognise_request).init_app(app)
    app.jinja_env.globals["t"] = words.t
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
