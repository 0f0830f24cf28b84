"""Privileges on PostgreSQL: the application's role may not change or remove what is written once."""

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper

from wutong.base.chain.operations import append_only_tables


def grant_application_role(connection: BaseDatabaseWrapper, role: str) -> None:
    """Give `role` all it needs for daily work: SELECT and INSERT everywhere, UPDATE and DELETE except on
    append-only tables. Run by the owner of the tables after each migration; safe to repeat."""
    frozen = set(append_only_tables())
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE ROLE {quote(role)}")
        cursor.execute("SELECT current_schema()")
        schema = quote(cursor.fetchone()[0])
        cursor.execute(f"GRANT USAGE ON SCHEMA {schema} TO {quote(role)}")
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {quote(role)}")
        for table in sorted(tables & set(connection.introspection.table_names(cursor))):
            rights = "SELECT, INSERT" if table in frozen else "SELECT, INSERT, UPDATE, DELETE"
            cursor.execute(f"REVOKE ALL ON {quote(table)} FROM {quote(role)}")
            cursor.execute(f"GRANT {rights} ON {quote(table)} TO {quote(role)}")
