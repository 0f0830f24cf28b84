"""Long-lived processes look after their connection themselves; a request has Django do it."""

from django.db import close_old_connections, connection


def drop_stale_connection() -> None:
    """Close a connection that is broken or too old; the next query opens another. Within a transaction nothing is
    dropped: its end belongs to whoever opened it."""
    if not connection.in_atomic_block:
        close_old_connections()
