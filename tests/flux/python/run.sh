# run.sh FLUX TEST.py: the test in an instance of two brokers, with a copy of FLUX as `flux` on the
# PATH, as in a container: the module is imported from that file.
set -u
folder=$(realpath "$(dirname "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" "$work/place" && cp "$1" "$work/bin/flux" && cd "$work/place" || exit 1
unset FLUX_URI PYTHONPATH
PATH=$work/bin:$PATH PYTHONDONTWRITEBYTECODE=1 TMPDIR=$work LANG=C.UTF-8 \
  flux start -s 2 python3 "$folder/$2" -q
