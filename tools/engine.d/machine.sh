# shellcheck shell=bash disable=SC2154  # variables: settings() in tools/engine, lib.sh
# What our engine has on the machine besides its files: processes, mounts and cgroups.
# Everything is found by what it is, not by a pid file, which is stale after a kill -9.

# processes COMMAND ARGUMENT: the ids of those that run COMMAND with exactly this argument.
processes() {
  local file pid exe
  { grep -lzxF -- "$2" /proc/[0-9]*/cmdline 2>/dev/null || true; } |
    while IFS= read -r file; do
      pid=${file#/proc/}
      pid=${pid%/cmdline}
      exe=$(readlink "/proc/$pid/exe") || continue
      exe=${exe% (deleted)} # the package was upgraded meanwhile
      [ "${exe##*/}" != "$1" ] || echo "$pid"
    done
}

no_processes() { [ -z "$(processes "$@")" ]; }

# end_processes SECONDS COMMAND ARGUMENT: asks them to end, then makes them.
end_processes() {
  local seconds=$1 pids
  shift
  mapfile -t pids < <(processes "$@")
  [ "${#pids[@]}" -gt 0 ] || return 0
  kill "${pids[@]}" 2>/dev/null || true
  wait_until "$seconds" no_processes "$@" && return
  kill -9 "${pids[@]}" 2>/dev/null || true
  wait_until 10 no_processes "$@" || die "$1 does not end"
}

# A shim outlives its containerd, and a container its shim. Killing a container's first
# process ends all of that container.
end_containers() {
  local shim
  for shim in $(processes containerd-shim-runc-v2 "$run/containerd.sock"); do
    # shellcheck disable=SC2046  # a list of process ids
    kill -9 $(cat "/proc/$shim/task"/*/children 2>/dev/null) "$shim" 2>/dev/null || true
  done
}

# Deepest first, or the outer ones are busy.
unmount_under() {
  local target
  awk -v under="$1/" 'index($5, under) == 1 { print $5 }' /proc/self/mountinfo | sort -r |
    while IFS= read -r target; do
      umount -l "$target" || true
    done
}

# Those of containers whose shim did not live to remove them, then their parent.
remove_cgroups() {
  find /sys/fs/cgroup -mindepth 1 -depth -type d -path "*/minicluster-$name*" \
    -regex ".*/minicluster-$name\(/.*\)?" -exec rmdir {} + 2>/dev/null || true
}
