"""Files kept once by their SHA-256."""
