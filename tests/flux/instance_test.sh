# What looks at the instance: attributes, resources, exec, overlay, queue, proxy, shutdown.
source "$(dirname "$0")/lib.sh" "$@"

expect 0 flux getattr size <<< '2'
expect 1 flux getattr nosuch <<< '[stderr] flux-getattr: nosuch: No such file or directory'
cores=$(flux resource R | sed -E 's/.*"core": "([^"]*)".*/\1/')
expect 0 bash -c '"$FLUX" resource list -n -s all -o "{nnodes} {nodelist} {ranks}"' <<< '2 vm,vm 0-1'
expect 0 bash -c '"$FLUX" resource list | head -1' <<< '     STATE NNODES NCORES NGPUS NODELIST'
expect 0 flux resource list -n -s all -o '{rlist}' <<< "rank[0-1]/core[$cores]"
expect 2 flux resource list -v << 'X'
[stderr] usage: flux-resource [-h]
[stderr]                      {drain,undrain,status,list,info,R,eventlog}
[stderr]                      ...
[stderr] flux-resource: error: unrecognized arguments: -v
X
expect 0 flux resource status << 'X'
       STATEUP NNODES NODELIST
       avail ✔      2 vm,vm
X
expect 0 flux resource drain 1 some reason < /dev/null
expect 0 flux resource status << 'X'
       STATEUP NNODES NODELIST
       avail ✔      1 vm
     drained ✔      1 vm
X
expect 0 flux resource undrain 1 < /dev/null
expect 1 flux resource undrain 1 <<< '[stderr] flux-resource: ERROR: rank 1 not drained'
expect 1 flux resource drain 99 <<< '[stderr] flux-resource: ERROR: [Errno 22] idset is out of range'

expect 0 flux exec -r 0-1 hostname << 'X'
vm
vm
X
expect 0 bash -c '"$FLUX" exec -l -r 0-1 hostname | sort' << 'X'
0: vm
1: vm
X
expect 3 flux exec -r all sh -c 'exit 3' <<< '[stderr] [0-1]: Exit 3'
expect 127 bash -c '"$FLUX" exec nosuchcmd 2> e; s=$?; sort e >&2; exit $s' << 'X'
[stderr] flux-exec: Error: rank 0: nosuchcmd: error launching process: No such file or directory
[stderr] flux-exec: Error: rank 1: nosuchcmd: error launching process: No such file or directory
X
expect 1 flux exec -r 7 true <<< '[stderr] flux-exec: One or more invalid --ranks specified: 7'
expect 0 bash -c 'seq 200000 | "$FLUX" exec -r 1 cksum' <<< "$(seq 200000 | cksum)"

expect 0 flux overlay status << 'X'
0 vm: full
└─ 1 vm: full
X
expect 0 flux queue disable -m msg <<< 'Job submission is disabled: msg'
expect 1 flux submit true <<< '[stderr] [Errno 22] job submission is disabled: msg'
expect 0 flux queue enable <<< 'Job submission is enabled'
expect 0 flux queue status << 'X'
Job submission is enabled
Scheduling is started
X
expect 4 flux proxy "$FLUX_URI" exit 4 < /dev/null
expect 0 bash -c '"$FLUX" proxy "$FLUX_URI" "$FLUX" run hostname' <<< 'vm'
expect 1 flux proxy local:///nonexist true \
  <<< '[stderr] flux-proxy: local:///nonexist: broker socket /nonexist was not found'
expect 1 env FLUX_URI=local:///nonexist "$FLUX" jobs \
  <<< '[stderr] flux-jobs: ERROR: Unable to connect to Flux: broker socket /nonexist was not found'
expect 1 env FLUX_URI=local:///nonexist "$FLUX" getattr size \
  <<< '[stderr] flux: flux_open: No such file or directory'
expect 1 flux nosuchcmd <<< "[stderr] flux: \`nosuchcmd' is not a flux command.  See 'flux --help'"

# An instance in the instance: its exit status, and how shutdown ends it.
expect 9 bash -c 'env -u FLUX_URI "$FLUX" start -s 1 sh -c "exit 9" 2> /dev/null' < /dev/null
expect 129 bash -c 'env -u FLUX_URI "$FLUX" start -s 1 bash -c "\"\$FLUX\" shutdown --background; sleep 1000" 2> /dev/null' < /dev/null
finish
