#!/usr/bin/env bash
# A disk that is full at any moment: the step is refused whole with a sentence, nothing half-made stays, and it goes on when
# there is room. A limit on the size of files stands for the disk; where mounting is allowed a small one is filled as well. TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); disk=
trap '[ -z "$disk" ] || umount "$disk"; rm -rf "$work"' EXIT
. "$(dirname "$0")/lib.sh"
staffed || exit 1
draft=$(order_at draft); complete=$(order_at complete); signed=$(order_at signed)
price=$(due "$signed")
full='磁盘'

limited() { local kib=$1; shift; (trap '' XFSZ; ulimit -f "$kib"; "$@"); }
# NAME COMMAND …: with room growing from none the command ends 4 with the store as it was, and at last 0.
grows() {
	local name=$1 kib rc said tries=0 bad=
	shift
	back; fork_site grow; remember
	for kib in 0 8 36 44 64 300 2000; do
		rc=0; said=$(limited $kib "$@" 2>&1 >/dev/null </dev/null) || rc=$? # a pipe has no limit
		[ $rc = 0 ] && break
		tries=$((tries + 1))
		[ $rc = 4 ] || bad="$bad status $rc at $kib KiB;"
		[[ $said = *$full* ]] || bad="$bad “$said” at $kib KiB;"
		contents | diff "$work/before" - >"$work/seen" || bad="$bad changed at $kib KiB;"
		nothing_astray >/dev/null 2>&1 || bad="$bad astray at $kib KiB;"
	done
	[ $rc = 0 ] || bad="$bad never done;"
	[ $tries -ge 2 ] || bad="$bad hardly refused;"
	: >"$work/out"; : >"$work/err"
	if [ -z "$bad" ]; then report "$name: refused whole, then done ($tries refusals)" 1; else report "$name ($bad)" 0; fi
}
grows "a draft" op order new new-unit --data "$work/unit.json"
grows "a change" op order edit "$complete" --data "$work/unit.json"
grows "a document" op attach "$draft" business-licence "$work/scan.png"
grows "a payment" op pay "$signed" --method cash --receipt R1 --amount "$price"
sound "afterwards"
grows "a price list" as mg1 table import prices "$here/forms/tables/prices.csv" --from 2030-01-01
printf '交易日期,收入金额,支出金额,对方户名,对方账号,交易流水号,摘要\n2026-11-22,1.00,,甲,1,T1,x\n' >"$work/bank.csv"
grows "a statement" op statement import "$work/bank.csv"

# a document that is larger than what is left: the row could be written, the file can't
back; fork_site big
python3 - "$work/big.png" <<'PY'
import random, struct, sys, zlib
def chunk(kind, data): return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
r = random.Random(1)
rows = b"".join(b"\0" + r.randbytes(1200) for _ in range(400))
open(sys.argv[1], "wb").write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 400, 400, 8, 2, 0, 0, 0)) +
    chunk(b"IDAT", zlib.compress(rows, 0)) + chunk(b"IEND", b""))
PY
remember
for kib in 64 200 400; do met "no room for a document at $kib KiB" 4 "files" limited $kib "$CERTDESK_BUILD/certdesk" -C "$site" attach "$draft" business-licence "$work/big.png"; done
kept "nothing of it stays"
is "then there is room" 0 op attach "$draft" business-licence "$work/big.png"
is "to fill up again" 0 op attach "$draft" business-licence "$work/scan.png"
truth "the one before is gone" nothing_astray

# init
for kib in 0 1 8 40 200; do
	site=$work/new-$kib
	rc=0; said=$(limited $kib "$CERTDESK_BUILD/certdesk" -C "$site" init --site 1 --name 一 --admin a --password-file "$work/pw" 2>&1 >/dev/null) || rc=$?
	truth "init at $kib KiB: status $rc, $said" test "$rc" = 4 -a -n "$said"
	truth "init at $kib KiB: nothing that looks like a site" bash -c '! find "$0" "$0.keys" -type f 2>/dev/null | grep .' "$site"
	truth "init again, with room" desk init --site 1 --name 一 --admin a --password-file "$work/pw"
done

# a real disk
disk=$work/disk; mkdir "$disk"
if mount -t tmpfs -o size=3m,mode=700 none "$disk" 2>/dev/null; then
	cp -a "$home" "$disk/site"; site=$disk/site
	is "on a small disk" 0 op order new new-unit --data "$work/unit.json"
	dd if=/dev/zero of="$disk/filler" bs=4096 2>/dev/null
	remember
	met "full: a draft" 4 "$full" op order new new-unit --data "$work/unit.json"
	met "full: a payment" 4 "$full" op pay "$signed" --method cash --receipt R1 --amount "$price"
	met "full: a document" 4 "$full" op attach "$draft" business-licence "$work/scan.png"
	met "full: the code" 4 "$full" op sign "$complete" --send
	kept "full: nothing has changed"
	for room in 40 80 120 160; do # blocks: enough for some writes of a step, not for all
		truncate -s -$((room * 1024)) "$disk/filler"; sync
		op pay "$signed" --method cash --receipt R1 --amount "$price" >/dev/null 2>"$work/err" || cat "$work/err" >>"$work/refusals"
	done
	rm "$disk/filler"
	rc=0; op pay "$signed" --method cash --receipt R1 --amount "$price" >/dev/null 2>&1 || rc=$?
	truth "room again: paid once" test "$(sqlite3 "$site/certdesk.db" 'SELECT count(*) FROM payment')" = 1
	is "room again: the code" 0 op sign "$complete" --send
	is "room again: signed" 0 op sign "$complete" --code "$(code_sent "$complete")"
	sound "room again"
else
	disk=; echo "# mounting is not allowed here: the limit alone was tried"
fi
done_testing
