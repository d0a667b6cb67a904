# Jobs on pseudo-terminals: captured, and with a user's terminal attached to them.
source "$(dirname "$0")/lib.sh" "$@"

# Runs a command as somebody does who sits at a terminal of 30 rows and 100 columns.
cat > terminal.py << 'X'
import fcntl, os, pty, select, struct, sys, termios

command, script = sys.argv[1], sys.argv[2:]
pid, master = pty.fork()
if pid == 0:
    os.execvp("sh", ["sh", "-c", command])
fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
seen = b""
# The script: text to wait for, text to type, and so on.
while True:
    if script and script[0].encode() in seen:
        seen = b""
        os.write(master, script[1].encode().decode("unicode_escape").encode())
        script = script[2:]
    try:
        data = os.read(master, 4096)
    except OSError:
        break
    if not data:
        break
    seen += data
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
X

plain() { "$@" | tr -d '\r'; return "${PIPESTATUS[0]}"; }

expect 0 plain bash -c '"$FLUX" run -n2 -o pty -l \
  sh -c "test -t 0 && test -t 1 && test -t 2 && echo tty" | sort' << 'X'
0: tty
1: tty
X
expect 0 plain flux run -n2 -o pty.ranks=1 sh -c 'test -t 1 && echo $FLUX_TASK_RANK; true' <<< '1'
expect 3 plain flux run -o pty sh -c 'echo out; echo err >&2; exit 3' << 'X'
out
err
[stderr] flux-job: task(s) exited with exit code 3
X
expect 0 plain bash -c 'echo typed | "$FLUX" run -o pty sh -c "read x; echo got \$x" | tail -n 1' \
  <<< 'got typed'

# Interactive: keys reach the task, its output the screen; the window has the user's size.
expect 0 plain python3 terminal.py \
  '"$FLUX" run -o pty.interactive sh -c "stty -echo; echo ready; read x; stty size; echo \$x"' \
  ready 'hello\n' << 'X'
ready
30 100
hello
X
# Ctrl-C is a key like others: the task gets SIGINT, not this command.
expect 0 plain python3 terminal.py \
  '"$FLUX" run -o pty.interactive sh -c "trap \"echo caught; exit 0\" INT; stty -echo -echoctl; echo ready; while :; do sleep 0.01; done"' \
  ready '\x03' << 'X'
ready
caught
X
expect 5 plain python3 terminal.py '"$FLUX" run -o pty.interactive sh -c "exit 5"' \
  <<< 'flux-job: task(s) exited with exit code 5'

# What a captured terminal shows is there for those who come later.
plain python3 terminal.py \
  '"$FLUX" run -o pty.interactive -o pty.capture echo screen' > /dev/null
expect 0 plain bash -c '"$FLUX" job attach "$("$FLUX" job last)"' <<< 'screen'

# One who comes to a running job is attached to its terminal; read-only is refused.
id=$("$FLUX" submit -o pty.interactive sh -c 'stty -echo; echo ready; read x; echo "<$x>"')
expect 1 bash -c '"$FLUX" job attach --read-only '"$id" \
  <<< '[stderr] flux-job: Cannot connect to pty in readonly mode'
expect 0 plain python3 terminal.py '"$FLUX" job attach '"$id" ready 'late\n' << 'X'
ready
<late>
X
# A job that waits for somebody to attach can be canceled.
id=$("$FLUX" submit -o pty.interactive echo unseen)
"$FLUX" job wait-event "$id" start > /dev/null
expect 0 flux cancel "$id" < /dev/null
expect 0 flux job wait-event "$id" clean << 'X'
0.000000 clean
X
finish
