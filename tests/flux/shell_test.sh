# Options of the job shell and of the commands that set them.
source "$(dirname "$0")/lib.sh" "$@"

# Task maps.
expect 0 bash -c '"$FLUX" run -N2 -n4 --taskmap=cyclic -l "$FLUX" getattr rank | sort' << 'X'
0: 0
1: 1
2: 0
3: 1
X
expect 0 bash -c '"$FLUX" run -N2 -n4 --taskmap="manual:[[1,1,2,1],[0,1,2,1]]" -l "$FLUX" getattr rank | sort' << 'X'
0: 1
1: 1
2: 0
3: 0
X
printf '%s\n' "$(hostname)" "$(hostname)" > hosts
expect 0 bash -c '"$FLUX" run -N2 -n2 --taskmap=hostfile:hosts -l "$FLUX" getattr rank | sort' << 'X'
0: 0
1: 1
X
expect 1 bash -c '"$FLUX" run --taskmap=odd true 2>&1 | sed "s/.*severity/severity/"; exit "${PIPESTATUS[0]}"' << 'X'
severity=0 unknown taskmap scheme 'odd'
flux-job: task(s) exited with exit code 1
X

# Templates in commands and file names; files that the job brings along.
expect 0 bash -c '"$FLUX" run -N2 -n2 echo "{{taskid}} {{task.index}} {{node.id}} {{size}} {{nosuch}}" | sort' << 'X'
0 0 0 2 {{nosuch}}
1 0 1 2 {{nosuch}}
X
expect 0 flux run --add-file=data=$'one\ntwo\n' cat '{{tmpdir}}/data' << 'X'
one
two
X
printf '#!/bin/sh\necho script $1\n' > script && chmod +x script
expect 0 flux run -N2 -n2 --add-file=script '{{tmpdir}}/script' x << 'X'
script x
script x
X
# The job's directory goes with the job.
expect 0 bash -c 'd=$("$FLUX" run sh -c "test -d \$FLUX_JOB_TMPDIR && echo \$FLUX_JOB_TMPDIR"); test -n "$d" && test ! -e "$d"' < /dev/null

# Output.
expect 0 bash -c '"$FLUX" run --output=a -o output.mode=append echo 1
  "$FLUX" run --output=a -o output.mode=append echo 2; cat a' << 'X'
1
2
[stderr] 0: stdout redirected to a
[stderr] 0: stderr redirected to a
[stderr] 0: stdout redirected to a
[stderr] 0: stderr redirected to a
X
expect 0 flux run -o output.limit=11 sh -c 'echo 12345; echo 6789; echo more' << 'X'
12345
6789
[stderr] 0.000s: flux-shell[0]:  WARN: stdout will be truncated, 11 limit exceeded
X
expect 0 flux run -u sh -c 'printf no-newline' <<< 'no-newline'
expect 0 bash -c '"$FLUX" run -n2 --output=labels -l sh -c "echo x" 2> /dev/null; sort labels' << 'X'
0: x
1: x
X

# Standard input: one rank, a file.
expect 0 bash -c 'echo hello | "$FLUX" run -n2 --input=1 -l cat' <<< '1: hello'
echo from-file > input
expect 0 flux run -n2 --input=input cat << 'X'
from-file
from-file
X

# Affinity: a task's CPUs are those of its cores; GPUs that the job does not have are hidden.
cpus=$(sed -n 's/^Cpus_allowed_list:\t//p' /proc/self/status)
expect 0 flux run -o cpu-affinity=off sed -n 's/^Cpus_allowed_list:\t//p' /proc/self/status <<< "$cpus"
first=${cpus%%[-,]*}
expect 0 flux run -o "cpu-affinity=map:$first" sed -n 's/^Cpus_allowed_list:\t//p' /proc/self/status \
  <<< "$first"
expect 0 bash -c '"$FLUX" run -n2 -N1 -o cpu-affinity=per-task grep ^Cpus_allowed_list: /proc/self/status |
  sort -u | wc -l' <<< '2'
expect 0 bash -c '"$FLUX" run -o cpu-affinity=odd true 2>&1 | sed -n "s/.*FATAL: //p"' \
  <<< "cpu-affinity: invalid value 'odd'"
expect 0 flux run sh -c 'echo $CUDA_VISIBLE_DEVICES' <<< '-1'
expect 0 flux run -o gpu-affinity=off sh -c 'echo ${CUDA_VISIBLE_DEVICES:-unset}' <<< 'unset'

# Limits, signals, the end of a job.
expect 0 flux run --rlimit=nofile=77 sh -c 'ulimit -n' <<< '77'
expect 0 flux run -t 1m --signal=USR2@59s \
  sh -c 'trap "echo warned; exit 0" USR2; while :; do :; done' <<< 'warned'
expect 0 bash -c '"$FLUX" run -n2 -o exit-on-error sh -c "test \$FLUX_TASK_RANK = 1 && exit 2; sleep 1000" 2>&1 | grep -o "exception.*"' << 'X'
exception ƒID type=exec severity=0 task 1 exited with error, exit-on-error is set
X
expect 0 bash -c '"$FLUX" run -n2 -o exit-timeout=0.05s sh -c "test \$FLUX_TASK_RANK = 1 || sleep 1000" 2>&1 | grep -o "severity.*"' << 'X'
severity=0 task 1 exited and exit-timeout=0.05s has expired
X
expect 126 bash -c 'echo x > plain; "$FLUX" run ./plain 2> /dev/null' < /dev/null
expect 0 flux run -o nosetpgrp true < /dev/null
expect 0 flux run -o oom.adjust=500 \
  sh -c 'until grep -q 500 /proc/$$/oom_score_adj; do :; done; echo 500' <<< '500'

# Where a job may run.
expect 0 flux run --requires=rank:1 "$FLUX" getattr rank <<< '1'
expect 1 flux submit '--requires=a|' true \
  <<< '[stderr] flux-submit: ERROR: --requires: a|: unexpected end of input'
finish
