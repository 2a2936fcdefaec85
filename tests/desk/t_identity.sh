#!/usr/bin/env bash
# Identity checks that failed, by commands. Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d)
. "$(dirname "$0")/../lib/desk.sh"
. "$(dirname "$0")/../lib/orders.sh"
trap 'rm -rf "$work"' EXIT
site_make op1:operator mg1:manager au1:auditor || exit 1
picture >"$work/scan.png"
unit_json >"$work/unit.json"
is "a draft" 0 json op1 order new new-unit --data "$work/unit.json"; order=$(jq -r .order "$work/out")
attach_all "$order"
is "nothing failed yet" 0 json op1 identity list "$order"
truth "an empty list" jq -e '. == []' "$work/out"
is "of no order" 1 json op1 identity list 11011401-000000-00000
says "says so" "没有订单"
is "the bank refuses the card" 0 json op1 identity refuse "$order" --of legal --method bank-card --reason declined --request BK-1
truth "the order shows it" jq -e '.identity_checks == [{of: "legal", method: "bank-card", provider: "provider", result: "failed", reason: "declined",
	checked_at: .identity_checks[0].checked_at}] and .fields.identity_seen == false' "$work/out"
is "it isn't signed" 1 as op1 sign "$order" --send
says "says what to do" "请核对证件原件"
is "without a reason" 2 as op1 identity refuse "$order" --of legal --method bank-card
is "a check that there isn't" 1 as op1 identity refuse "$order" --of legal --method tarot --reason declined
says "says what to do" "请从列表中选择"
is "a manager may not" 1 as mg1 identity refuse "$order" --of legal --method bank-card --reason declined
is "no such order" 1 as op1 identity refuse 11011401-000000-00000 --of legal --method bank-card --reason declined
is "the history" 0 json op1 order history "$order"
truth "has it" jq -e '.[-1].action == "identity.refuse" and .[-1].facts == {of: "legal", method: "bank-card", reason: "declined", result: "failed"}' "$work/out"
is "a draft says itself what passed" 1 json op1 identity pass "$order" --of legal --method bank-card
is "without a method" 2 as op1 identity pass "$order" --of legal
is "for people" 0 as op1 identity list "$order"
says "in words" "法定代表人  银行卡"
is "the journal verifies" 0 as au1 audit verify
done_testing
