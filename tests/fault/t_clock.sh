#!/usr/bin/env bash
# A clock behind the journal: signing and issuing stop with a sentence, reading and keying in go on, the chain keeps its order. TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../lib/faketime.sh"
trap 'faketime_rest; rm -rf "$work"' EXIT
[ -n "$faketime" ] || { echo "not ok 1 - libfaketime is missing: tools/setup build test"; echo "1..1"; exit 1; }
at() { # OFFSET COMMAND …: the program with its clock so far from the machine's
	local offset=$1; shift
	ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0" LD_PRELOAD=$faketime FAKETIME=$offset DONT_FAKE_MONOTONIC=1 \
		"$CERTDESK_BUILD/certdesk" -C "$site" "$@"
}
as_at() { local offset=$1 user=$2; shift 2; at "$offset" --user "$user" --password-file "$work/pw" "$@"; }
staffed || exit 1
complete=$(order_at complete); later=$(order_at complete); signed=$(order_at signed); approved=$(order_at approved); draft=$(order_at draft)
op sign "$complete" --send >/dev/null; code=$(code_sent "$complete")
remember
met "ten minutes behind: a code" 3 "时钟" at -10m sign "$complete" --send
says "says how much" "秒"
met "ten minutes behind: signing" 3 "时钟" at -10m sign "$complete" --code "$code"
met "ten minutes behind: issuing" 3 "时钟" as_at -10m is1 issue "$approved" --serial 10000001
met "a year behind: issuing" 3 "时钟" as_at -365d is1 issue "$approved" --serial 10000001
kept "nothing has changed"
is "ten minutes behind: reading" 0 at -10m order show "$signed"
is "ten minutes behind: the list" 0 at -10m order list
is "ten minutes behind: the history" 0 at -10m order history "$signed"
is "ten minutes behind: the audit" 0 as_at -10m au1 audit verify
is "ten minutes behind: a draft is kept" 0 at -10m order edit "$draft" --data "$work/unit.json"
is "ten minutes behind: a document" 0 at -10m attach "$draft" business-licence "$work/scan.png"
is "ten minutes behind: doctor" 0 at -10m --json doctor
truth "doctor names it" jq -e 'any(.[]; (.what | test("时钟")) and .state != "good")' "$work/out"
is "a minute behind: a code" 0 at -1m sign "$later" --send
is "a minute behind: signing" 0 at -1m sign "$later" --code "$(code_sent "$later")"
met "but with no code from what is the future then" 1 "验证码" at -1m sign "$complete" --code "$code"
truth "entries keep their order" bash -c 'test "$(sqlite3 "$0" "SELECT count(*) FROM journal a JOIN journal b ON b.seq = a.seq + 1 WHERE b.at < a.at")" = 0' "$site/certdesk.db"
is "a year ahead: reading" 0 as_at +365d au1 audit verify
for date in "@1970-01-01 00:00:01" "@2106-01-01 00:00:00"; do
	rc=0; as_at "$date" au1 order list >"$work/out" 2>"$work/err" || rc=$?
	truth "the clock at $date: status $rc" test "$rc" -le 4 -a \( "$rc" = 0 -o -s "$work/err" \)
done
is "the right clock" 0 op pay "$signed" --method cash --receipt R1 --amount "$(due "$signed")"
sound "afterwards"
done_testing
