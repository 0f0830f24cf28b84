"""How projects are counted and what was published: a project counts once, a published count never changes."""
