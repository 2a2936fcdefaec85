#!/usr/bin/env bash
# PINs, PUKs, passwords and keys are nowhere but where they belong: not in the site's files, not in arguments or environment of
# any process, not in what commands print, and no core file can be written. TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); trap 'reader_stop; rm -rf "$work"' EXIT
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../lib/pcscd.sh"
staffed || exit 1
order=$(order_at approved)
reader && insert 10000001 || exit 1

# what every process of ours shows of itself while a key is made
as is1 --json issue "$order" --serial 10000001 >"$work/said" 2>&1 & pid=$!
: >"$work/shown"; limits=
while kill -0 "$pid" 2>/dev/null; do
	for p in $(pgrep -f "$CERTDESK_BUILD/certdesk -C $site"); do
		tr '\0' '\n' 2>/dev/null <"/proc/$p/cmdline" >>"$work/shown"; tr '\0' '\n' 2>/dev/null <"/proc/$p/environ" >>"$work/shown"
		now=$(grep 'core file' "/proc/$p/limits" 2>/dev/null) && limits=$now # the last: the first may be seen before main
	done
	sleep 0.05
done
is "issued" 0 wait "$pid"
truth "the processes were looked at" grep -q certdesk "$work/shown"
truth "none may write a core file" grep -qE 'size +0 +0' <<<"$limits"
pin=$(jq -r .text "$site"/outbox/sms/*.json | grep -oE '证书密码[^0-9]*[0-9]{8}' | grep -oE '[0-9]{8}$' | tail -n 1)
truth "the PIN was sent" test "${#pin}" = 8
truth "and opens the key" yubico-piv-tool -r '' -a verify-pin -P "$pin"
password=$(cat "$work/pw"); store_key=$(cat "$(sed -n 's/^store_key: "\(.*\)"$/\1/p' "$site/certdesk.yaml")")
# what the key itself holds: PUK and management key, as digits, hex and bytes
python3 - "$work/key-10000001" "$work" <<'PY'
import os, sys
found = {l.split()[0]: l.split()[1] for l in open(sys.argv[1]) if len(l.split()) > 1}
puk, management = bytes.fromhex(found["puk"]).rstrip(b"\xff"), bytes.fromhex(found["management-key"])
open(os.path.join(sys.argv[2], "puk"), "wb").write(puk)
open(os.path.join(sys.argv[2], "management"), "w").write(management.hex())
open(os.path.join(sys.argv[2], "search.py"), "w").write("""
import os, sys
needles = [%r, %r, %r, %r, %r]
for d, _, files in os.walk(sys.argv[1]):
    for f in files:
        b = open(os.path.join(d, f), 'rb').read()
        if any(n in b for n in needles): sys.exit(os.path.join(d, f))
""" % (puk, puk.hex().encode(), management, management.hex().encode(), management.hex().upper().encode()))
PY
for command in "order show $order" "order list" "order history $order" "cert list" "cert export --order $order" "attach list $order"; do
	# shellcheck disable=SC2086
	op --json $command >>"$work/said" 2>&1
done
as is1 --json key info 10000001 >>"$work/said" 2>&1; as is1 --json key list >>"$work/said" 2>&1; as is1 --json key stock >>"$work/said" 2>&1
as root1 --json staff list >>"$work/said" 2>&1; as au1 --json audit verify >>"$work/said" 2>&1; desk --json doctor >>"$work/said" 2>&1
as mg1 report daily --date "$(TZ=Asia/Shanghai date +%F)" -o "$work/day.xlsx" >/dev/null 2>&1
mkdir "$work/sheets"; python3 -m zipfile -e "$work/day.xlsx" "$work/sheets" 2>/dev/null
sqlite3 "$site/certdesk.db" 'PRAGMA wal_checkpoint' >/dev/null
hidden() { # NAME SECRET
	truth "$1: not in the site's files" bash -c '! grep -rqaF --exclude-dir=outbox -e "$0" "$1"' "$2" "$site"
	truth "$1: not as bytes of it" bash -c '! grep -qaF -e "$0" <(sqlite3 "$1/certdesk.db" .dump | tr -d "\n")' "$(printf %s "$2" | od -An -tx1 | tr -d ' \n' )" "$site"
	truth "$1: not printed" bash -c '! grep -qaF -e "$0" "$1"' "$2" "$work/said"
	truth "$1: in no arguments or environment" bash -c '! grep -qaF -e "$0" "$1"' "$2" "$work/shown"
	truth "$1: not in the report" bash -c '! grep -rqaF -e "$0" "$1"' "$2" "$work/sheets"
}
truth "the search finds what is there" grep -rqaF -e "$pin" "$site/outbox"
hidden "the PIN" "$pin"
hidden "a password" "$password"
hidden "the store key" "$store_key"
hidden "the legal representative's number" 11010519491231002X
truth "the PUK is no longer the factory's" bash -c 'test "$(cat "$0")" != 12345678' "$work/puk"
truth "nor the management key" bash -c '! grep -q "^01020304050607080102" "$0"' "$work/management"
hidden "the PUK" "$(cat "$work/puk")"
hidden "the management key" "$(cat "$work/management")"
truth "PUK and management key: in no file of the site in any form" python3 "$work/search.py" "$site"
truth "outbox: for the owner alone" bash -c '! find "$0/outbox" "$0/files" "$0/certdesk.db" "$0/ca" -perm /077 -type f | grep .' "$site"
truth "directories: for the owner alone" bash -c '! find "$0" -perm /077 -type d | grep .' "$site"

# another account sees nothing of a running program's memory, and neither does our own
mkfifo "$work/values"
"$CERTDESK_BUILD/certdesk" check mobile <"$work/values" >/dev/null & pid=$!
exec 8>"$work/values"
for _ in $(seq 100); do grep -qE 'size +0 +0' <(grep 'core file' /proc/$pid/limits 2>/dev/null) && break; sleep 0.02; done
if [ "$(id -u)" = 0 ]; then
	truth "memory is closed to other accounts" bash -c '! setpriv --reuid=65534 --regid=65534 --clear-groups cat "/proc/$0/environ" 2>/dev/null | grep -q .' "$pid"
else
	truth "memory is closed to our own account" bash -c '! cat "/proc/$0/environ" 2>/dev/null | grep -q .' "$pid"
fi
exec 8>&-; wait "$pid"

# passwords come from files that are for their owner alone, never from arguments
chmod 644 "$work/pw"; met "a password file that others can read" 1 "chmod 600" as is1 key list; chmod 600 "$work/pw"
met "no password among the arguments" 2 "" desk --user op1 --password "$password" order list
pull 10000001
done_testing
