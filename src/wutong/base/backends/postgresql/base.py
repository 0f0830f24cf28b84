"""PostgreSQL with immediate foreign keys and identifiers of at most 30 characters (portable to Citus and
domestic databases): a deferred violation would surface only at COMMIT, as another class of error."""

from django.db.backends.postgresql import base, operations


class DatabaseOperations(operations.DatabaseOperations):
    def deferrable_sql(self) -> str:
        return ""

    def max_name_length(self) -> int:
        return 30


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations
