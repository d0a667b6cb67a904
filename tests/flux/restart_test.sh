# A lead broker that is killed with -9 and started again on its statedir has every job that it had
# accepted. $1 is the flux program.
set -u
FLUX=$(realpath "$1")
export LANG=C.UTF-8 FLUX
unset LC_ALL LC_CTYPE FLUX_F58_FORCE_ASCII FLUX_URI
work=$(mktemp -d)
broker=0
program=0
cd "$work" || exit 1
mkfifo ready stop

# end PID...: kills what is still there, and waits until it has gone.
end() {
  local pid
  for pid in "$@"; do
    [ "$pid" -gt 1 ] || continue
    kill -9 "$pid" 2> /dev/null
    tail --pid="$pid" -f /dev/null
  done
}
trap 'end $broker $program $(cat task.pid 2> /dev/null); rm -rf "$work"' EXIT

failures=0
flux() { timeout 60 "$FLUX" "$@"; }
fail() { failures=$((failures + 1)); echo "FAILED: $*" >&2; }
# equal WANTED GOT WHAT
equal() { [ "$1" = "$2" ] || fail "$3: wanted '$1', got '$2'"; }

# Returns when the instance runs its initial program.
start() {
  "$FLUX" broker -Sstatedir="$work/state" sh -c 'echo $$ $FLUX_URI > ready; exec cat stop' 2> broker.err &
  broker=$!
  read -r program FLUX_URI < ready
  export FLUX_URI
}
crash() {
  kill -9 "$broker"
  wait "$broker" 2> /dev/null
  end "$program"
}
shut_down() {
  flux shutdown > /dev/null 2>&1
  wait "$broker" 2> /dev/null
}
field() { flux jobs -n -o "{$2}" "$1"; }

start
finished=$(flux submit --wait --cc=1-5 sh -c 'echo job $FLUX_JOB_CC; echo oops >&2; exit 0')
failed=$(flux submit sh -c 'exit 3')
flux job wait-event "$failed" clean > /dev/null
held=$(flux submit --urgency=hold echo at last)
dependent=$(flux submit --dependency=afterok:"$held" echo after that)
running=$(flux submit --flags=waitable sh -c 'echo $$ > task.pid; echo so far; exec sleep 1000')
flux job wait-event -p exec "$running" shell.start > /dev/null
flux kvs put a.b=1 a.c='"x"'
flux kvs link a.b a.l
# The broker is killed in the midst of this.
: > accepted.txt
(while "$FLUX" submit --cc=1-20 true; do :; done >> accepted.txt 2> /dev/null) &
submitter=$!
tail -f --pid=$submitter accepted.txt 2> /dev/null | head -n 60 > /dev/null
crash
wait "$submitter"

start
flux jobs -a -n --count=0 -o '{id}' | sort > known.txt
{ echo "$finished"; echo "$failed"; echo "$held"; echo "$dependent"; echo "$running"; cat accepted.txt; } |
  sort > wanted.txt
lost=$(comm -13 known.txt wanted.txt)
equal '' "$lost" 'lost jobs'
n=1
for id in $finished; do
  equal 'job 1
oops' "$(flux job attach "$id" 2>&1 | sed "s/job $n/job 1/" | sort)" "output of $id"
  n=$((n + 1))
done
equal COMPLETED "$(field "$(echo "$finished" | head -n 1)" status)" 'finished job'
equal 'FAILED 3' "$(field "$failed" 'status} {returncode')" 'failed job'
equal SCHED "$(field "$held" state)" 'held job'
equal DEPEND "$(field "$dependent" state)" 'dependent job'
flux job wait-event "$running" clean > /dev/null || fail 'the running job is not cleaned up'
equal FAILED "$(field "$running" status)" 'running job'
equal exec "$(field "$running" exception.type)" 'exception of the running job'
equal 1 "$(flux kvs get a.b)" 'KVS value'
equal 1 "$(flux kvs get a.l)" 'KVS link'
flux job urgency "$held" default || fail 'urgency'
flux queue drain > /dev/null || fail 'queue drain'
flux job wait-event "$dependent" clean > /dev/null || fail 'the dependent job does not end'
equal 'at last' "$(flux job attach "$held")" 'output of the held job'
equal 'after that' "$(flux job attach "$dependent")" 'output of the dependent job'
# All have run, but for those whose shells the crash took.
flux jobs -a -n --count=0 -o '{id} {status} {exception.type}' | sort > status.txt
bad=$(sort accepted.txt | join - status.txt | grep -vE ' (COMPLETED ?|FAILED exec)$')
equal '' "$bad" 'accepted jobs that did not end well'
equal "$(wc -l < accepted.txt)" "$(sort accepted.txt | join - status.txt | wc -l)" 'accepted jobs'
new=$(flux submit --wait true)
grep -q "$new" known.txt && fail "the id $new was given again"
before=$(flux jobs -a -n --count=0 -o '{id} {status} {t_submit} {t_inactive} {nodelist} {ranks}')

# The same after an orderly end.
shut_down
start
equal "$before" "$(flux jobs -a -n --count=0 -o '{id} {status} {t_submit} {t_inactive} {nodelist} {ranks}')" \
  'jobs after a shutdown'
equal 'at last' "$(flux job attach "$held")" 'output after a shutdown'
equal 1 "$(flux kvs get a.b)" 'KVS value after a shutdown'

# And again after a crash in between, without anything having happened.
crash
start
equal "$before" "$(flux jobs -a -n --count=0 -o '{id} {status} {t_submit} {t_inactive} {nodelist} {ranks}')" \
  'jobs after an idle crash'
shut_down

# A database that is none: a clear error, and nothing is overwritten.
echo 'this is no database, but it is longer than the head of one would be ................................' > state/content.sqlite
rm -f state/content.sqlite-wal
cp state/content.sqlite garbage
"$FLUX" broker -Sstatedir="$work/state" true 2> err.txt && fail 'a broken database is accepted'
grep -q "content.sqlite: file is not a database" err.txt || fail "no clear error: $(cat err.txt)"
cmp -s state/content.sqlite garbage || fail 'the broken file was changed'

[ "$failures" = 0 ] || { cat broker.err >&2; echo "$failures checks failed" >&2; exit 1; }
