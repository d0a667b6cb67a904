# Two brokers over TCP and TLS, as in pods: neither may need more than 6 MB at its worst moment, from
# its start until the first job runs, and the follower no more than 4 MB when it has nothing to do.
set -u
FLUX=$(realpath "$1")
unset FLUX_URI
work=$(mktemp -d)
follower=
trap 'kill $follower 2> /dev/null; rm -rf "$work"' EXIT
cd "$work" || exit 1

# The kernel maps the neighbours of a page with it, the more the larger the pieces are in which it
# holds the file: up to 2 MB more for a program that was just linked, none of it the broker's need.
# So this runs a copy that is read from the disk, as a program from an image is.
cp -L "$FLUX" flux
FLUX=$work/flux
dd of="$FLUX" oflag=nocache conv=notrunc,fdatasync count=0 status=none

"$FLUX" keygen curve.cert > /dev/null || exit 1
mkdir config rundir-0 rundir-1
# A port of the kernel's choice may be taken again before it is bound here: another try then.
write_config() {
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  cat > config/broker.toml <<X
[bootstrap]
curve_cert = "$work/curve.cert"
hosts = [
  { host = "first", bind = "tcp://127.0.0.1:$port", connect = "tcp://127.0.0.1:$port" },
  { host = "second" },
]
X
}

for try in 1 2 3; do
  write_config
  FLUX_FAKE_HOSTNAME=second "$FLUX" broker -c config -Srundir="$work/rundir-1" 2> follower.log &
  follower=$!
  # The parent of the initial program is the lead broker.
  FLUX_FAKE_HOSTNAME=first "$FLUX" broker -c config -Srundir="$work/rundir-0" bash -c '
    "$0" run -N2 true || exit 1
    for pid in $PPID '$follower'; do
      sed -n "s/^VmHWM:[[:space:]]*\([0-9]*\) kB/\1/p" /proc/$pid/status
    done > peaks
    # It becomes idle when nothing has been asked of it for a while.
    for try in $(seq 200); do
      sed -n "s/^VmRSS:[[:space:]]*\([0-9]*\) kB/\1/p" /proc/'$follower'/status > idle
      [ "$(cat idle)" -gt 4096 ] || break
      sleep 0.05
    done' "$FLUX" 2> lead.log
  status=$?
  grep -q 'Address already in use' lead.log || break
  kill $follower
  wait $follower
done
wait $follower
[ $status = 0 ] || { cat lead.log follower.log >&2; exit 1; }
for name in lead follower; do
  read -r kilobytes
  echo "$name: $kilobytes kB"
  [ "$kilobytes" -le 6144 ] || { echo "FAILED: more than 6 MB" >&2; exit 1; }
done < peaks
read -r kilobytes < idle
echo "follower, idle: $kilobytes kB"
[ "$kilobytes" -le 4096 ] || { echo "FAILED: more than 4 MB" >&2; exit 1; }
