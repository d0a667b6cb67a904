# workflow.sh FLUX TOOL: the tool from PyPI, as it is, runs the workflow of the folder TOOL on an
# instance of two brokers. The tool is installed once, in the cache.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/../../../tools/lib.sh"

folder=$mc_root/tests/flux/python/$2
program=$(realpath "$1")
declare -A packages=(
  [maestro]='maestrowf==1.2.1'
  [snakemake]='snakemake==9.27.1 snakemake-executor-plugin-flux==0.1.1'
)

# The folder is named as the versions are: another version is another folder.
installed() {
  local words=${packages[$1]} place
  place=$mc_cache/python/$(printf '%s' "$words" | tr ' ' '_')
  mkdir -p "$mc_cache/python"
  (
    flock 9
    [ ! -e "$place/done" ] || exit 0
    say "installing $words"
    rm -rf "$place"
    python3 -m venv "$place" >&2
    # shellcheck disable=SC2086
    "$place/bin/pip" install -q --disable-pip-version-check $words >&2
    : >"$place/done"
  ) 9>"$mc_cache/python/.lock"
  echo "$place"
}

run_maestro() {
  maestro run -y -fg -s 1 -o out "$folder/study.yaml" >log 2>&1 || true # a step is to fail
  for word in one two; do
    check "made of $word"$'\n'"made of $word" cat "out/read/WORD.$word/read.txt"
    check 2 cat "out/read/WORD.$word/size.txt"
  done
  check 'fail_WORD.one FAILED
fail_WORD.two FAILED
make_WORD.one FINISHED
make_WORD.two FINISHED
read_WORD.one FINISHED
read_WORD.two FINISHED' states
  check '      2 F
      4 CD' results
}

states() { awk -F, 'NR > 1 {print $1, $4}' out/status.csv | sort; }
results() { flux jobs -a -n -o '{status_abbrev}' | sort | uniq -c | sort; }

run_snakemake() {
  cp "$folder/Snakefile" .
  snakemake --executor flux --jobs 2 --seconds-between-status-checks 1 >log 2>&1
  check 'SOME WORDS' cat upper.txt
  check '      2 CD' results
  check "$(flux job last)" cat id.txt
}

# check WANTED COMMAND...
check() {
  local wanted=$1 got
  shift
  got=$("$@") || true
  [ "$got" = "$wanted" ] || {
    tail -n 40 log >&2
    die "$*: '$got' and not '$wanted'"
  }
}

if [ -n "${IN_INSTANCE:-}" ]; then
  "run_$2"
  exit
fi
tool=$(installed "$2")
work=$(mktemp -d)
remove_work() { rm -rf "$work"; }
at_exit remove_work
mkdir "$work/bin" "$work/place"
cp "$program" "$work/bin/flux"
cd "$work/place"
unset FLUX_URI PYTHONPATH
export LANG=C.UTF-8 TMPDIR=$work PATH=$work/bin:$tool/bin:$PATH
# Snakemake keeps a cache in the user's.
XDG_CACHE_HOME=$work IN_INSTANCE=1 MINICLUSTER_CACHE=$mc_cache \
  flux start -s 2 bash "$mc_root/tests/flux/python/workflow.sh" "$program" "$2"
