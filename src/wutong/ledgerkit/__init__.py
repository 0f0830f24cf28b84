"""What a ledger declares, and the pages built from the declaration."""
