#!/bin/sh
# minicluster-entry as the first process of a container: its own process and mount namespaces, with
# private /etc, /home, /run, /var/lib, /usr/local/bin and /opt, and a Flux that is a shell script.
#
# Usage: container_test.sh PATH_OF_MINICLUSTER_ENTRY     (77: skipped, needs root and unshare)
set -eu

entry=$1
[ "$(id -u)" = 0 ] && unshare --mount --pid --fork true 2>/dev/null || exit 77

work=$(mktemp -d)
container=
cleanup() {
  [ -z "$container" ] || kill -KILL "$container" 2>/dev/null || :
  rm -rf "$work"
}
trap cleanup EXIT

fail() {
  echo "FAILED: $*" >&2
  echo "--- output" >&2
  cat "$work/out" >&2
  exit 1
}

# expect LINE: the container's output has this line.
expect() { grep -qxF -- "$1" "$work/out" || fail "no line '$1'"; }

# await LINE: waits until it has.
await() {
  tries=0
  until grep -qxF -- "$1" "$work/out"; do
    tries=$((tries + 1))
    [ $tries -lt 3000 ] || fail "'$1' never came"
    sleep 0.01
  done
}

# settings KEY VALUE...: the container's settings, with some of them replaced.
settings() {
  python3 - "$work/opt/minicluster/config/settings.json" "$@" <<'PYTHON'
import json, sys
words = lambda *w: list(w)
s = dict(
    cluster="flux-sample", addresses=words("localhost"), hosts="flux-sample-[0-1]", port=0,
    paths=dict(configDirectory="/etc/flux/config", curveCert="/etc/curve/curve.cert", resources="",
               runDirectory="/run/flux", stateDirectory="/var/lib/flux", script="/etc/flux/script",
               viewFile=""),
    searchPath=[], hooks=dict(init="", pre="", brokerPre="", workerPre="", post=""),
    mode="submit", command=words("echo", "a b"), script="", batchRaw=False, batchLogs="",
    submitCommand=words("flux", "submit"), submitOptions=words("-n", "1"), prefix=[],
    brokerOptions=[], wrap="", brokerConfig="# broker.toml\n", socket="/run/flux/local", quiet=True,
    strict=True, debug=False, timed=False, asRoot=False, user="flux", uid=4321, cores=0,
    userNames=words("peenut"), waitFor=[], waitSeconds=5, archivePath="", completeWorkers=False,
    deadlineSeconds=0, graceSeconds=10, podsReplaced=False)
for key, value in zip(sys.argv[2::2], sys.argv[3::2]):
    target = s
    *parents, last = key.split(".")
    for parent in parents:
        target = target[parent]
    target[last] = json.loads(value)
json.dump(s, open(sys.argv[1], "w"))
PYTHON
}

# flux TEXT: what the container's embedded Flux does.
flux() {
  printf '#!/bin/sh\n%s\n' "$1" >"$work/opt/minicluster/bin/flux"
  chmod 755 "$work/opt/minicluster/bin/flux"
}

# start [OPTIONS]: runs the container in the background; its first process is minicluster-entry.
# OPTIONS are those of its mounts.
start() {
  : >"$work/out"
  unshare --mount --pid --fork --kill-child sh -c '
    mount --make-rprivate /
    mount -t proc proc /proc
    for pair in etc:/etc home:/home run:/run lib:/var/lib bin:/usr/local/bin opt:/opt; do
      mount --bind "$1/${pair%%:*}" "${pair#*:}"
      mount -o "remount,bind,$2" "${pair#*:}"
    done
    cd /
    exec env -i PATH=/usr/bin:/bin HOME=/root TMPDIR="$1/tmp" JOB_COMPLETION_INDEX=0 \
      /opt/minicluster/bin/minicluster-entry' sh "$work" "${1:-rw}" >"$work/out" 2>&1 </dev/null &
  container=$!
}

# finish STATUS: waits for its end.
finish() {
  status=0
  wait "$container" || status=$?
  container=
  [ "$status" = "$1" ] || fail "exit status $status instead of $1"
}

# The pid of the container's first process, as seen from here.
first() { pgrep -P "$container"; }

for directory in etc home run lib bin tmp opt/minicluster/bin opt/minicluster/config opt/minicluster/secret; do
  mkdir -p "$work/$directory"
done
cp "$entry" "$work/opt/minicluster/bin/minicluster-entry"
# The hooks' shell may be bash, which is linked dynamically.
cp /etc/ld.so.cache "$work/etc/" 2>/dev/null || :
echo "root:x:0:0:root:/root:/bin/sh" >"$work/etc/passwd"
echo "root:x:0:" >"$work/etc/group"
(umask 277 && echo "the key" >"$work/opt/minicluster/secret/curve.cert")
(umask 277 && echo "peenut:butter" >"$work/opt/minicluster/secret/users")
chmod 755 "$work"

echo "# a job, its user and its files"
settings hooks.pre '"export FROM_HOOK=1"'
flux 'echo "user $(id -un) $(id -u) $(id -g)"
echo "home $HOME"
echo "hook $FROM_HOOK"
[ -w /run/flux ] && [ -w /var/lib/flux ] && [ -O /etc/curve/curve.cert ] && echo own
echo "cert $(stat -c %a /etc/curve/curve.cert) $(cat /etc/curve/curve.cert)"
echo "toml $(cat /etc/flux/config/broker.toml)"
echo "link $(readlink /usr/local/bin/flux)"
[ -r /opt/minicluster/secret/curve.cert ] || echo hidden
shift 2
for word in "$@"; do echo "word $word"; done
exit 3'
start
finish 3
for line in 'user flux 4321 4321' 'home /home/flux' 'hook 1' own 'cert 600 the key' \
  'toml # broker.toml' 'link /opt/minicluster/bin/flux' hidden \
  'word --config-path=/etc/flux/config' 'word --watch' 'word echo' 'word a b'; do
  expect "$line"
done
grep -q '^peenut:x:1000:1000::/home/peenut:' "$work/etc/passwd" || fail "no second user"
grep -q '^peenut:\$6\$' "$work/etc/shadow" || fail "no password"
[ "$(stat -c %a "$work/etc/shadow")" = 600 ] || fail "others may read the shadow file"

echo "# once more in the same container: nothing is made twice"
cp "$work/etc/passwd" "$work/before"
start
finish 3
cmp "$work/before" "$work/etc/passwd" || fail "passwd was changed again"
[ "$(grep -c '^flux:' "$work/etc/group")" = 1 ] || fail "a second group"

echo "# orphans are reaped"
settings
flux 'for i in 1 2 3 4 5; do (sh -c "exit 0" &); done
tries=0
while grep -qs "^State:.*zombie" /proc/[0-9]*/status; do
  tries=$((tries + 1))
  [ $tries -lt 1000 ] || { echo zombies; exit 1; }
  sleep 0.01
done
echo none left'
start
finish 0
expect 'none left'

echo "# signals reach Flux, and what hooks left running is ended in order"
settings quiet false hooks.pre '"(trap \"echo daemon ends; exit\" TERM; echo daemon; while :; do sleep 0.01; done) &"'
flux 'trap "echo flux ends; exit 5" TERM
echo ready
while :; do sleep 0.01; done'
start
await ready
await daemon
kill -TERM "$(first)"
finish 5
expect 'flux ends'
expect 'daemon ends'

echo "# what ignores signals is killed after the grace period"
settings graceSeconds 0
flux 'trap "" TERM
echo ready
while :; do sleep 0.01; done'
start
await ready
kill -TERM "$(first)"
finish 137

echo "# an image that can't be written still runs"
rm -rf "$work/bin/flux" "$work/etc/flux" "$work/etc/curve" "$work/run/flux" "$work/lib/flux"
settings userNames '[]' asRoot true
flux 'echo "rundir $4"'
start ro
finish 0
expect "rundir -Srundir=$work/tmp/flux-0/run/flux"

echo "passed"
