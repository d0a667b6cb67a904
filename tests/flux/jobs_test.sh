# flux jobs, cancel, job *: listing, ending, looking into jobs.
source "$(dirname "$0")/lib.sh" "$@"

id=$(flux submit --job-name=slp sleep 1000)
flux job wait-event -q "$id" start
expect 0 flux jobs -o '{name} {status} {status_abbrev} {ntasks} {nnodes} {nodelist}' << 'X'
NAME STATUS ST NTASKS NNODES NODELIST
slp RUN R 1 1 vm
X
expect 0 bash -c '"$FLUX" jobs | head -1' \
  <<< '       JOBID USER     NAME       ST NTASKS NNODES     TIME INFO'
expect 0 flux cancel --all --dry-run <<< '[stderr] flux-cancel: Would cancel 1 job'
expect 0 flux cancel -m reason "$id" < /dev/null
expect 143 flux job attach "$id" << 'X'
[stderr] 0.000s: job.exception ƒID type=cancel severity=0 reason
[stderr] flux-job: task(s) Terminated
X
flux job wait-event -q "$id" clean
expect 1 flux cancel "$id" <<< '[stderr] flux-cancel: ERROR: ƒID: job is inactive'
expect 143 flux job status -vv "$id" <<< '[stderr] flux-job: ƒID: exception type=cancel'
expect 0 flux jobs -a -n -o '{name} {status} {returncode} {result} {exception.type} {exception.note}' \
  <<< 'slp CANCELED 143 CANCELED cancel reason'
expect 1 flux cancel 12345 <<< '[stderr] flux-cancel: ERROR: ƒID: unknown job id'
expect 2 flux cancel fBADID << 'X'
[stderr] usage: flux cancel [OPTIONS] [JOBID...]
[stderr] flux-cancel: error: argument JOBID...: invalid JobID value: 'fBADID'
X
expect 1 flux jobs --stats-only <<< '0 running, 0 completed, 1 failed, 0 pending, 0 inactive purged'
expect 1 flux jobs f1 <<< '[stderr] JobID f1 unknown'
expect 1 flux jobs -o nosuch \
  <<< "[stderr] flux-jobs: ERROR: --format: No such format nosuch (Did you mean '{nosuch}'?)"

id=$(flux submit --wait sh -c 'echo hi; exit 2')
expect 2 flux job attach "$id" << 'X'
hi
[stderr] flux-job: task(s) exited with exit code 2
X
expect 2 flux job attach -vE "$id" << 'X'
hi
[stderr] 0.000s: job.submit {"userid":0,"urgency":16,"flags":0,"version":1}
[stderr] 0.000s: job.validate
[stderr] 0.000s: job.depend
[stderr] 0.000s: job.priority {"priority":16}
[stderr] 0.000s: job.alloc {"annotations":{"sched":{"resource_summary":"rank0/core0"}}}
[stderr] 0.000s: job.start
[stderr] flux-job: task(s) exited with exit code 2
[stderr] 0.000s: job.finish {"status":512}
[stderr] 0.000s: job.release {"ranks":"all","final":true}
[stderr] 0.000s: job.free
[stderr] 0.000s: job.clean
X
expect 2 flux job status -v "$id" <<< '[stderr] flux-job: ƒID: exited with exit code 2'
expect 0 flux job eventlog "$id" << 'X'
0.000000 submit userid=0 urgency=16 flags=0 version=1
0.000000 validate
0.000000 depend
0.000000 priority priority=16
0.000000 alloc annotations={"sched":{"resource_summary":"rank0/core0"}}
0.000000 start
0.000000 finish status=512
0.000000 release ranks="all" final=true
0.000000 free
0.000000 clean
X
expect 0 bash -c '"$FLUX" job eventlog -p guest.output '"$id"' | sort -k3' << 'X'
0.000000 data stream="stderr" rank="0" eof=true
0.000000 data stream="stdout" rank="0" data="hi\n"
0.000000 data stream="stdout" rank="0" eof=true
0.000000 header version=1 encoding={"stdout":"UTF-8","stderr":"UTF-8"} count={"stdout":1,"stderr":1} options={}
X
expect 0 bash -c '"$FLUX" job eventlog -p guest.exec.eventlog '"$id"' | cut -d" " -f2' << 'X'
init
starting
shell.init
shell.start
shell.task-exit
shell-exit
complete
done
X
expect 0 flux job wait-event "$id" finish <<< '0.000000 finish status=512'
expect 1 flux job wait-event "$id" nosuch <<< "[stderr] flux-job: event 'nosuch' never received"
expect 1 flux job info "$id" nosuch <<< '[stderr] flux-job: nosuch: key not found'
expect 1 flux job attach f1 <<< '[stderr] flux-job: Failed to attach to f1: No such job'
expect 0 flux job last <<< 'ƒID'
expect 0 flux job id --to=dec ƒ6q87CkP <<< '221929013248'
expect 1 flux job kill "$id" <<< '[stderr] flux-job: kill ƒID: job is inactive'
expect 1 flux job raise "$id" <<< '[stderr] flux-job: raise ƒID: job is inactive'

# Input for one task: the others find the end of theirs.
id=$(flux submit -n3 cat)
expect 0 bash -c 'echo hi | "$FLUX" job attach -l -i 1 '"$id" <<< '1: hi'
finish
