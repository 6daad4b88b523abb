#!/bin/sh
# Runs one of the scripts beside this one with a Python that is recent enough.
set -eu
cd "$(dirname "$0")/.."

for python in "${PYTHON:-python3}" python3.13 python3.12 python3.11; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        script=$1
        shift
        exec "$python" "tools/$script" "$@"
    fi
done

echo "Préau demande Python 3.11 ou plus récent, et cette machine n’en a pas." >&2
echo "Debian 12 et Ubuntu 24.04 l’ont : apt install python3 python3-venv. Rien n’a été modifié." >&2
exit 1
