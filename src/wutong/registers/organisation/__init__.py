"""Units, teams and officials."""
