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

    def init_connection_state(self) -> None:
        """Without just-in-time compilation: who may see a row is a long condition, and compiling it took seconds where
        the answer takes milliseconds (the planner thinks small tables large until they are analysed). And with the cost of a page on a
        solid-state disk: with that of a turning one, a unit's few thousand assignments were looked for among all."""
        super().init_connection_state()
        self.connection.execute("SET jit = off; SET random_page_cost = 1.1")
        if not self.get_autocommit():
            self.connection.commit()
