# shellcheck shell=bash disable=SC2154  # variables: settings() in ../cluster, lib.sh
# Images come into the nodes as archives: no registry and no Docker Engine are needed for that.

# The archives of all stand-ins. Those that are not in the cache are made, with a Docker Engine.
stand_ins() {
  local archives
  if ! archives=$("$mc_root/images/build" --archives 2>/dev/null); then
    archives=$(stand_ins_by_engine)
  fi
  printf '%s\n' "$archives"
}

stand_ins_by_engine() {
  local started='' settings
  if ! "$mc_root/tools/engine" status >/dev/null 2>&1; then
    "$mc_root/tools/install" engine >&2
    "$mc_root/tools/engine" start
    started=1
  fi
  settings=$("$mc_root/tools/engine" env)
  (
    eval "$settings"
    "$mc_root/images/build" --archives
  )
  [ -z "$started" ] || "$mc_root/tools/engine" stop
}

# The node keeps its images, so it is noted which archive it has under which file name.
import() { # NODE-NUMBER ARCHIVE KEY VERSION
  local note=$data/node$1/images/$3
  [ "$(cat "$note" 2>/dev/null)" != "$4" ] || return 0
  mkdir -p "${note%/*}"
  zstd -dcfq "$2" | in_node "$1" ctr -n k8s.io images import - >/dev/null
  echo "$4" >"$note"
}

import_everywhere() {
  local node tasks=() task
  for node in $(nodes_here); do
    ! node_runs "${node#node}" || { import "${node#node}" "$@" & tasks+=("$!"); }
  done
  for task in "${tasks[@]}"; do
    wait "$task" || die "$1 was not imported into every node"
  done
}

load_stand_ins() {
  local archives file key
  archives=$(stand_ins)
  for file in $archives; do
    key=${file##*/}
    say "note: image ${key%-*}"
    import_everywhere "$file" "${key%-*}" "$key"
  done
}

load_archives() {
  local file
  for file; do
    [ -r "$file" ] || die "no archive $file"
    import_everywhere "$file" "loaded-${file##*/}" "$(sha256sum <"$file")"
  done
}
