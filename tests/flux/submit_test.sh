# flux submit: ids, --wait and its exit status, copies, output files, refusals.
source "$(dirname "$0")/lib.sh" "$@"

expect 0 flux submit true <<< 'ƒID'
expect 0 flux submit --wait true <<< 'ƒID'
expect 1 flux submit --wait false <<< 'ƒID'
expect 0 flux submit --cc=1-3 echo {cc} << 'X'
ƒID
ƒID
ƒID
X
expect 2 flux submit --cc=1-2 --wait sh -c 'exit {cc}' << 'X'
ƒID
ƒID
X
expect 0 bash -c '"$FLUX" submit --quiet --bcc=1-2 --watch echo hi {cc} | sort' << 'X'
hi 1
hi 2
X
expect 0 flux submit --quiet --cc=1-2 --wait true < /dev/null
expect 0 flux submit --quiet --progress --wait true \
  <<< '[stderr] flux: WARNING: stdout is not a tty. Ignoring --progress option'
expect 0 bash -c '"$FLUX" submit --quiet --output=out.{{id}}.txt --wait -N2 -n4 hostname
  cat out.ƒ*.txt' << 'X'
vm
vm
vm
vm
X
expect 0 bash -c '"$FLUX" submit --quiet --output=o --error=e --wait sh -c "echo o; echo e >&2"
  cat o; echo --; cat e' << 'X'
o
--
e
X
expect 0 bash -c '"$FLUX" submit --quiet --output=b --wait sh -c "echo o; echo e >&2"; sort b' << 'X'
e
o
X
expect 1 bash -c '"$FLUX" job attach $("$FLUX" submit -N 9 true)' << 'X'
[stderr] 0.000s: job.exception ƒID type=alloc severity=0 unsatisfiable request: need 9 exclusive node(s), only 2 eligible
X
expect 1 flux submit -q nosuch true <<< "[stderr] [Errno 22] 'nosuch' is not a valid queue"
expect 1 flux submit -N2 -n1 true \
  <<< '[stderr] flux-submit: ERROR: node count must not be greater than task count'
expect 2 flux submit -n x true << 'X'
[stderr] usage: flux submit [OPTIONS...] COMMAND [ARGS...]
[stderr] flux submit: error: argument -n/--ntasks: invalid int value: 'x'
X
expect 0 bash -c '"$FLUX" submit -N2 -n4 --dry-run hostname | cut -c1-262' << 'X'
{"resources": [{"type": "node", "count": 2, "with": [{"type": "slot", "count": 2, "with": [{"type": "core", "count": 1}], "label": "task"}]}], "tasks": [{"command": ["hostname"], "slot": "task", "count": {"per_slot": 1}}], "attributes": {"system": {"duration": 0
X
finish
