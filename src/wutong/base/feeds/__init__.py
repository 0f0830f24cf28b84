"""Secret addresses by which a calendar program reads what concerns one person, without signing in."""
