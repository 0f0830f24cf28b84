"""Who did what, and what failed: an append-only chain per account.

`services.record_event` writes, `queries.events` reads, `verify.faults` finds what was tampered with.
"""
