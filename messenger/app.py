"""The composition root: the one place that knows every room. Imported by wsgi.py, migrations and tests alone."""

import logging
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Flask, Request

from config import Settings
from messenger import health
from messenger.accounts import door_routes, sessions, upkeep
from messenger.accounts import models as account_models
from messenger.accounts import routes as account_routes
from messenger.accounts import sockets as account_sockets
from messenger.accounts.announcements import AccountJoined
from messenger.accounts.session_watch import SessionWatch
from messenger.audit import models as audit_models
from messenger.audit import routes as audit_routes
from messenger.audit.sequencer import Sequencer
from messenger.audit.service import EntriesRecorded
from messenger.between_nodes import Nodes
from messenger.chains import models as chain_models
from messenger.clock import Clock, open_clock
from messenger.consent import directory, joiners
from messenger.consent import models as consent_models
from messenger.consent import routes as consent_routes
from messenger.consent import service as consent
from messenger.conversations import emergency_keys
from messenger.conversations import models as conversation_models
from messenger.conversations import routes as conversation_routes
from messenger.conversations import sockets as conversation_sockets
from messenger.conversations.announcements import MessagesSent
from messenger.conversations.live import Live
from messenger.conversations.writer import Writer
from messenger.db import Base, open_database
from messenger.emergency import models as emergency_models
from messenger.emergency import routes as emergency_routes
from messenger.emergency import service as emergency
from messenger.emergency import sockets as emergency_sockets
from messenger.events import Subscribers
from messenger.inbox import models as inbox_models
from messenger.inbox import routes as inbox_routes
from messenger.inbox import service as inbox
from messenger.jobs import Background
from messenger.teams import models as team_models
from messenger.teams import routes as team_routes
from messenger.teams import service as teams
from messenger.teams import sockets as team_sockets
from messenger.teams.announcements import CustodiansNamed, ReaderCame, ReadersLeft
from messenger.web import guards
from messenger.web import models as web_models
from messenger.web.application import new_application
from messenger.web.guards import DeclaredDoor
from messenger.web.identity import Identity, RecogniseRequest
from messenger.web.request_scope import Scope
from messenger.web.session_token import token_of_connection, token_of_request
from messenger.web.sockets import Recognise, Sockets

SOCKETS = "between.sockets"
BACKGROUND = "between.background"
UPKEEP_SECONDS = 5
SESSIONS_SECONDS = 0.5

MODELS = (
    web_models,
    audit_models,
    chain_models,
    account_models,
    team_models,
    consent_models,
    conversation_models,
    inbox_models,
    emergency_models,
)
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
    scope = Scope(settings, open_database(settings.database_url, subscribers), clock or open_clock(settings.clock_file))
    app = new_application(scope, _request_recogniser(scope))
    sockets = Sockets(app, settings, _connection_recogniser(scope))
    app.extensions[SOCKETS] = sockets
    background = _background(scope)
    app.extensions[BACKGROUND] = background
    nodes = Nodes(settings, subscribers, background)
    sequencer = _keep_log(scope, subscribers, background)
    app.register_blueprint(audit_routes.blueprint)
    app.register_blueprint(health.blueprint(scope, {"log": lambda _scope: not sequencer.failing}))
    _furnish_rooms(app, sockets, subscribers, _watch_sessions(scope, sockets, background, nodes))
    _furnish_conversations(app, scope, sockets, subscribers, background, nodes)
    nodes.check_listed()
    declared_doors(app)  # raises where one is missing
    return app


def declared_doors(app: Flask) -> list[DeclaredDoor]:
    """Every endpoint and socket event with its guard."""
    sockets: Sockets = app.extensions[SOCKETS]
    return guards.declared_routes(app) + sockets.declared_events()


def start_background(app: Flask) -> None:
    """Start what runs beside the requests; the serving worker calls it once, tests that need it do too."""
    background: Background = app.extensions[BACKGROUND]
    background.start()


def stop_background(app: Flask) -> None:
    """Ask all of that to end, and close every live connection, so that a stop need not wait for them."""
    background: Background = app.extensions[BACKGROUND]
    background.stop()
    sockets: Sockets = app.extensions[SOCKETS]
    sockets.end_all("server_stops")


def _keep_log(scope: Scope, subscribers: Subscribers, background: Background) -> Sequencer:
    """The access log's sequencer, woken by every commit that has entries."""
    sequencer = Sequencer(scope.database, scope.clock, scope.settings.secret_key.encode())
    subscribers.after_commit(EntriesRecorded)(lambda _recorded: sequencer.wake())
    background.add("sequencer", sequencer.run, sequencer.stop)
    return sequencer


def _furnish_conversations(
    app: Flask, scope: Scope, sockets: Sockets, subscribers: Subscribers, background: Background, nodes: Nodes
) -> None:
    """The rooms of conversations and the inbox, with the writer and what it tells to browsers."""
    writer = Writer(scope.database, scope.clock)
    live = Live(sockets, scope.database, scope.clock, nodes.in_touch)
    conversation_routes.install(app, writer)
    conversation_sockets.register(sockets, subscribers, writer, live)
    subscribers.on_every_node(ReadersLeft)(live.hear)
    background.add("writer", writer.run, writer.stop)
    background.add("live", live.run, live.stop)
    subscribers.within_transaction(MessagesSent)(inbox.follow_messages)
    app.register_blueprint(inbox_routes.blueprint)
    subscribers.within_transaction(CustodiansNamed)(emergency_keys.follow_custodians)
    app.register_blueprint(emergency_routes.blueprint)
    emergency_sockets.register(sockets, subscribers)


def _furnish_rooms(app: Flask, sockets: Sockets, subscribers: Subscribers, watch: SessionWatch) -> None:
    """Blueprints, socket events and subscriptions of the rooms about people, from bottom to top."""
    app.register_blueprint(door_routes.doors)
    app.register_blueprint(account_routes.blueprint)
    account_sockets.register(sockets, subscribers, watch)
    app.register_blueprint(team_routes.blueprint)
    team_sockets.register(sockets, subscribers)
    subscribers.within_transaction(AccountJoined)(teams.await_admission)
    app.register_blueprint(consent_routes.blueprint)
    subscribers.within_transaction(AccountJoined)(consent.keep_first_consent)
    subscribers.within_transaction(ReaderCame)(joiners.record_joiner)
    subscribers.within_transaction(ReadersLeft)(joiners.tell_of_leavers)


def _watch_sessions(scope: Scope, sockets: Sockets, background: Background, nodes: Nodes) -> SessionWatch:
    """What ends the sockets of sessions whose end this node was not told of."""
    watch = SessionWatch(sockets, scope.database, scope.clock, nodes.in_touch)
    background.every(SESSIONS_SECONDS, "sessions of sockets", watch.look_if_due)
    return watch


def _background(scope: Scope) -> Background:
    """What runs beside the requests, from bottom to top."""
    background = Background()

    def tend_people() -> None:
        with scope.database.unit_of_work() as session:
            upkeep.tend(session, scope.clock.now())
            directory.forget_listings(session, scope.clock.now())
            emergency.end_over(session, scope.clock.now())

    background.every(UPKEEP_SECONDS, "people", tend_people)
    return background


def _request_recogniser(scope: Scope) -> RecogniseRequest:
    def recognise(request: Request) -> Identity | None:
        return _identity_behind(scope, token_of_request(request, https=scope.settings.https))

    return recognise


def _connection_recogniser(scope: Scope) -> Recognise:
    def recognise(environ: Mapping[str, Any], auth: Any) -> Identity | None:
        return _identity_behind(scope, token_of_connection(environ, auth, https=scope.settings.https))

    return recognise


def _identity_behind(scope: Scope, token: str | None) -> Identity | None:
    recognised = sessions.recognise(scope.database, token, scope.clock.now()) if token else None
    return Identity(**asdict(recognised)) if recognised else None
