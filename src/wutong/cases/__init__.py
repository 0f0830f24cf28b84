"""The engine: case, task, clock, change, assignment."""
