# shellcheck shell=bash
# For scripts that run servers of their own: their processes and mounts. Everything is found by
# what it is, not by a pid file, which is stale after a kill -9.

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

# Runs COMMAND detached from this shell: its own session, no terminal, no inherited files (a
# lock or a pipe that a daemon keeps open would hold up whoever waits for it).
detached() {
  local log=$1
  shift
  (
    exec </dev/null >>"$log" 2>&1
    for fd in /proc/self/fd/*; do
      fd=${fd##*/}
      [ "$fd" -le 2 ] || eval "exec $fd>&-" 2>/dev/null || true
    done
    exec setsid "$@"
  ) &
}

# Deepest first, or the outer ones are busy.
unmount_under() {
  local target
  awk -v under="$1/" 'index($5, under) == 1 { print $5 }' /proc/self/mountinfo | sort -r |
    while IFS= read -r target; do
      umount -l "$target" || true
    done
}
