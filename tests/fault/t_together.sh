#!/usr/bin/env bash
# Several at once on one store: each step happens once or not at all, numbers are given out once, the journal stays one chain. TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/lib.sh"
staffed || exit 1
as root1 staff add rv2 --name rv2 --role reviewer --password-file "$work/pw" >/dev/null
contested=$(order_at signed); second=$(order_at signed); queued=$(order_at paid); complete=$(order_at complete); draft=$(order_at draft)
price=$(due "$contested")
at_once() { # N COMMAND …: runs it N times side by side, {} is the number; statuses, sorted, in $work/statuses
	local n=$1 i pids=
	shift
	rm -f "$work"/rc-*
	for i in $(seq "$n"); do
		(rc=0; "${@//\{\}/$i}" >"$work/out-$i" 2>"$work/err-$i" </dev/null || rc=$?; echo $rc >"$work/rc-$i") & pids="$pids $!"
	done
	# shellcheck disable=SC2086
	wait $pids
	sort "$work"/rc-* | uniq -c | awk '{printf "%s×%s ", $1, $2}' >"$work/statuses"
	: >"$work/out"; cat "$work"/err-* >"$work/err"
}
statuses() { truth "$1: $(cat "$work/statuses")" grep -qxF "$2" "$work/statuses"; }
count() { sqlite3 "$site/certdesk.db" "SELECT count(*) FROM $1"; }

# eight windows, each from nothing to paid
whole() {
	local o k i
	for i in 1 2; do
		o=$(op --json order new new-unit --data <(other_unit_json "$((100 + 2 * $1 + i))") | jq -er .order) || return 10
		for k in $document_kinds; do op attach "$o" "$k" "$work/scan.png" >/dev/null || return 11; done
		op sign "$o" --send >/dev/null || return 12
		op sign "$o" --code "$(code_sent "$o")" >/dev/null || return 13
		op pay "$o" --method cash --receipt "W$1-$o" --amount "$price" >/dev/null || return 14
		echo "$o"
	done
}
at_once 8 whole "{}"
statuses "eight windows do two orders each" "8×0 "
truth "all numbers differ" test "$(cat "$work"/out-* | sort -u | wc -l)" = 16
truth "each is paid once" test "$(count payment)" = 17
sound "eight windows"

# the same thing at once
at_once 6 op pay "$contested" --method cash --receipt "P{}" --amount "$price"
statuses "six take the money for one order: one does" "1×0 5×1 "
truth "one payment of it" test "$(count "payment_order p JOIN orders o ON o.id = p.order_id WHERE o.no = '$contested'")" = 1
at_once 4 op pay "$second" --method pos --receipt SAME --amount "$price"
statuses "one receipt, four times" "1×0 3×1 "
op sign "$complete" --send >/dev/null; code=$(code_sent "$complete")
at_once 5 op sign "$complete" --code "$code"
statuses "one code, five times" "1×0 4×1 "
truth "one signature of it" test "$(count "signature_order s JOIN orders o ON o.id = s.order_id WHERE o.no = '$complete'")" = 1
claim() { as "rv$1" review claim "$queued"; }
at_once 2 claim "{}"
statuses "two reviewers claim one order" "1×0 1×1 "
one=$(grep -lx 0 "$work"/rc-*); one=${one##*-}
decide() { as "rv$one" review approve "$queued"; }
at_once 3 decide
statuses "three times approved by its claimer" "1×0 2×1 "
next() { as "rv$1" --json review claim; }
at_once 2 next "{}"
statuses "two claim the next one" "2×0 "
truth "and get different ones" test "$(cat "$work/out-1" "$work/out-2" | jq -r .order | sort -u | wc -l)" = 2
at_once 4 op attach "$draft" business-licence "$work/scan.png"
statuses "one document, four times" "4×0 "
is "it can be read" 0 op attach export "$draft" business-licence
printf '交易日期,收入金额,支出金额,对方户名,对方账号,交易流水号,摘要\n2026-11-22,1.00,,甲,1,T1,x\n2026-11-22,2.00,,乙,2,T2,y\n' >"$work/bank.csv"
at_once 4 op statement import "$work/bank.csv"
truth "one statement, four times: its entries once" test "$(count statement_entry)" = 2
edit() { op order edit "$draft" --data <(echo "{\"department\": \"部$1\"}"); }
at_once 6 edit "{}"
statuses "one draft, six times" "6×0 "
printf 'serial,medium\n20000001,UKEY-RS\n' >"$work/more.csv"
at_once 3 as is1 key receive "$work/more.csv"
statuses "one key received three times" "1×0 2×1 "
at_once 4 desk init --site 1 --name 一 --admin a --password-file "$work/pw"
statuses "init over a site" "4×1 "
home=$site; site=$work/fresh
at_once 4 desk init --site 1 --name 一 --admin root1 --password-file "$work/pw"
statuses "one init of four" "1×0 3×1 "
is "and the site works" 0 as root1 staff list
site=$home
at_once 4 as au1 audit verify
statuses "four audits" "4×0 "
sound "afterwards"
done_testing
