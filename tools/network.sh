# shellcheck shell=bash disable=SC2154  # variables: settings() in the calling script, lib.sh
# For scripts that make networks of their own: addresses that are free, and packet rules that
# can be taken away again one by one.

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

# In use: every route but the default one, and what other engines and clusters of ours have taken.
taken_networks() {
  ip -4 route show table all type unicast |
    sed -nE 's/^([0-9.]+)(\/[0-9]+)? .*/\1\2/p' | sed -E '/\//!s/$/\/32/'
  cat "$mc_cache"/{engine,kubernetes}/*/pool 2>/dev/null || true
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
  die "no free network; write one like 10.90.0.0/16 into $data/pool"
}

# Packets larger than the way out can carry are lost where ICMP is filtered.
way_out_mtu() {
  local device
  device=$(ip -4 route show default | sed -nE 's/.* dev ([^ ]+).*/\1/p' | head -n 1)
  cat "/sys/class/net/${device:-lo}/mtu"
}

# have_bridge DEVICE ADDRESS OPTION...: there is one, and it is up.
have_bridge() {
  local device=$1 address=$2
  shift 2
  ip link show "$device" >/dev/null 2>&1 || ip link add "$device" "$@" type bridge
  ip addr replace "$address" dev "$device"
  ip link set "$device" up
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
