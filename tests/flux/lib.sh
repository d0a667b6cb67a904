# Shared by the scripts here: `source lib.sh "$@"`. $1 is the flux program.
# A script calls itself again inside `flux start -s 2`; what it checks runs there.
set -u
FLUX=$(realpath "$1")
export LANG=C.UTF-8 FLUX
unset LC_ALL LC_CTYPE FLUX_F58_FORCE_ASCII

if [ -z "${IN_INSTANCE:-}" ]; then
  unset FLUX_URI
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  cd "$work" || exit 1
  IN_INSTANCE=1 "$FLUX" start -s 2 bash "$(realpath "$OLDPWD/$0" 2>/dev/null || echo "$0")" "$FLUX"
  exit $?
fi

failures=0
flux() { "$FLUX" "$@"; }

# Times, ids, host names and pids differ from run to run.
neutral() {
  sed -E -e "s/$(hostname)/vm/g" -e 's/ƒ[1-9A-HJ-NP-Za-km-z]+/ƒID/g' \
    -e 's/^[0-9]+\.[0-9]{3}s: /0.000s: /' -e 's/^[0-9]{10}\.[0-9]{6} /0.000000 /'
}

# expect STATUS COMMAND...: standard output and error (each as "[stderr] LINE") must be what is on
# standard input, the exit status STATUS.
expect() {
  local wanted_status=$1 status wanted got
  shift
  wanted=$(cat)
  "$@" > out.txt 2> err.txt < /dev/null
  status=$?
  got=$(neutral < out.txt; neutral < err.txt | sed 's/^/[stderr] /')
  if [ "$got" != "$wanted" ] || [ "$status" != "$wanted_status" ]; then
    failures=$((failures + 1))
    printf 'FAILED: %s\n--- wanted (exit %s)\n%s\n--- got (exit %s)\n%s\n' \
      "$*" "$wanted_status" "$wanted" "$status" "$got" >&2
  fi
}

# in_order COMMAND...: what the command says on standard error, sorted. The shell's words and the
# job's exception come to the user by two ways, either of which may be the quicker.
in_order() {
  local status
  "$@" 2> unsorted.txt
  status=$?
  neutral < unsorted.txt | sort >&2
  return $status
}

finish() {
  [ "$failures" = 0 ] || { echo "$failures checks failed" >&2; exit 1; }
  exit 0
}
