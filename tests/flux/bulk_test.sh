# flux bulksubmit, watch, pgrep, pkill: many jobs at once.
source "$(dirname "$0")/lib.sh" "$@"

# The examples of flux-bulksubmit(1), which need no broker.
expect 0 flux bulksubmit --dry-run -n{0} echo {1} ::: 1 2 :::+ x y << 'X'
bulksubmit: submit -n1 echo x
bulksubmit: submit -n2 echo y
X
expect 0 flux bulksubmit --dry-run echo {1} {0} ::: 1 2 ::: 3 4 << 'X'
bulksubmit: submit echo 3 1
bulksubmit: submit echo 4 1
bulksubmit: submit echo 3 2
bulksubmit: submit echo 4 2
X
expect 0 bash -c 'seq 1 3 | "$FLUX" bulksubmit --dry-run echo {}' << 'X'
bulksubmit: submit echo 1
bulksubmit: submit echo 2
bulksubmit: submit echo 3
X
seq 0 1 > inputs
expect 0 flux bulksubmit --dry-run :::: inputs << 'X'
bulksubmit: submit 0
bulksubmit: submit 1
X
expect 0 flux bulksubmit --dry-run '--define=p2=2**int(x)' -n {.p2} hostname ::: 0 1 2 << 'X'
bulksubmit: submit -n1 hostname
bulksubmit: submit -n2 hostname
bulksubmit: submit -n4 hostname
X
expect 0 flux bulksubmit --dry-run '--output={./%}.out' cat {} {.//} {seq} ::: /a/b.txt << 'X'
bulksubmit: submit --output=b.out cat /a/b.txt /a 0
X
expect 1 flux bulksubmit echo {1} ::: a \
  <<< "[stderr] flux-bulksubmit: ERROR: replacement string '{1}': there are only 1 inputs"
expect 2 flux bulksubmit -n {} echo ::: 1 x << 'X'
[stderr] usage: flux bulksubmit [OPTIONS...] COMMAND [ARGS...]
[stderr] flux bulksubmit: error: argument -n/--ntasks: invalid int value: 'x'
X
expect 1 flux bulksubmit true :::: nosuchfile \
  <<< '[stderr] flux-bulksubmit: ERROR: nosuchfile: No such file or directory'
expect 1 flux jobs --stats-only <<< '0 running, 0 completed, 0 failed, 0 pending, 0 inactive purged'

expect 7 flux bulksubmit --wait --quiet sh -c 'exit {}' ::: 0 7 < /dev/null
expect 0 bash -c '"$FLUX" bulksubmit --quiet --watch echo {} ::: a b | sort' << 'X'
a
b
X
expect 0 bash -c '"$FLUX" bulksubmit --quiet --watch --cc={} sh -c "echo {cc}-\$FLUX_JOB_CC-{}" ::: 1-2 | sort' << 'X'
1-1-1-2
2-2-1-2
X
expect 0 bash -c '"$FLUX" bulksubmit --quiet --wait --log=log.{} --watch echo {} ::: a b; cat log.a log.b' << 'X'
a
b
X
expect 0 bash -c '"$FLUX" submit --cc=1-2 --wait --log=id.{cc} true; cat id.1 id.2' << 'X'
ƒID
ƒID
X

# What has run can be looked at again.
flux job purge --force --num-limit=0 > /dev/null
flux submit --quiet --wait --job-name=first echo one
flux submit --quiet --wait --job-name=second sh -c 'echo two; exit 3'
expect 3 flux watch --all << 'X'
one
two
X
expect 0 flux watch --active <<< '[stderr] flux-watch: No matching jobs'
expect 0 flux watch "$(flux pgrep -a first)" <<< 'one'
expect 2 flux watch << 'X'
[stderr] usage: flux-watch [OPTIONS] [JOBID ...]
[stderr] flux-watch: error: At least one job selection option is required
X
expect 2 flux watch fBADID << 'X'
[stderr] usage: flux-watch [OPTIONS] [JOBID ...]
[stderr] flux-watch: error: argument JOBID: invalid JobID value: 'fBADID'
X

expect 1 flux pgrep nosuch < /dev/null
expect 1 flux pgrep first < /dev/null
expect 0 flux pgrep -a first <<< 'ƒID'
expect 0 flux pgrep -f completed '' <<< 'ƒID'
expect 0 flux pgrep -a -o '{name} {result}' '^(first|second)$' << 'X'
NAME RESULT
second FAILED
first COMPLETED
X
expect 0 flux pgrep -a -n -o '{name}' "$(flux job last)..$(flux job last)" <<< 'second'
expect 1 flux pgrep -a -n -o '{name}' "name:$(flux job last)..$(flux job last)" < /dev/null
expect 2 flux pgrep << 'X'
[stderr] usage: flux-pgrep [OPTIONS] EXPRESSION...
[stderr] flux-pgrep: error: the following arguments are required: EXPRESSION
X
id=$(flux submit --job-name=tokill sleep 1000)
flux submit --quiet --job-name=tokeep sleep 1000
expect 0 flux pkill -w tokil <<< '[stderr] flux-pkill: Canceled 1 job'
expect 0 flux jobs -n -o '{name} {result}' "$id" <<< 'tokill CANCELED'
expect 0 flux pgrep -n -o '{name}' to <<< 'tokeep'
expect 1 flux pkill tokill < /dev/null
flux cancel --all --quiet 2> /dev/null
finish
