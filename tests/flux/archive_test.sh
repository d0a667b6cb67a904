# Files in the KVS, taken out on every node.
source "$(dirname "$0")/lib.sh" "$@"
PATH=$(dirname "$FLUX"):$PATH

mkdir -p from/data/empty
printf 'text\n' > from/data/small
printf '\377\0\1' > from/data/bytes
head -c 3000000 /dev/urandom > from/data/large
truncate -s 5M from/data/hole
dd if=/dev/urandom of=from/data/sparse bs=64k seek=100 count=1 status=none
ln -s small from/data/link
chmod 750 from/data/small from/data/empty
: > from/data/nothing

expect 1 flux archive list <<< '[stderr] flux-archive: KVS lookup archive.main: No such file or directory'
expect 0 flux archive create -v -C from data << 'X'
data/bytes
data/empty
data/hole
data/large
data/link
data/nothing
data/small
data/sparse
data
X
expect 1 flux archive create -C from data <<< '[stderr] flux-archive: archive.main: key exists'
expect 0 flux archive list -l 'data/[bs]*' << 'X'
f 0644        3 data/bytes
f 0750        5 data/small
f 0644  6619136 data/sparse
X
expect 0 bash -c '"$FLUX" archive list --raw "*/small" | grep -o "\"encoding\".*"' \
  <<< '"encoding":"utf-8","data":"text\n"}'
# On both brokers.
expect 0 flux exec -r all -q bash -c 'd=$PWD/to-$(flux getattr rank); mkdir "$d" && flux archive extract -C "$d"' < /dev/null
for rank in 0 1; do
  expect 0 diff -r --no-dereference from "to-$rank" < /dev/null
  expect 0 stat -c '%a %n' "to-$rank/data/small" "to-$rank/data/empty" << X
750 to-$rank/data/small
750 to-$rank/data/empty
X
done
[ "$(stat -c %b to-0/data/sparse)" -lt 2000 ] ||
  { echo 'FAILED: holes are filled'; failures=$((failures + 1)); } >&2
expect 1 flux archive extract -C to-0 '*/small' <<< '[stderr] flux-archive: data/small: open: File exists'
expect 0 flux archive extract -v --overwrite -C to-0 '*/small' <<< '[stderr] data/small'
expect 0 flux archive extract -t -C to-0 '*/small' <<< 'data/small'
expect 0 flux archive extract -C to-0 'nothing like it' \
  <<< "[stderr] flux-archive: No files matched pattern 'nothing like it'"

expect 0 flux archive create --append -C from data/small < /dev/null
expect 0 bash -c '"$FLUX" archive list | wc -l' <<< 10
expect 0 flux archive create --overwrite --preserve --chunksize=1M -C from data/large < /dev/null
expect 0 bash -c '"$FLUX" kvs ls archive.main_blobs | wc -w' <<< 3
expect 1 flux archive create --overwrite --append from \
  <<< '[stderr] flux-archive: --overwrite and --append cannot be used together'
expect 1 flux archive create -n other --chunksize=much from \
  <<< "[stderr] flux-archive: invalid size 'much'"
expect 1 flux archive create -n other nosuch <<< '[stderr] flux-archive: nosuch: No such file or directory'
mkfifo from/fifo
expect 1 flux archive create -n other from <<< '[stderr] flux-archive: from/fifo: unsupported file type'
expect 1 flux archive extract -n other --waitcreate=10ms \
  <<< '[stderr] flux-archive: archive.other: key was not created within timeout window'
mkdir waited
flux archive extract -n other --waitcreate -C waited & waiter=$!
expect 0 flux archive create -n other from/data/small < /dev/null
wait "$waiter"
expect 0 cat waited/from/data/small <<< 'text'

# What an archive says must not lead out of the directory.
flux kvs put 'archive.bad=[{"path":"../x","mode":33188,"size":0}]'
expect 1 flux archive extract -n bad -C to-0 \
  <<< '[stderr] flux-archive: ../x: the path is not relative and plain'
flux kvs put 'archive.bad=[{"path":"x","mode":33188,"size":9,"encoding":"blobvec","data":[[0,9,"sha1-00"]]}]'
expect 1 flux archive extract -n bad -C to-0 <<< "[stderr] flux-archive: x: bad blobref 'sha1-00'"
[ ! -e to-0/x ] || { echo 'FAILED: half a file is left'; failures=$((failures + 1)); } >&2

expect 0 flux archive remove < /dev/null
expect 1 flux archive remove <<< '[stderr] flux-archive: archive.main does not exist'
expect 0 flux archive remove -f < /dev/null
expect 0 bash -c '"$FLUX" kvs ls archive' <<< 'bad      other'
finish
