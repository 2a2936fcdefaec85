# A private pcscd with two virtual readers for shell tests: no root, none of the machine's readers. Sourced, not run.
# The virtual readers listen on all of the machine's addresses: for tests and demonstrations only.
# The caller sets $work (an own temporary directory) and $CERTDESK_BUILD, and calls reader_stop in its EXIT trap.
#   reader                       starts it (once); exports PCSCLITE_CSOCK_NAME
#   insert SERIAL [0|1] [ARG …]  puts a virtual key into a reader, with further arguments for vkey; its state is $work/key-SERIAL
#   pull SERIAL                  pulls it out and waits until pcscd has noticed
#   reader_stop                  ends what was started here
export PCSCLITE_CSOCK_NAME=$work/pcscd.comm

# Picks a free pair of ports. The name bound in the abstract namespace lives as long as pcscd and keeps other tests off them.
reader() {
	[ ! -S "$PCSCLITE_CSOCK_NAME" ] || return 0
	python3 - "$work" >"$work/pcscd.log" 2>&1 <<'PY' &
import os, random, socket, sys
work = sys.argv[1]
def free(port):
    for p in (port, port + 1):
        with socket.socket() as s:
            try: s.bind(("", p))
            except OSError: return False
    return True
for port in random.sample(range(20000, 30000, 2), 5000):
    lock = socket.socket(socket.AF_UNIX)
    try: lock.bind("\0certdesk-reader-%d" % port)
    except OSError: continue
    if free(port): break
    lock.close()
conf = os.path.join(work, "reader.conf")
with open(conf, "w") as f:
    f.write('FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:0x%x\nLIBPATH /usr/lib/pcsc/drivers/serial/libifdvpcd.so\nCHANNELID 0x%x\n' % (port, port))
s = socket.socket(socket.AF_UNIX)
s.bind(os.environ["PCSCLITE_CSOCK_NAME"])
s.listen(16)
lock.set_inheritable(True)
kept = os.dup(lock.fileno())        # out of the way of fd 3
os.set_inheritable(kept, True)
os.dup2(s.fileno(), 3)
os.set_inheritable(3, True)
with open(os.path.join(work, "port.new"), "w") as f: f.write("%d" % port)
os.rename(os.path.join(work, "port.new"), os.path.join(work, "port"))
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv("/usr/sbin/pcscd", ["pcscd", "-f", "-c", conf])
PY
	reader_pid=$!
	local i
	for i in $(seq 200); do
		kill -0 "$reader_pid" 2>/dev/null || { cat "$work/pcscd.log" >&2; return 1; }
		[ -f "$work/port" ] && opensc_readers | grep -q . && { reader_port=$(cat "$work/port"); return 0; }
		sleep 0.05
	done
	return 1
}
opensc_readers() { opensc-tool --list-readers 2>/dev/null | grep -E '^[0-9]+ '; }
# Waits until pcscd says that a card is in (yes) or not (no), and until the thread that looks after the reader has seen the same: it
# counts each change up in the upper half of the state, odd is a card. A key put in before that thread saw the last one go stays unnoticed.
# Under libfaketime a sleep of python's fails.
wait_card() { # READER yes|no
	env -u LD_PRELOAD python3 - "$1" "$2" <<'PY'
import ctypes as c, sys, time
number, wanted = int(sys.argv[1]), sys.argv[2] == "yes"
class State(c.Structure):
    _fields_ = [("name", c.c_char_p), ("user", c.c_void_p), ("current", c.c_ulong), ("event", c.c_ulong), ("length", c.c_ulong), ("atr", c.c_ubyte * 33)]
lib, context = c.CDLL("libpcsclite.so.1"), c.c_ulong()
end = time.monotonic() + 15
if lib.SCardEstablishContext(2, None, None, c.byref(context)):
    sys.exit("pcscd does not answer")
while time.monotonic() < end:
    state = State(b"Virtual PCD 00 %02d" % number, None, 0, 0, 0)
    result = lib.SCardGetStatusChange(context, 0, c.byref(state), 1)
    if result == 0 and bool(state.event & 0x20) == wanted and bool(state.event >> 16 & 1) == wanted:
        sys.exit(0)
    time.sleep(0.02)
sys.exit("reader %d: card not %s (answer %#x, state %#x)" % (number, sys.argv[2], result & 0xffffffff, state.event))
PY
}
insert() {
	local serial=$1 slot=${2:-0}
	shift; [ $# = 0 ] || shift
	reader || return 1
	"$CERTDESK_BUILD/vkey" --state "$work/key-$serial" --serial "$serial" --port $((reader_port + slot)) "$@" >>"$work/vkey-$serial.log" 2>&1 &
	echo "$! $slot" >"$work/vkey-$serial.in"
	wait_card "$slot" yes
}
pull() {
	local pid slot
	read -r pid slot <"$work/vkey-$1.in"; rm "$work/vkey-$1.in"
	kill "$pid" 2>/dev/null || :; wait "$pid" 2>/dev/null || :
	wait_card "$slot" no
}
reader_stop() {
	local f pid
	for f in "$work"/vkey-*.in; do [ -f "$f" ] && { read -r pid _ <"$f"; kill "$pid" 2>/dev/null || :; wait "$pid" 2>/dev/null || :; }; done
	[ -z "${reader_pid:-}" ] || { kill "$reader_pid" 2>/dev/null || :; wait "$reader_pid" 2>/dev/null || :; }
	reader_pid=
}
