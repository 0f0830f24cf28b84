"""PostgreSQL with immediate foreign keys and short identifiers."""
