# run.sh FLUX TEST.py: the test in an instance of two brokers.
set -u
flux=$(realpath "$1")
folder=$(realpath "$(dirname "$0")")
unset FLUX_URI
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
FLUX=$flux PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$folder TMPDIR=$work \
  "$flux" start -s 2 python3 -m unittest -q "${2%.py}"
