"""The dispatch meeting together with the ledgers that it speaks about."""
