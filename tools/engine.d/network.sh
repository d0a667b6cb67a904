# shellcheck shell=bash disable=SC2154  # variables: settings() in tools/engine, lib.sh
# Our engine's bridge, addresses and packet rules. dockerd is told to leave iptables alone: at
# its start it would empty the chains of any other engine on this machine. What it would have
# added for us are the few rules below, and they can be taken away again one by one.

pool_candidates() {
  printf '%s\n' 10.213.0.0/16 10.214.0.0/16 10.215.0.0/16 172.28.0.0/16 172.29.0.0/16 \
    172.30.0.0/16 10.81.0.0/16 10.82.0.0/16
}

address_number() {
  local IFS=. a b c d
  read -r a b c d <<<"$1"
  echo $(((a << 24) + (b << 16) + (c << 8) + d))
}

overlap() {
  local shorter=$((${1#*/} < ${2#*/} ? ${1#*/} : ${2#*/}))
  local shift=$((32 - shorter))
  (($(address_number "${1%/*}") >> shift == $(address_number "${2%/*}") >> shift))
}

# In use: every route but the default one, and what other engines of ours have taken.
taken_networks() {
  ip -4 route show table all type unicast |
    sed -nE 's/^([0-9.]+)(\/[0-9]+)? .*/\1\2/p' | sed -E '/\//!s/$/\/32/'
  cat "$mc_cache"/engine/*/pool 2>/dev/null || true
}

is_free() {
  local network
  while IFS= read -r network; do
    ! overlap "$1" "$network" || return 1
  done < <(taken_networks)
}

# The same at every start, since the networks in the data folder have addresses from it.
choose_pool() {
  [ ! -s "$data/pool" ] || return 0
  local pool
  for pool in $(pool_candidates); do
    if is_free "$pool"; then
      echo "$pool" >"$data/pool.new"
      mv "$data/pool.new" "$data/pool"
      return
    fi
  done
  die "no free network for the engine's containers; write one like 10.90.0.0/16 into $data/pool"
}

# Packets larger than the way out can carry are lost where ICMP is filtered.
way_out_mtu() {
  local device
  device=$(ip -4 route show default | sed -nE 's/.* dev ([^ ]+).*/\1/p' | head -n 1)
  cat "/sys/class/net/${device:-lo}/mtu"
}

make_bridge() {
  local pool address
  pool=$(cat "$data/pool")
  # The first /24 of the pool is the default network's.
  address=${pool%.*.*}.0.1/24
  ip link show "$bridge" >/dev/null 2>&1 || ip link add "$bridge" type bridge
  ip addr replace "$address" dev "$bridge"
  ip link set "$bridge" up
}

# Calls COMMAND with each rule: TABLE CHAIN MATCH...
each_rule() {
  local pool tag=(-m comment --comment "minicluster:$name")
  pool=$(cat "$data/pool")
  "$@" nat POSTROUTING -s "$pool" ! -d "$pool" "${tag[@]}" -j MASQUERADE
  "$@" filter FORWARD -s "$pool" "${tag[@]}" -j ACCEPT
  "$@" filter FORWARD -d "$pool" -m conntrack --ctstate RELATED,ESTABLISHED "${tag[@]}" -j ACCEPT
  # dockerd gives networks that users make an MTU of 1500, whatever the way out has.
  "$@" mangle FORWARD -s "$pool" ! -d "$pool" -p tcp --tcp-flags SYN,RST SYN "${tag[@]}" \
    -j TCPMSS --clamp-mss-to-pmtu
}

# First in the chain: another engine's rules may drop what they do not know.
add_rule() {
  local table=$1
  shift
  iptables -w 10 -t "$table" -C "$@" 2>/dev/null || iptables -w 10 -t "$table" -I "$@"
}

remove_rule() {
  local table=$1
  shift
  while iptables -w 10 -t "$table" -D "$@" 2>/dev/null; do :; done
}

start_network() {
  choose_pool
  make_bridge
  each_rule add_rule
}

# dockerd leaves the bridges of users' networks behind; they are those with our addresses.
remove_bridges() {
  local pool device address
  pool=$(cat "$data/pool")
  ip -4 -o addr show | awk '{ print $2, $4 }' | while read -r device address; do
    if overlap "$pool" "$address" && [ -d "/sys/class/net/$device/bridge" ]; then
      ip link del "$device"
    fi
  done
}

stop_network() {
  [ -s "$data/pool" ] || return 0
  each_rule remove_rule
  remove_bridges
}
