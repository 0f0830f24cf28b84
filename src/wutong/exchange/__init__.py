"""Workbooks in and out; official documents out."""
