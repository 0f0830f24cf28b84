"""Working days: one row per year with its State Council notice."""
