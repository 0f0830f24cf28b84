"""Builds the sample zone. All names and rows are invented."""
