#!/usr/bin/env bash
# Staff's keys by commands. Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d)
. "$(dirname "$0")/../lib/desk.sh"
. "$(dirname "$0")/../lib/orders.sh"
. "$(dirname "$0")/../lib/pcscd.sh"
trap 'reader_stop; rm -rf "$work"' EXIT
site_make op1:operator is1:issuer mg1:manager au1:auditor || exit 1
is "an operator enrols none" 1 as op1 staff key op1 90000001
is "an administrator does" 0 json root1 staff key op1 90000001
truth "says which" jq -e '. == {login: "op1", key_serial: "90000001"}' "$work/out"
is "the list" 0 json root1 staff list
truth "has it" jq -e '[.[] | select(.login == "op1")][0].key_serial == "90000001"' "$work/out"
is "another login's" 1 as root1 staff key is1 90000001
says "says what to do" "请换一个介质"
is "nobody's" 1 as root1 staff key nobody 90000002
is "no serial" 1 as root1 staff key is1 "9 1"
printf 'serial,medium\n90000001,UKEY-RS\n' >"$work/stock.csv"
is "the stock doesn't take it" 1 as is1 key receive "$work/stock.csv"
says "says why" "人员的介质"
printf 'serial,medium\n90000003,UKEY-RS\n' >"$work/stock.csv"
is "another one it takes" 0 as is1 key receive "$work/stock.csv"
is "which is nobody's of staff then" 1 as root1 staff key is1 90000003
reader && insert 90000001
is "the keys that are in" 0 json op1 key list
truth "say whose" jq -e '.[0].serial == "90000001" and .[0].staff == "op1" and .[0].state == null' "$work/out"
is "nothing can be done with it" 1 as op1 key about 90000001
is "take it away" 0 json root1 staff key op1
truth "nothing left" jq -e '.key_serial == ""' "$work/out"
is "the journal verifies" 0 as au1 audit verify
done_testing
