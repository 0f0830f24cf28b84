"""What kind of violation an IntegrityError is. Never by the constraint's name: shards rename constraints."""

from django.db import IntegrityError

UNIQUE = "23505"


def is_unique_violation(error: IntegrityError) -> bool:
    """Whether a unique constraint or index refused the row, by SQLSTATE or by SQLite's own code."""
    cause = error.__cause__
    sqlite = str(getattr(cause, "sqlite_errorname", ""))
    return getattr(cause, "sqlstate", None) == UNIQUE or sqlite in {
        "SQLITE_CONSTRAINT_UNIQUE",
        "SQLITE_CONSTRAINT_PRIMARYKEY",
    }
