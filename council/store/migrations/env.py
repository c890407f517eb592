"""Where Alembic begins: its connection is inside a transaction already, and the commit is left to the owner."""

from __future__ import annotations

from alembic import context

from council.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
