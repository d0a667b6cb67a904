# What a broker says it has: what its affinity, its cgroup's CPU quota and the configuration leave it.
set -u
FLUX=$(realpath "$1")
export FLUX
unset FLUX_URI
work=$(mktemp -d)
group=
trap 'rm -rf "$work"; [ -z "$group" ] || rmdir "$group"' EXIT
cd "$work" || exit 1
failures=0

# expect WANTED COMMAND...
expect() {
  local wanted=$1 got
  shift
  got=$("$@" 2> err.txt < /dev/null)
  [ "$got" = "$wanted" ] && return
  failures=$((failures + 1))
  printf 'FAILED: %s\n--- wanted\n%s\n--- got\n%s\n' "$*" "$wanted" "$got" >&2
  cat err.txt >&2
}
cores() { "$@" "$FLUX" start "$FLUX" resource list -n -s all -o '{ncores}'; }

first=$(sed -n 's/^Cpus_allowed_list:\t\([0-9]*\).*/\1/p' /proc/self/status)
expect 1 cores taskset -c "$first"

# A quota worth one CPU and a half, in whichever version of cgroups can be written here.
in_group() { sh -c 'echo $$ > "$0/cgroup.procs" && exec "$@"' "$group" "$@"; }
if [ "$(cores env)" -ge 2 ]; then
  for parent in /sys/fs/cgroup/cpu /sys/fs/cgroup; do
    mkdir "$parent/flux-test-$$" 2> /dev/null || continue
    group=$parent/flux-test-$$
    { echo 50000 > "$group/cpu.cfs_quota_us" || echo 50000 100000 > "$group/cpu.max"; } 2> /dev/null
    break
  done
  if [ -n "$group" ] && cat "$group/cpu.cfs_quota_us" "$group/cpu.max" 2> /dev/null | grep -q 50000
  then
    expect 1 cores in_group
  else
    echo "no quota can be set here: not tried"
  fi
fi

# Configured cores that are not there drain the node, unless nobody is to look.
config() { echo "{\"resource\":{$1\"config\":[{\"hosts\":\"here\",\"cores\":\"0-4095\"}]}}"; }
drained() {
  "$FLUX" start -Shostname=here "--conf=$(config "$1")" \
    "$FLUX" resource status -n -s drained -o '{nnodes} {reason}' | sed 's/\[.*//'
}
expect '1 missing resources: core' drained ''
expect '0 ' drained '"noverify":true,'
[ "$failures" = 0 ]
