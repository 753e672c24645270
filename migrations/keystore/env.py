"""Runs the migrations of the keystore database on the connection that app.core.migrations gives."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    render_as_batch=True,
    transaction_per_migration=True,
)
context.run_migrations()
