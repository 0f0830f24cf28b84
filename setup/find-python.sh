#!/bin/sh
# Prints the interpreter to build the environment with: $PYTHON, else the newest known one that is at least 3.11.
# A name on the PATH may be a shim that cannot run, therefore each candidate is asked.
for candidate in ${PYTHON:-python3.13 python3.12 python3.11 python3}; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        echo "$candidate"
        exit 0
    fi
done
if [ -n "$PYTHON" ]; then
    echo "PYTHON=$PYTHON is not a Python 3.11 or newer." >&2
else
    sudo=$([ "$(id -u)" = 0 ] || echo 'sudo ')
    echo "Wutong needs Python 3.11 or newer. Install it with:" >&2
    echo "    ${sudo}apt-get install -y python3 python3-venv" >&2
fi
exit 1
