"""Thin database backends: immediate foreign keys, identifiers of at most 30 characters."""
