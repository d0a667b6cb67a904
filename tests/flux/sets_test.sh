# flux hostlist, R, config, queue list and the options of resource, overlay and exec.
source "$(dirname "$0")/lib.sh" "$@"

expect 0 flux hostlist -e 'a[1-3]' <<< 'a1 a2 a3'
expect 0 flux hostlist instance <<< 'vm,vm'
expect 0 flux hostlist -c 'a[1-3]' b <<< '4'
expect 0 flux hostlist -u b 'a[1-3]' a2 <<< 'a[1-3],b'
expect 0 flux hostlist -S b a2 a1 a2 <<< 'a[1-2,2],b'
expect 0 flux hostlist -i 'a[1-3]' 'a[2-5]' <<< 'a[2-3]'
expect 0 flux hostlist -m 'a[1-5]' a2 'a[4-9]' <<< 'a[1,3]'
expect 0 flux hostlist -X 'a[1-3]' 'a[3-4]' <<< 'a[1-2,4]'
expect 0 flux hostlist -x a2 'a[1-3]' <<< 'a[1,3]'
expect 0 flux hostlist -x 0-1 'a[1-3]' <<< 'a3'
expect 0 flux hostlist -n 0,2 'a[1-3]' <<< 'a[1,3]'
expect 0 flux hostlist -n -1 'a[1-3]' <<< 'a3'
expect 1 flux hostlist -n 3 'a[1-3]' <<< '[stderr] flux-hostlist: ERROR: Host index 3 is out of range'
expect 0 flux hostlist -L 2 'a[1-3]' <<< 'a[1-2]'
expect 0 flux hostlist --limit=-2 'a[1-3]' <<< 'a[2-3]'
expect 0 flux hostlist -F 'a[2-3]' 'a[1-3]' <<< '1 2'
expect 1 flux hostlist -F b 'a[1-3]' <<< '[stderr] flux-hostlist: ERROR: Host b not found'
expect 0 bash -c 'printf "a1 a2\na3\n" | "$FLUX" hostlist' <<< 'a[1-3]'
expect 0 flux hostlist -e -d '\n' 'a[1-2]' << 'X'
a1
a2
X
expect 1 flux hostlist foo1 <<< '[stderr] flux-hostlist: ERROR: job foo1 not found'
expect 0 flux hostlist -f foo1 foo2 <<< 'foo[1-2]'
expect 1 bash -c '"$FLUX" hostlist -q </dev/null' < /dev/null
expect 0 flux hostlist avail <<< 'vm,vm'
expect 0 flux hostlist -n 1 -l <<< 'vm'

flux R encode -r 0-1 -c 0-3 -H 'n[0-1]' -p fast:1 > a.json
expect 0 bash -c '"$FLUX" R decode --short < a.json' <<< 'rank[0-1]/core[0-3]'
expect 0 bash -c '"$FLUX" R decode -n < a.json' <<< 'n[0-1]'
expect 0 bash -c '"$FLUX" R decode -c core -x 0 < a.json' <<< '4'
expect 0 bash -c '"$FLUX" R decode -r -p fast < a.json' <<< '1'
expect 0 bash -c '"$FLUX" R decode -r -p ^fast < a.json' <<< '0'
flux R encode -r 2 -c 0-1 -H n2 > b.json
expect 0 bash -c 'cat a.json b.json | "$FLUX" R append | "$FLUX" R decode -s' \
  <<< 'rank[0-1]/core[0-3] rank2/core[0-1]'
flux R encode -r 1 -c 2-5 -H n1 > c.json
expect 0 bash -c 'cat a.json c.json | "$FLUX" R diff | "$FLUX" R decode -s' \
  <<< 'rank0/core[0-3] rank1/core[0-1]'
expect 0 bash -c 'cat a.json c.json | "$FLUX" R intersect | "$FLUX" R decode -s' <<< 'rank1/core[2-3]'
expect 0 bash -c '"$FLUX" R remap < c.json | "$FLUX" R decode -s' <<< 'rank0/core[0-3]'
expect 0 bash -c '"$FLUX" R rerank "n[1,0]" < a.json | "$FLUX" R decode -n' <<< 'n[1,0]'
expect 0 bash -c '"$FLUX" R set-property big:0 < a.json | "$FLUX" R decode -r -p big' <<< '0'
expect 1 bash -c '"$FLUX" R set-property big:7 < a.json' \
  <<< '[stderr] flux-R: property big: ranks 7 are not all in R'

expect 0 flux config get <<< '{}'
expect 1 flux config get a.b <<< '[stderr] flux-config: a.b is not set'
expect 1 flux config get -q a.b < /dev/null
expect 0 flux config get -d 5 a.b <<< '5'
printf '[tbon]\ntcp_user_timeout = "1m"\n[queues.batch]\nrequires = ["batch"]\n' > c.toml
expect 0 flux config get -c c.toml --type=fsd-integer tbon.tcp_user_timeout <<< '60'
expect 0 flux config get -c c.toml tbon.tcp_user_timeout <<< '1m'
expect 1 flux config get -c c.toml --type=integer tbon.tcp_user_timeout \
  <<< '[stderr] flux-config: tbon.tcp_user_timeout does not have the requested type: integer'
expect 0 bash -c 'echo "a.b = [1,2]" | "$FLUX" config load' < /dev/null
expect 0 flux config get a.b <<< '[1,2]'
expect 0 bash -c 'echo "{}" | "$FLUX" config load' < /dev/null

cores=$(($(flux resource list -n -s all -o '{ncores}')))
expect 0 flux queue list -n -o '{queue}{submission} {scheduling} {defaults.timelimit} {limits.range.nnodes} {limits.max.ncores}' \
  <<< "enabled started inf 0-2 $cores"
expect 0 bash -c '"$FLUX" queue list | head -1' \
  <<< ' EN ST TDEFAULT   TLIMIT     NNODES     NCORES      NGPUS'
expect 0 flux queue stop --quiet < /dev/null
expect 0 flux queue status << 'X'
Job submission is enabled
Scheduling is stopped
X
id=$(flux submit true)
expect 1 flux queue drain --timeout=0.05s <<< '[stderr] flux-queue: ERROR: drain: timeout'
expect 0 flux queue start <<< 'Scheduling is started'
expect 0 flux queue drain < /dev/null
expect 0 flux queue idle <<< '0 jobs'
expect 1 flux queue disable nosuch <<< "[stderr] flux-queue: ERROR: enable: 'nosuch' is not a valid queue"

expect 0 flux resource list -n -i 1 -s free,down -o '{state} {nnodes} {ranks}' <<< 'free 1 1'
expect 0 flux resource list -n --skip-empty -o '{state} {nnodes}' <<< 'free 2'
expect 0 flux resource list -n -o '{nnodes}' <<< '2'
expect 1 flux resource list -q nosuch <<< '[stderr] flux-resource: ERROR: [Errno 22] nosuch: no such queue'
expect 1 flux resource list -o nosuch \
  <<< "[stderr] flux-resource: ERROR: --format: No such format nosuch (Did you mean '{nosuch}'?)"
expect 0 flux resource status -n -s online,offline -o '{statex} {nnodes}' << 'X'
online 2
offline 0
X
expect 0 flux resource drain 0-1 first < /dev/null
expect 0 flux resource drain -n -o '{state} {ranks} {reason}' <<< 'drained 0-1 first'
expect 0 flux resource drain -u 1 second < /dev/null
expect 0 flux resource drain -n -i 1 -o '{ranks} {reason}' <<< '1 first'
expect 0 flux resource drain -f 1 third < /dev/null
expect 0 flux resource drain -n -i 1 -o '{ranks} {reason}' <<< '1 third'
expect 0 flux resource undrain 0-1 < /dev/null
expect 0 flux resource undrain -f 0-1 < /dev/null
expect 0 bash -c '"$FLUX" resource eventlog | cut -d" " -f2- | tail -2' << 'X'
drain idset="1" nodelist="vm" reason="third" overwrite=1
undrain idset="0-1" nodelist="vm,vm" overwrite=0
X
expect 0 bash -c '"$FLUX" resource eventlog --wait=restart | cut -d" " -f2' <<< 'restart'
expect 0 bash -c '"$FLUX" resource eventlog --follow > follow.log & follower=$!
  until grep -q undrain follow.log; do :; done
  "$FLUX" resource drain 0 fourth
  until grep -q fourth follow.log; do :; done
  kill $follower
  "$FLUX" resource undrain 0' < /dev/null

expect 0 flux overlay lookup 0 <<< 'vm'
expect 0 flux overlay parentof 1 <<< '0'
expect 0 flux overlay errors < /dev/null
expect 0 flux overlay status --timeout=0 --summary <<< 'full'
expect 0 bash -c '"$FLUX" overlay status -vv | sed -E "s/[0-9.]+m?s/T/;s/[0-9.]+ ms/T/"' << 'X'
0 vm: full for T (T)
└─ 1 vm: full for T (T)
X
expect 0 bash -c '"$FLUX" exec -r 1 --bg sleep 0 | sed -E "s/[0-9]+$/PID/"' <<< '1: PID'
expect 1 flux exec --waitable true <<< '[stderr] flux-exec: --waitable can only be used with --bg'
expect 0 bash -c '"$FLUX" ping -c 2 -i 0 1 | sed -E "s/time=.*/T/"' << 'X'
flux-ping 1!broker
1!broker.ping pad=0 seq=0 T
1!broker.ping pad=0 seq=1 T
X
expect 0 flux event pub -l foo.bar '{"a":1}' < /dev/null
expect 1 flux event pub foo.bar '[' <<< '[stderr] flux-event: payload is not a JSON object'
expect 1 flux ping -c 1 nosuch << 'X'
flux-ping any!nosuch
[stderr] flux-ping: nosuch.ping: Function not implemented
X

expect 0 bash -c '"$FLUX" dmesg -H | head -1 | sed -E "s/^\[.{11}\] .*/human/"' <<< 'human'

id=$(flux submit --wait -N2 -n4 true)
expect 0 flux job taskmap "$id" <<< '[[0,2,2,1]]'
expect 0 flux job taskmap --to=raw "$id" <<< '0-1;2-3'
expect 0 flux job taskmap --to=pmi "$id" <<< '(vector,(0,2,2))'
expect 0 flux job taskmap --to=hosts "$id" << 'X'
vm: 0-1
vm: 2-3
X
expect 0 flux job taskmap --taskids=1 "$id" <<< '2-3'
expect 0 flux job taskmap --ntasks=0 "$id" <<< '2'
expect 0 flux job taskmap --nodeid=3 "$id" <<< '1'
expect 0 flux job taskmap --hostname=3 "$id" <<< 'vm'
expect 0 flux job taskmap --to=multiline '(vector,(0,2,1))' << 'X'
0: 0
1: 1
X
expect 0 flux job taskmap '0-1;2-3' <<< '[[0,2,2,1]]'
finish
