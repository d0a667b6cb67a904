# flux run: output, exit statuses, signals, time limit, missing commands, stdin, labels, two nodes.
source "$(dirname "$0")/lib.sh" "$@"

expect 0 flux run hostname <<< 'vm'
expect 3 flux run sh -c 'echo out; echo err >&2; exit 3' << 'X'
out
[stderr] err
[stderr] flux-job: task(s) exited with exit code 3
X
expect 1 flux run false <<< '[stderr] flux-job: task(s) exited with exit code 1'
expect 127 in_order flux run /nosuch/cmd << 'X'
[stderr] 0.000s: flux-shell[0]: FATAL: task 0 (host vm): start failed: /nosuch/cmd: No such file or directory
[stderr] 0.000s: job.exception ƒID type=exec severity=0 task 0 (host vm): start failed: /nosuch/cmd: No such file or directory
[stderr] flux-job: task(s) exited with exit code 127
X
expect 127 in_order flux run nosuchcmd << 'X'
[stderr] 0.000s: flux-shell[0]: FATAL: task 0 (host vm): start failed: nosuchcmd: No such file or directory
[stderr] 0.000s: job.exception ƒID type=exec severity=0 task 0 (host vm): start failed: nosuchcmd: No such file or directory
[stderr] flux-job: task(s) exited with exit code 127
X
expect 1 flux run -n2 sh -c 'exit $FLUX_TASK_RANK' <<< '[stderr] flux-job: task(s) exited with exit code 1'
expect 143 flux run sh -c 'kill -TERM $$' <<< '[stderr] flux-job: task(s) Terminated'
expect 139 flux run sh -c 'kill -SEGV $$' <<< '[stderr] flux-job: task(s) Segmentation fault'
expect 142 flux run -t 0.1s sleep 30 << 'X'
[stderr] 0.000s: job.exception ƒID type=timeout severity=0 resource allocation expired
[stderr] flux-job: task(s) Alarm clock
X
expect 2 flux run --badopt true << 'X'
[stderr] usage: flux run [OPTIONS...] COMMAND [ARGS...]
[stderr] flux run: error: unrecognized arguments: --badopt
X
expect 0 flux run -v hostname << 'X'
vm
[stderr] jobid: ƒID
X

# Standard input goes to all tasks, also on the other broker; big input arrives whole.
expect 0 bash -c 'echo hello | "$FLUX" run cat' <<< 'hello'
expect 0 bash -c 'seq 2 | "$FLUX" run -N2 -n2 -l cat | sort' << 'X'
0: 1
0: 2
1: 1
1: 2
X
expect 0 bash -c 'seq 300000 | "$FLUX" run cat | cksum' <<< "$(seq 300000 | cksum)"
expect 0 bash -c 'head -c 3000000 /dev/urandom > big; "$FLUX" run cat < big | cmp - big' < /dev/null
expect 0 bash -c '"$FLUX" run cat <&-' < /dev/null

# A signal also reaches what a task has left behind, which holds the job's output open.
expect 143 bash -c '"$FLUX" run sh -c "sleep 1000 & echo left; exec sleep 1000" > left & job=$!
  until grep -qs left left; do "$FLUX" getattr rank > /dev/null; done
  "$FLUX" job kill "$("$FLUX" job last)"; wait $job' <<< '[stderr] flux-job: task(s) Terminated'

# Tasks know their place; each runs where it was put.
expect 0 bash -c '"$FLUX" run -N2 -n4 -l sh -c "echo \$FLUX_TASK_RANK \$FLUX_TASK_LOCAL_ID \$FLUX_JOB_NNODES \$FLUX_JOB_SIZE" | sort' << 'X'
0: 0 0 2 4
1: 1 1 2 4
2: 2 0 2 4
3: 3 1 2 4
X
expect 0 bash -c '"$FLUX" run -N2 -n2 "$FLUX" getattr rank | sort' << 'X'
0
1
X
expect 0 flux run --cwd=/usr pwd <<< '/usr'
expect 0 bash -c '"$FLUX" run "--env=-*" --env=A=b /usr/bin/env | grep -vE "^(FLUX|PMI|CUDA)_"' <<< 'A=b'
finish
