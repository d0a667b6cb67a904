# flux kvs, dump, restore, startlog.
source "$(dirname "$0")/lib.sh" "$@"

expect 0 flux kvs put a.b=1 'c="x"' < /dev/null
expect 0 flux kvs get a.b <<< '1'
expect 0 flux kvs get c <<< '"x"'
expect 0 flux kvs get -l a.b c << 'X'
a.b=1
c="x"
X
expect 0 flux kvs get -t a.b <<< '{"ver":1,"type":"val","data":"MQ=="}'
expect 1 flux kvs get nosuch <<< '[stderr] flux-kvs: nosuch: No such file or directory'
expect 1 flux kvs get a <<< '[stderr] flux-kvs: a: Is a directory'
expect 0 flux kvs ls <<< 'a           admin       c           resource'
expect 0 flux kvs ls a <<< 'b'
expect 0 flux kvs ls -F << 'X'
a.          admin.      c           resource.
X
expect 0 flux kvs ls -1d a c << 'X'
a
c
X
expect 1 flux kvs ls nosuch <<< '[stderr] nosuch: No such file or directory'
expect 0 flux kvs dir << 'X'
a.
admin.
c = "x"
resource.
X
expect 0 flux kvs dir -R a <<< 'a.b = 1'
expect 0 flux kvs put e= < /dev/null
expect 0 flux kvs get e < /dev/null
expect 0 flux kvs put --append e=one e=two < /dev/null
expect 0 flux kvs get e <<< 'onetwo'
expect 1 flux kvs put novalue <<< '[stderr] flux-kvs: put: you must specify a value as key=value'
expect 1 flux kvs put a.b.=1 .=2 <<< '[stderr] flux-kvs: flux_kvs_commit: Invalid argument'
printf 'a\0b' > raw.bin
expect 0 bash -c '"$FLUX" kvs put --raw r=- < raw.bin && "$FLUX" kvs get --raw r | cmp - raw.bin'

expect 0 flux kvs mkdir d d.sub < /dev/null
expect 0 flux kvs ls -R d << 'X'
d:
sub

d.sub:
X
expect 1 flux kvs unlink d <<< "[stderr] flux-kvs: cannot unlink 'd': Directory not empty"
expect 0 flux kvs unlink d.sub < /dev/null
expect 0 flux kvs unlink d < /dev/null
expect 1 flux kvs unlink d <<< "[stderr] flux-kvs: cannot unlink 'd': No such file or directory"
expect 0 flux kvs unlink -f d < /dev/null

expect 0 flux kvs link a.b l < /dev/null
expect 0 flux kvs get l <<< '1'
expect 0 flux kvs readlink l <<< 'a.b'
expect 1 flux kvs readlink a.b <<< '[stderr] flux-kvs: a.b: Invalid argument'
expect 0 flux kvs copy a copied < /dev/null
expect 0 flux kvs get copied.b <<< '1'
expect 0 flux kvs move copied moved < /dev/null
expect 0 flux kvs get moved.b <<< '1'
expect 1 flux kvs get copied.b <<< '[stderr] flux-kvs: copied.b: No such file or directory'
expect 1 flux kvs copy nosuch x <<< '[stderr] flux-kvs: flux_kvs_copy: No such file or directory'

version=$(flux kvs version)
expect 0 flux kvs wait "$version" < /dev/null
# A commit per change: the put is what is waited for.
expect 0 bash -c '"$FLUX" kvs wait '$((version + 1))' & "$FLUX" kvs put w=1; wait $!' < /dev/null
root=$(flux kvs getroot)
flux kvs put a.b=2
expect 0 flux kvs get a.b <<< '2'
expect 0 flux kvs get --at "$root" a.b <<< '1'
[[ $(flux kvs getroot -b) =~ ^sha1-[0-9a-f]{40}$ ]] || { echo "FAILED: getroot -b" >&2; failures=1; }

expect 0 flux kvs namespace create ns < /dev/null
expect 0 flux kvs put -N ns k=v < /dev/null
expect 0 env FLUX_KVS_NAMESPACE=ns "$FLUX" kvs get k <<< 'v'
expect 0 flux kvs namespace remove ns < /dev/null
expect 1 flux kvs get -N ns k <<< '[stderr] flux-kvs: k: Operation not supported'

expect 0 flux kvs eventlog append -t 1 log first '{"a":1}' < /dev/null
expect 0 flux kvs eventlog append -t 2.5 log second < /dev/null
expect 0 flux kvs eventlog get log << 'X'
1.000000 first {"a":1}
2.500000 second
X
expect 0 flux kvs eventlog get -u -c 1 log <<< '{"timestamp":1.0,"name":"first","context":{"a":1}}'
expect 0 flux kvs eventlog wait-event log second <<< '2.500000 second'
expect 1 flux kvs eventlog wait-event -t 0.1 log never \
  <<< "[stderr] flux-kvs: wait-event timeout on event 'never'"
expect 0 bash -c '"$FLUX" kvs eventlog wait-event -W new later & "$FLUX" kvs eventlog append -t 3 new later; wait $!' \
  <<< '3.000000 later'
expect 0 bash -c '"$FLUX" kvs get -W late & "$FLUX" kvs put late=here; wait $!' <<< 'here'

# Archives.
head -c 200000 /dev/urandom > big.bin
flux kvs put --raw big=- < big.bin
id=$(flux submit --wait echo hello)
expect 0 flux dump -q d.tgz < /dev/null
tar tzf d.tgz > list.txt || { echo "FAILED: tar" >&2; failures=1; }
for path in a/b admin/eventlog l resource/R "$(flux job id --to=kvs "$id" | tr . /)/guest/output"; do
  grep -qx "$path" list.txt || { echo "FAILED: $path is not in the archive" >&2; failures=1; }
done
expect 0 flux restore -q --key=test d.tgz < /dev/null
expect 0 flux kvs get test.a.b <<< '2'
expect 0 bash -c '"$FLUX" kvs get --raw test.big | cmp - big.bin' < /dev/null
expect 0 bash -c '"$FLUX" dump -q - | tar xf - -O a/b' < <(printf 2)
expect 1 flux restore d.tgz \
  <<< '[stderr] flux-restore: Please specify a restore target with --checkpoint or --key'
expect 1 flux dump /nonexist/x.tgz <<< "[stderr] flux-dump: Failed to open '/nonexist/x.tgz'"
expect 1 flux restore --key=x nosuch.tgz <<< "[stderr] flux-restore: Failed to open 'nosuch.tgz'"
echo nonsense > bad.tar
expect 1 flux restore -q --key=x bad.tar <<< '[stderr] flux-restore: bad.tar: the archive is cut off'
# A queue goes to another instance.
expect 0 env -u FLUX_URI "$FLUX" start -Scontent.restore="$PWD/d.tgz" "$FLUX" job attach "$id" <<< 'hello'
expect 0 env -u FLUX_URI "$FLUX" start -Scontent.dump="$PWD/end.tar" "$FLUX" kvs put z=1 < /dev/null
expect 0 tar xf end.tar -O z < <(printf 1)

expect 0 bash -c '"$FLUX" startlog | sed -E "s/^[-0-9]+ [0-9:]+ - running \(.*s\)$/ok/"' <<< 'ok'
expect 0 flux startlog --check --quiet < /dev/null

finish
