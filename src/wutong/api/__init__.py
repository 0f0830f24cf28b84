"""The product for other programs: what a ledger declares, as JSON. The same forms, the same engine, the same words."""
