"""Staff pages that cross ledgers."""
