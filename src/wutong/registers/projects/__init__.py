"""Projects: identity and dated facts; a project's life is a case."""
