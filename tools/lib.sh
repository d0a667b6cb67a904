# shellcheck shell=bash
# What the scripts share: where things are, how to say something, how to run a long step.
# Sourced with `. tools/lib.sh`; besides defining names it takes the EXIT trap, see at_exit.

# A prefixed path from CDPATH would be printed and taken for the folder.
unset CDPATH
# shellcheck disable=SC2034  # used by the scripts that source this file
mc_root=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
# Outside the checkout: a fresh clone finds the images and the engine's data again.
# shellcheck disable=SC2034  # used by the scripts that source this file
mc_cache=${MINICLUSTER_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/minicluster}

# stdout belongs to a script's result (a page, a setting), stderr to what is said about it.
say() { printf '%s\n' "$*" >&2; }
die() { say "${0##*/}: $*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
is_root() { [ "$(id -u)" -eq 0 ]; }

# usage: prints the comment block at the top of the running script.
usage() { sed -n '2,/^[^#]/{/^#/s/^# \{0,1\}//p}' "$0"; }

# at_exit COMMAND: to be called when the script ends, however it does; the last one first.
mc_at_exit=()
at_exit() { mc_at_exit=("$1" "${mc_at_exit[@]}"); }
mc_end() {
  local command
  for command in "${mc_at_exit[@]}"; do "$command" || true; done
}
trap mc_end EXIT

# wait_until SECONDS COMMAND...: true as soon as COMMAND is, false after SECONDS.
wait_until() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.05
  done
}

# step NAME TEXT COMMAND...: says what happens, keeps COMMAND's output in a log file, shows its
# lines that begin with "note: ", and its last lines when it fails. COMMAND runs in the
# foreground, so that Ctrl-C reaches it; only the progress display is in the background.
# COMMAND must be a program: `set -e` does not hold inside a function called here.
step() {
  local name=$1 text=$2 began=$SECONDS status=0 log
  shift 2
  log=$mc_cache/log/${0##*/}-$name.log
  mkdir -p "${log%/*}"
  printf '%-8s %s\n' "$name" "$text" >&2
  : >"$log"
  progress_start "$log"
  "$@" >"$log" 2>&1 </dev/null || status=$?
  progress_stop
  sed -n 's/^note: /         /p' "$log" >&2
  [ "$status" -eq 0 ] || step_failed "$name" "$status" "$log"
  [ $((SECONDS - began)) -lt 2 ] || say "         $((SECONDS - began)) s"
}

step_failed() {
  say "${0##*/}: $1 failed (exit $2); the end of $3:"
  tail -n 30 "$3" >&2
  exit "$2"
}

mc_progress=
# An interrupted script must not leave its spinner drawing on the user's prompt.
at_exit progress_stop
progress_start() {
  [ -t 2 ] || return 0
  progress_draw "$1" &
  mc_progress=$!
}

progress_stop() {
  [ -n "$mc_progress" ] || return 0
  kill "$mc_progress" 2>/dev/null || true
  wait "$mc_progress" 2>/dev/null || true
  mc_progress=
  printf '\r\033[K' >&2
}

# One line: a spinner, the seconds so far, and what the command says at the moment.
progress_draw() {
  # shellcheck disable=SC1003  # a backslash, not an escaped quote
  local spin='|/-\' began=$SECONDS i=0 width line
  width=$(($(tput cols 2>/dev/null || echo 80) - 20))
  while :; do
    line=$(tail -n 1 "$1" 2>/dev/null | tr -cd '[:print:]') || true
    printf '\r\033[K         %s %3d s  %s' "${spin:i++ % 4:1}" $((SECONDS - began)) \
      "${line:0:width}" >&2
    sleep 0.2
  done
}
