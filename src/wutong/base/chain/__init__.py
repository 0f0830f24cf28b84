"""Append-only rows chained by a keyed MAC."""
