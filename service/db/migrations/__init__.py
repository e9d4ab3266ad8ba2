"""Alembic's migrations: `service.db.migrate` runs them."""
