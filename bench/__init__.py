"""Measurements. Nothing here is a test: numbers are printed and written down, never asserted (`make bench`)."""
