"""Files kept once by their SHA-256, recognised by their content and never changed."""
