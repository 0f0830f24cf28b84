"""Measurements. Never part of the tests: machines are noisy, and a timed test fails for the wrong reason."""
