"""One folder per mechanism; no ledger imports another."""
