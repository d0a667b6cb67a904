# Instances within the instance: batch scripts, alloc, what is seen of them, their end.
source "$(dirname "$0")/lib.sh" "$@"
PATH=$(dirname "$FLUX"):$PATH

await() { flux job wait-event -t 30 "$1" "$2" > /dev/null; }

# ---- flux alloc

expect 0 flux alloc -N1 sh -c 'echo "$(flux getattr size) $(flux getattr instance-level)"' <<< '1 1'
expect 0 bash -c '"$FLUX" alloc -N2 flux exec -r all flux getattr rank | sort' << 'X'
0
1
X
expect 0 flux mini alloc -n1 flux resource list -n -s all -o '{nnodes} {ncores}' <<< '1 1'
expect 1 flux alloc true <<< '[stderr] flux-alloc: ERROR: Number of slots to allocate must be specified'
flux alloc -N1 sh -c 'exit 5' > /dev/null 2> err.txt
[ $? = 5 ] && grep -q 'rc2.0: sh -c exit 5 Exited (rc=5)' err.txt &&
  grep -q '^flux-job: task(s) exited with exit code 5$' err.txt ||
  { echo "FAILED: the exit status of alloc"; cat err.txt; failures=$((failures + 1)); } >&2

# As Merlin starts its workers.
expect 0 flux alloc -o pty -N1 --exclusive --job-name=x bash -c 'test -t 1 && flux run echo worker' \
  <<< $'worker\r'
expect 0 bash -c '"$FLUX" jobs -n -o "{name}" "$("$FLUX" job last)"' <<< 'x'

# With a terminal it is the user's shell.
printf 'test -t 0 && echo tty-$(flux getattr instance-level); exit 3\n' |
  timeout 30 script -qec "\"$FLUX\" alloc -n1" /dev/null > out.txt
[ $? = 3 ] && grep -q 'tty-1' out.txt ||
  { echo "FAILED: an interactive shell"; cat out.txt; failures=$((failures + 1)); } >&2

# The instance knows the one around it.
expect 0 flux alloc -n1 bash -c 'FLUX_URI=$(flux getattr parent-uri) flux getattr size' <<< '2'
expect 0 flux alloc -n1 bash -c '[ "$(flux getattr jobid)" = "$FLUX_ENCLOSING_ID" ]' < /dev/null
expect 0 flux alloc -n1 bash -c 'path=$(flux run printenv FLUX_JOB_ID_PATH)
  [[ $path == /"$FLUX_ENCLOSING_ID"/*[!/]* ]] && echo below' <<< 'below'
# Two levels deep.
expect 0 flux alloc -n2 flux alloc -n1 flux getattr instance-level <<< '2'
expect 0 flux run -N2 flux start flux getattr size <<< '2'

# ---- flux batch

cat > script.sh << 'X'
#!/bin/bash
# flux: -N2
# flux: --job-name=from-script --output='batch-{{id}}.log'
echo "args $*"
flux run -N2 sh -c 'echo rank $FLUX_TASK_RANK' | sort
flux jobs -a -n -o '{name} {status_abbrev}'
X
id=$(flux batch script.sh one two)
expect 0 flux job status "$id" < /dev/null
expect 0 cat "batch-$id.log" << 'X'
args one two
rank 0
rank 1
sh CD
X
expect 0 flux jobs -n -o '{name}' "$id" <<< 'from-script'
expect 1 flux batch -n1 script.sh \
  <<< '[stderr] flux-batch: ERROR: node count must not be greater than task count'
id=$(flux batch -n2 --job-name=named script.sh)
expect 0 flux jobs -n -o '{name}' "$id" <<< 'named'
flux cancel "$id" 2> /dev/null
await "$id" clean
id=$(flux batch --wrap -n1 -o output.stdout.type=kvs echo wrapped)
expect 0 flux job attach "$id" <<< 'wrapped'
id=$(printf '#!/bin/sh\nflux run exit 7\nexit 3\n' | flux batch -n1 --output=none)
expect 3 bash -c '"$FLUX" job attach '"$id"' > /dev/null 2>&1' < /dev/null
expect 1 flux batch -n1 /nosuch <<< "[stderr] flux-batch: ERROR: No such file or directory: '/nosuch'"
echo true > plain
expect 1 flux batch -n1 plain <<< "[stderr] flux-batch: ERROR: plain does not appear to start with '#!'"
id=$(flux batch -n1 --conf=a.b=7 --output=none --wrap flux config get a.b)
expect 0 flux job attach "$id" <<< '7'

# ---- what is seen of them

id=$(flux alloc --bg -n2)
expect 0 flux proxy "$id" flux getattr instance-level <<< '1'
expect 0 flux proxy "$id" flux jobs -n < /dev/null
inner=$(flux proxy "$id" flux submit sleep 600)
deep=$(flux proxy "$id" flux alloc --bg -n1)
expect 0 flux proxy "$id/$deep" flux getattr instance-level <<< '2'
expect 0 bash -c '"$FLUX" jobs -R -n -o "{name} {status_abbrev}"' << 'X'
flux R

ƒID:
flux R
sleep R

ƒID/ƒID:
X
expect 0 bash -c '"$FLUX" jobs -R -L1 -n -o "{name}" | tail -1' <<< 'sleep'
expect 0 flux jobs -n -o '{name} {instance.stats.total} {instance.resources.all.ncores}' <<< 'flux 2 2'
expect 0 flux pstree << 'X'
.
└── flux
    ├── flux
    └── sleep
X
expect 0 bash -c '[ "$("$FLUX" uri --local '"$id"')" = "$("$FLUX" proxy '"$id"' "$FLUX" getattr local-uri)" ]' < /dev/null
expect 0 bash -c '[ "$("$FLUX" uri .)" = "$("$FLUX" getattr local-uri)" ]' < /dev/null
expect 0 flux proxy "$id" flux proxy .. flux getattr instance-level <<< '0'
expect 0 flux proxy "$id/$deep" flux proxy / flux getattr instance-level <<< '0'
expect 1 flux uri fBAD <<< '[stderr] flux-uri: ERROR: jobid fBAD not found'

# Brokers that see different file systems, as those of pods do, connect by TCP with a key of their
# own.
if unshare -m true 2> /dev/null; then
  expect 0 flux start -s 3 --wrap=unshare,-m flux alloc -N3 --broker-opts=-Stbon.topo=kary:1 sh -c \
    'flux getattr tbon.endpoint | sed "s/:.*//"; flux overlay status | tr -dc "a-z:\n"; flux run -N3 true' << 'X'
tcp
vm:full
vm:full
vm:full
X
fi

# A terminal is what flux top needs.
expect 1 flux top <<< '[stderr] flux-top: stdin is not a terminal'
expect 0 bash -c 'script -qec "\"$FLUX\" top --test-exit --color=never '"$id"'" /dev/null < /dev/null |
  grep -o -e "sleep" -e "depth: 1" -e " 2 running" | sort' << 'X'
 2 running
depth: 1
sleep
X

# ---- their end

expect 0 bash -c '"$FLUX" shutdown '"$id/$deep"' > /dev/null 2>&1' < /dev/null
expect 0 bash -c '"$FLUX" proxy '"$id"' "$FLUX" jobs -n -o "{name}"' <<< 'sleep'
flux cancel "$id" 2> /dev/null
await "$id" clean
expect 0 flux jobs -n -o '{status_abbrev}' "$id" <<< 'CA'
id=$(flux alloc --bg -N2 -t 1s)
await "$id" clean
expect 0 flux jobs -n -o '{status}' "$id" <<< 'TIMEOUT'
[ -z "$(find "$(flux getattr rundir)" -name 'jobtmp-*')" ] ||
  { echo "FAILED: directories of jobs are left"; failures=$((failures + 1)); } >&2
finish
