"""All tests: static checks, the suite on PostgreSQL where one answers, the suite with browser on SQLite.

SQLite comes last, so that the run ends with the summary of the runner; what ran before is named in it.
"""

import hashlib
import os
import sqlite3
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import psycopg
from check import BIN, ROOT, STATIC_CHECKS, failed_checks

LOCAL_SERVER = "postgresql://postgres@127.0.0.1:5432/"
LEFT_OUT = "not deep and not screenshots"


def main() -> int:
    failed = failed_checks(STATIC_CHECKS)
    done = [f"checks: {', '.join(f'{name} FAILED' for name in failed) or 'passed'}"]

    databases = []
    url = postgresql_url()
    if url:
        name = f"PostgreSQL {server_version(url)}"
        print(f"\nTests on {name}", flush=True)
        passed = run_tests(f"{LEFT_OUT} and not browser and not house", DATABASE_URL=url)
        databases.append(name if passed else f"{name} (FAILED)")
        if not passed:
            failed.append(name)

    databases.insert(0, f"SQLite {sqlite3.sqlite_version}")
    done.insert(0, f"databases: {', '.join(databases)}")
    print(f"\nTests on SQLite {sqlite3.sqlite_version}, with browser", flush=True)
    if not run_tests(LEFT_OUT, DATABASE_URL="", WUTONG_TEST_REPORT="\n".join(done)):
        failed.append("SQLite")
    return 1 if failed else 0


def run_tests(selection: str, **environment: str) -> bool:
    argv = [BIN / "pytest", "-q", "-n", "2", "--dist", "loadgroup", "-m", selection]
    # An empty DATABASE_URL would be taken for a wish.
    variables = {key: value for key, value in {**os.environ, **environment}.items() if value}
    return subprocess.run(argv, cwd=ROOT, env=variables, check=False).returncode == 0


def postgresql_url() -> str:
    """DATABASE_URL, else the local server if it lets us in; empty if there is none.

    Each checkout has test databases of its own, so that two of them can be tested at the same time.
    """
    given = os.environ.get("DATABASE_URL", "")
    if urlsplit(given).scheme in {"postgres", "postgresql"}:
        return given
    name = "wutong_" + hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
    return LOCAL_SERVER + name if server_version(LOCAL_SERVER) else ""


def server_version(url: str) -> str:
    """The server's version, or empty if it does not answer within three seconds."""
    maintenance = urlunsplit(urlsplit(url)._replace(path="/postgres", query=""))
    try:
        with psycopg.connect(maintenance, connect_timeout=3) as connection:
            row = connection.execute("SHOW server_version").fetchone()
    except psycopg.OperationalError:
        return ""
    return str(row[0]).split()[0] if row else ""


if __name__ == "__main__":
    sys.exit(main())
