"""`clinic create`: what the operator does once, before anybody can join."""

import json

import click

from config import Settings
from messenger import schema
from messenger.clock import SystemClock
from messenger.db import open_database
from messenger.teams import clinics
from messenger.teams.clinics import Service


@click.group()
def clinic() -> None:
    """Clinics on this server."""


@clinic.command()
@click.argument("name")
def create(name: str) -> None:
    """Create a clinic and print, once, the link with which its first administrator joins within a week."""
    settings = Settings.from_env()
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    schema.upgrade(settings.database_url)
    database = open_database(settings.database_url)
    service = Service(settings.base_url, settings.authority, settings.secret_key.encode())
    try:
        with database.unit_of_work() as session:
            created = clinics.create_clinic(session, name, service, SystemClock().now())
    finally:
        database.dispose()
    click.echo(json.dumps({"clinic": created.clinic, "link": created.link, "log_key": created.log_key}))
