"""What happens in one ledger because of another, one file per source ledger."""
