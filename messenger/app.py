"""The composition root: the one place that knows every room. Imported by wsgi.py, migrations and tests alone."""

import logging
from collections.abc import Mapping
from typing import Any

from flask import Flask, Request

from config import Settings
from messenger import health
from messenger.audit import models as audit_models
from messenger.clock import Clock, FileClock, SystemClock
from messenger.db import Base, open_database
from messenger.events import Subscribers
from messenger.web import guards
from messenger.web import models as web_models
from messenger.web.application import new_application
from messenger.web.guards import DeclaredDoor
from messenger.web.identity import Identity
from messenger.web.request_scope import Scope
from messenger.web.sockets import Sockets

SOCKETS = "between.sockets"

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
    subscribers = Subscribers()
    scope = Scope(settings, open_database(settings.database_url, subscribers), clock or _clock(settings))
    app = new_application(scope, _recognise_request)
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
