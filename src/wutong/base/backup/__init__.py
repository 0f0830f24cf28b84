"""One portable backup of a zone, and its return into an empty database: the same files from SQLite and PostgreSQL.

The words of this package are read by who administers the machine; like those of the command line they are Chinese
and not translated.
"""
