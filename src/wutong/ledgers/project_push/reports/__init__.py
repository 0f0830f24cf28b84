"""The monthly report of a project (催报) and the investment that comes out of it."""
