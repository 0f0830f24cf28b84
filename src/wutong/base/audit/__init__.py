"""Who did what, and what failed: an append-only chain per account."""
