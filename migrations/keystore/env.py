"""Runs the migrations of the keystore database on the connection that app.core.migrations gives."""

from alembic import context

connection = context.config.attributes["connection"]
if connection.dialect.name == "sqlite":
    # A key that a migration moves must not stay behind in free pages, where destroying it would not reach.
    connection.exec_driver_sql("PRAGMA secure_delete=ON")
    connection.commit()
context.configure(
    connection=connection,
    render_as_batch=True,
    transaction_per_migration=True,
)
context.run_migrations()
