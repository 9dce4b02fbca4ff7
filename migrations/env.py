"""How Alembic reaches the database: the engine, the metadata and the rules of the application itself."""

from alembic import context
from sqlalchemy import Connection

from messenger.app import metadata
from messenger.db import open_database

ONE_AT_A_TIME = 7_310_563_182_240_001
"""Key of the PostgreSQL advisory lock that a migrating node holds."""


def run_revisions(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        compare_server_default=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


def main() -> None:
    database = open_database(context.config.attributes["database_url"])
    with database.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            # Rebuilding a table drops it for a moment; SQLite allows the switch only outside a transaction.
            driver = connection.connection.driver_connection
            assert driver is not None  # noqa: S101 (a connection just opened)
            driver.execute("PRAGMA foreign_keys=OFF")
        else:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})")
        run_revisions(connection)
        connection.commit()
    database.dispose()


main()
