"""SQLite with immediate foreign keys."""
