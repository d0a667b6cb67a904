# shellcheck shell=bash disable=SC2154  # variables: settings() in ../cluster, lib.sh
# A node is the process `unshare` with the node's folder as its last word: its namespaces hold
# every process and mount of the node, so its end is a power failure that leaves nothing.

nodes_here() {
  [ ! -d "$data" ] || find "$data" -maxdepth 1 -type d -name 'node[1-9]' -printf '%f\n' | sort
}

node_process() { processes unshare "$data/node$1"; }
node_runs() { [ -n "$(node_process "$1")" ]; }

# A node's cgroup in every hierarchy; what is in none of them is not bounded by the kubelet.
cgroups_of() { printf '%s\n' /sys/fs/cgroup/*/"mc-kubernetes-$name/node$1"; }

make_cgroup() { # HIERARCHY NODE-NUMBER
  local group=$1 part file
  for part in "mc-kubernetes-$name" "node$2" system; do
    group=$group/$part
    mkdir -p "$group"
    # A new cpuset is empty, and nothing could run in it.
    for file in cpuset.cpus cpuset.mems; do
      [ ! -e "$group/$file" ] || cat "${group%/*}/$file" >"$group/$file"
    done
  done
}

make_cgroups() {
  local hierarchy
  [ ! -e /sys/fs/cgroup/cgroup.controllers ] ||
    die "this machine has only cgroup v2; the test cluster's nodes are made for v1 hierarchies"
  for hierarchy in /sys/fs/cgroup/*/; do make_cgroup "${hierarchy%/}" "$1"; done
}

remove_cgroups() {
  wait_until 30 cgroups_removed "mc-kubernetes-$name" || die "processes are left in our cgroups"
}

cgroups_removed() { # PATH
  local group left=
  for group in /sys/fs/cgroup/*/"$1"; do
    [ -d "$group" ] || continue
    find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || left=1
  done
  [ -z "$left" ]
}

# What a node needs to know, for node.sh to source.
node_settings() {
  local key
  declare -A value=(
    [number]=$1 [data]=$data [programs]=$(binaries) [address]=$(node_address "$1")
    [first_address]=$(node_address 1) [pods]=$(pods_of "$1") [all_pods]=$(all_pods)
    [services]=$(services) [mtu]=$(way_out_mtu) [group]=mc-kubernetes-$name/node$1
  )
  for key in "${!value[@]}"; do printf '%s=%q\n' "$key" "${value[$key]}"; done
}

# The machine's, but never its loopback resolver, which a node can't reach.
resolvers() {
  local file
  for file in /etc/resolv.conf /run/systemd/resolve/resolv.conf; do
    if grep -E '^nameserver ' "$file" 2>/dev/null | grep -qvE ' (127\.|::1)'; then
      grep -vE '^nameserver (127\.|::1)' "$file"
      return
    fi
  done
}

start_node() {
  ! node_runs "$1" || return 0
  mkdir -p "$data/node$1"
  resolvers >"$data/resolv.conf"
  node_settings "$1" >"$data/node$1/settings"
  connect_node "$1"
  make_cgroups "$1"
  detached "$data/node$1/node.log" nsenter --net="/run/netns/$(device "$1")" \
    unshare --mount --pid --uts --ipc --fork --kill-child --mount-proc --propagation private \
    "$here/cluster.d/node" "$data/node$1"
}

stop_node() {
  local command
  for command in setsid nsenter unshare; do # it is each of them in turn, for a moment
    mapfile -t ids < <(processes "$command" "$data/node$1")
    [ "${#ids[@]}" -eq 0 ] || kill -9 "${ids[@]}" 2>/dev/null || true
  done
  wait_until 30 cgroups_removed "mc-kubernetes-$name/node$1" || die "node$1 does not end"
  [ ! -s "$data/pool" ] || disconnect_node "$1"
}

node_failed() {
  local log
  say "cluster: node$1 did not come up"
  for log in "$data/node$1/node.log" "$data/node$1"/log/*.log; do
    [ ! -s "$log" ] || { say "--- the end of $log"; tail -n 5 "$log" >&2; }
  done
  exit 1
}

# in_node NUMBER COMMAND...
in_node() {
  local process
  # The node's first process is the only child of unshare.
  process=$(cat "/proc/$(node_process "$1")"/task/*/children)
  shift
  nsenter --target "${process%% *}" --mount --net --pid --uts --ipc "$@"
}

fake_node() {
  cat <<END
apiVersion: v1
kind: Node
metadata:
  name: fake-$1
  annotations: {kwok.x-k8s.io/node: fake}
  labels: {type: kwok, kubernetes.io/hostname: fake-$1, kubernetes.io/os: linux}
spec:
  taints: [{key: kwok.x-k8s.io/node, value: fake, effect: NoSchedule}]
status:
  allocatable: {cpu: "64", memory: 256Gi, pods: "500"}
  capacity: {cpu: "64", memory: 256Gi, pods: "500"}
---
END
}

fake_nodes() {
  local count=${1-} i
  [[ $count =~ ^[0-9]+$ ]] || die "fake-nodes: how many?"
  for ((i = 1; i <= count; i++)); do fake_node "$i"; done |
    kubectl apply --server-side --force-conflicts -f - >/dev/null
  kubectl wait --for=condition=Ready node -l type=kwok --timeout=120s >/dev/null
}
