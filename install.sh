#!/bin/sh
# Make the environment and install the locked packages and this project into it; `make` calls it when a stamp is old.
#   install.sh PYTHON VENV REQUIREMENTS STAMP
# Can be killed and run again at any point: the stamp is written last, and every step repeats without harm.
set -eu
python=$1 venv=$2 requirements=$3 stamp=$4

fail() {
    printf 'error: %s\n' "$1" >&2
    exit 1
}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "$python is missing or older than 3.11. Install Python 3.11 or newer, or name one: make PYTHON=python3.12 ..."

if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    echo "Making the Python environment $venv"
    "$python" -m venv --clear "$venv" ||
        fail "the environment could not be made. On Debian and Ubuntu: apt-get install python3-venv"
fi

echo "Installing the packages of $requirements"
"$venv/bin/python" -m pip install --disable-pip-version-check --require-hashes -r "$requirements" ||
    fail "a package could not be installed; the lines above name it. Check the network (pip honours HTTPS_PROXY and pip.conf) and run the same again: what has arrived is kept."
"$venv/bin/python" -m pip install --disable-pip-version-check --quiet --no-deps --editable . ||
    fail "this project could not be installed; the lines above say why. Run the same again when that is mended."
touch "$stamp"
