# shellcheck shell=bash disable=SC2154  # variables: settings() in ../cluster, lib.sh
# Addresses, all from one pool like 10.240.0.0/16: .0.1 is the machine, .0.2 node1, .0.3 node2
# ... on a bridge; .17.0/24 node1's pods, .18.0/24 node2's ...; .64.0/18 the Services. The machine
# has routes to all of them, and the nodes reach the machine: a webhook may run on it.

pool_candidates() { printf '10.%d.0.0/16\n' {240..247}; }

prefix() { cut -d . -f 1,2 "$data/pool"; }
device() { echo "mck$(cut -d . -f 2 "$data/pool")${1:+-$1}"; } # [NODE-NUMBER]
machine_address() { echo "$(prefix).0.1"; }
node_address() { echo "$(prefix).0.$(($1 + 1))"; }
pods_of() { echo "$(prefix).$((16 + $1)).0/24"; }
all_pods() { echo "$(prefix).16.0/20"; }
services() { echo "$(prefix).64.0/18"; }
first_service() { echo "$(prefix).64.1"; }

# Two clusters that start at once must not take the same.
take_pool() {
  exec {pools}>"$lock_folder/pools.lock"
  flock "$pools"
  choose_pool
  # Seen by the others as a route, whether or not they share the cache folder.
  have_bridge "$(device)" "$(machine_address)/24" mtu "$(way_out_mtu)"
  exec {pools}>&-
}

# Calls COMMAND with each rule: TABLE CHAIN MATCH...
each_rule() {
  local pool tag=(-m comment --comment "minicluster-kubernetes:$name")
  pool=$(cat "$data/pool")
  "$@" nat POSTROUTING -s "$pool" ! -d "$pool" "${tag[@]}" -j MASQUERADE
  "$@" filter FORWARD -i "$(device)" "${tag[@]}" -j ACCEPT
  "$@" filter FORWARD -o "$(device)" "${tag[@]}" -j ACCEPT
}

start_network() {
  [ "$(cat /proc/sys/net/ipv4/ip_forward)" = 1 ] || echo 1 >/proc/sys/net/ipv4/ip_forward
  each_rule add_rule
  ip route replace "$(services)" via "$(node_address 1)"
}

stop_network() {
  [ -s "$data/pool" ] || return 0
  each_rule remove_rule
  # Its routes go with it.
  ip link del "$(device)" 2>/dev/null || true
}

# connect_node NUMBER: a network namespace on the bridge, with routes to the other nodes' pods.
connect_node() {
  local own
  own=$(device "$1")
  disconnect_node "$1" # what a killed run has left may be half of it
  ip netns add "$own"
  ip link add "$own" mtu "$(way_out_mtu)" type veth peer name eth0 mtu "$(way_out_mtu)" netns "$own"
  ip link set "$own" master "$(device)" up
  {
    echo "link set lo up"
    echo "addr add $(node_address "$1")/24 dev eth0"
    echo "link set eth0 up"
    echo "route add default via $(machine_address)"
    for ((i = 1; i <= most_nodes; i++)); do
      [ "$i" -eq "$1" ] || echo "route add $(pods_of "$i") via $(node_address "$i")"
    done
  } | ip -n "$own" -batch -
  ip route replace "$(pods_of "$1")" via "$(node_address "$1")"
}

disconnect_node() {
  ip link del "$(device "$1")" 2>/dev/null || true
  ip netns del "$(device "$1")" 2>/dev/null || true
}
