"""One writer for register entries: `record`."""
