# A site of its own for shell tests of commands. Sourced, not run; the caller sets $work (an own temporary directory) and
# $CERTDESK_BUILD. Prints TAP:
#   is NAME STATUS COMMAND …     the command must end with STATUS; its output is left in $work/out and $work/err
#   says NAME WORD               the last command's output or sentence must hold WORD
#   truth NAME COMMAND …          the command must succeed
#   done_testing                 the plan, at the end
site=$work/site number=0
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
printf 'Correct-Horse-7!\n' >"$work/pw" && printf 'Wrong-Horse-7!\n' >"$work/wrong" && chmod 600 "$work/pw" "$work/wrong"
export PCSCLITE_CSOCK_NAME=${PCSCLITE_CSOCK_NAME:-$work/no-pcscd}

desk() { "$CERTDESK_BUILD/certdesk" -C "$site" "$@"; }
as() { local user=$1; shift; desk --user "$user" --password-file "$work/pw" "$@"; }
report() { # NAME GOOD
	number=$((number + 1))
	if [ "$2" = 1 ]; then echo "ok $number - $1"; else
		echo "not ok $number - $1"; head -c 2000 "$work/out" "$work/err" "$work/seen" 2>/dev/null | tr -d '\000' | sed 's/^/# /'
	fi
}
is() {
	local name=$1 want=$2 rc=0; shift 2
	"$@" >"$work/out" 2>"$work/err" || rc=$?
	if [ "$rc" = "$want" ]; then report "$name" 1; else report "$name (status $rc, not $want)" 0; fi
}
says() { if cat "$work/out" "$work/err" | grep -qF -e "$2"; then report "$1" 1; else report "$1 (no “$2”)" 0; fi; }
truth() { local name=$1; shift; if "$@" >"$work/seen" 2>&1; then report "$name" 1; else report "$name" 0; fi; }
done_testing() { echo "1..$number"; }

# A site with staff, LOGIN:ROLE or LOGIN:ROLE:NAME each; in one run those that are the same are made once (tests/fixture/site.c).
site_make() { site_make_as 110114-01 昌平受理点 "$@"; }
site_make_as() { # CODE NAME STAFF …
	CERTDESK_SHARE=$CERTDESK_BUILD/share "$CERTDESK_BUILD/tests/fixture/site" "$site" "$1" "$2" "$work/pw" "${@:3}"
}
unit_json() { cat "$here/tests/unit/rules/new-unit.json"; }
# The same of the N-th other unit, which has a credit code (GB 32100, GB 11714) and so a main key of its own.
other_unit_json() {
	local code
	code=$(awk -v n="$1" 'BEGIN {
		all = "0123456789ABCDEFGHJKLMNPQRTUWXY"; s = sprintf("91110114M%07d", 7100000 + n)
		split("3 7 9 10 5 8 4 2", w, " ")
		for (i = 1; i <= 8; i++) { c = substr(s, 8 + i, 1); sum += w[i] * (c == "M" ? 22 : c) }
		k = (11 - sum % 11) % 11; s = s (k == 10 ? "X" : k)
		for (i = 1; i <= 17; i++) { total += (index(all, substr(s, i, 1)) - 1) * p(i) }
		print s substr(all, (31 - total % 31) % 31 + 1, 1) }
		function p(i,   x) { for (x = 1; i > 1; i--) x = x * 3 % 31; return x }')
	unit_json | jq --arg u "$code" '.uscc = $u | .invoice_tax_number = $u'
}
# A picture that is honest and small: a PNG of 200 by 100 white dots; with a number, another one for each.
picture() {
	python3 -c 'import struct, sys, zlib
def chunk(kind, data): return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
shade = bytes([255 - int(sys.argv[1])]) if len(sys.argv) > 1 else b"\xff"
rows = b"".join(b"\0" + shade * 600 for _ in range(100))
sys.stdout.buffer.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 200, 100, 8, 2, 0, 0, 0)) +
    chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))' "$@"
}
