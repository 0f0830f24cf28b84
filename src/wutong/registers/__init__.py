"""Things that live for years, with dated facts."""
