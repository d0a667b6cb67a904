# shellcheck shell=bash disable=SC2154  # variables: settings() in tools/engine, lib.sh
# What our engine has on the machine besides its files: containers and cgroups.

# A shim outlives its containerd, and a container its shim. Killing a container's first
# process ends all of that container.
end_containers() {
  local shim
  for shim in $(processes containerd-shim-runc-v2 "$run/containerd.sock"); do
    # shellcheck disable=SC2046  # a list of process ids
    kill -9 $(cat "/proc/$shim/task"/*/children 2>/dev/null) "$shim" 2>/dev/null || true
  done
}

# Those of containers whose shim did not live to remove them, then their parent.
remove_cgroups() {
  find /sys/fs/cgroup -mindepth 1 -depth -type d -path "*/minicluster-$name*" \
    -regex ".*/minicluster-$name\(/.*\)?" -exec rmdir {} + 2>/dev/null || true
}
