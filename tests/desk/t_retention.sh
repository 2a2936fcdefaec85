#!/usr/bin/env bash
# How long records are kept, by commands. Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/../lib/desk.sh"
site_make op1:operator mg1:manager au1:auditor || exit 1
today=$(TZ=Asia/Shanghai date +%F)
is "the tables" 0 as mg1 --json table list
truth "retention among them" jq -e '[.[].name] | index("retention")' "$work/out"
is "as shipped" 0 as mg1 table export retention
truth "five years each" bash -c 'tail -n +2 "$0" | grep -c ",5," | grep -qx 6' "$work/out"
sed 's/^order,5/order,10/' "$work/out" >"$work/ten.csv"
sed 's/^order,5/order,4/' "$work/out" >"$work/four.csv"
is "four years are refused" 1 as mg1 table import retention "$work/four.csv" --from "$today"
says "with the line" "four.csv:2"
is "ten are taken" 0 as mg1 table import retention "$work/ten.csv" --from "$today"
is "as they are now" 0 as au1 table export retention
says "ten" "order,10,"
is "the journal verifies" 0 as au1 audit verify
done_testing
