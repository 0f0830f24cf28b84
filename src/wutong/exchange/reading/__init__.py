"""Reads a workbook in a child process.

`process` runs in the parent and is the only door; `child` runs in the child and, like everything it imports,
knows neither Django nor the database.
"""
