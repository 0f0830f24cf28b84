"""One index over everything that has a name or a number, written in the transaction of what it finds."""
