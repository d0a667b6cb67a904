# shellcheck shell=bash disable=SC2154  # variables: settings() in tools/engine, lib.sh
# Our engine's bridge, addresses and packet rules. dockerd is told to leave iptables alone: at
# its start it would empty the chains of any other engine on this machine. What it would have
# added for us are the few rules below, and they can be taken away again one by one.

pool_candidates() {
  printf '%s\n' 10.213.0.0/16 10.214.0.0/16 10.215.0.0/16 172.28.0.0/16 172.29.0.0/16 \
    172.30.0.0/16 10.81.0.0/16 10.82.0.0/16
}

make_bridge() {
  local pool address
  pool=$(cat "$data/pool")
  # The first /24 of the pool is the default network's.
  address=${pool%.*.*}.0.1/24
  have_bridge "$bridge" "$address"
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
