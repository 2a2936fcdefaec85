#!/usr/bin/env bash
# A visit by commands: two units of one agent, one code, one payment, one hand-over. Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d)
. "$(dirname "$0")/../lib/desk.sh"
. "$(dirname "$0")/../lib/orders.sh"
. "$(dirname "$0")/../lib/pcscd.sh"
trap 'reader_stop; rm -rf "$work"' EXIT
site_make op1:operator rv1:reviewer is1:issuer mg1:manager au1:auditor || exit 1
printf 'serial,medium\n10000001,UKEY-RS\n10000002,UKEY-RS\n' >"$work/stock.csv"
is "keys come into stock" 0 as is1 key receive "$work/stock.csv"
picture >"$work/scan.png"
unit_json >"$work/unit.json"
jq '.unit_name = "上海示例有限公司" | .uscc = "91350100M000100Y43" | .invoice_tax_number = .uscc | del(.[keys[] | select(startswith("agent_") and . != "agent_auth")])' \
	"$work/unit.json" >"$work/other.json"
code() { jq -er .text "$(ls "$site/outbox/sms"/*.json | sort | tail -n 1)" | grep -oE '验证码：[0-9]{6}' | grep -oE '[0-9]+'; }

is "open a visit" 0 json op1 visit open --queue A017
truth "its members" jq -e '["visit","queue_no","station","came_at","business_date","agent","orders","keys","to_sign","signable","to_pay","due",
	"to_hand_over","amount"] - keys == [] and .queue_no == "A017" and .orders == [] and .due == 0' "$work/out"
visit=$(jq -r .visit "$work/out")
is "a reviewer opens none" 1 as rv1 visit open
is "a queue number of spaces" 1 as op1 visit open --queue "1 2"
is "no such visit" 1 as op1 visit show V2026-01-01-0001
says "says what to do" "核对来访编号"

is "the first draft" 0 json op1 order new new-unit --visit "$visit" --data "$work/unit.json"; first=$(jq -r .order "$work/out")
is "--same without a visit" 2 as op1 order new new-unit --same agent
is "--same of something else" 2 as op1 order new new-unit --visit "$visit" --same legal
is "the second, with the same agent" 0 json op1 order new new-unit --visit "$visit" --same agent --data "$work/other.json"; second=$(jq -r .order "$work/out")
truth "has the agent" test "$(json op1 order show "$second" | jq -r '.fields.agent_email')" = "$(json op1 order show "$first" | jq -r '.fields.agent_email')"
truth "and another unit" test "$(json op1 order show "$second" | jq -r .name)" = 上海示例有限公司
attach_all "$first"
is "sign before all is ready" 1 as op1 visit sign "$visit" --send
says "names the draft" "$second"
is "what each needs" 0 json op1 visit show "$visit"
truth "is told" jq -e '[.orders[].next] == ["sign", "attach"] and .to_sign == 2 and .signable == 1 and (.orders[1].why | contains("缺少资料"))' "$work/out"
attach_all "$second"
is "neither way of signing" 2 as op1 visit sign "$visit"
is "both" 2 as op1 visit sign "$visit" --send --code 123456
is "pay before the signature" 1 as op1 visit pay "$visit" --method cash --receipt R1 --amount 1
is "send one code" 0 json op1 visit sign "$visit" --send
truth "over both" jq -e --arg a "$first" --arg b "$second" '.orders == [$a, $b] and (.sent_to | contains("*"))' "$work/out"
truth "the message names both" bash -c 'jq -r .text "$(ls "$0"/outbox/sms/*.json | tail -n 1)" | grep -F "$1" | grep -qF "$2"' "$site" "$first" "$second"
is "sign both" 0 json op1 visit sign "$visit" --code "$(code)"
truth "both wait for money" jq -e '[.orders[].status] == ["awaiting-payment", "awaiting-payment"] and .to_pay == 2 and .due == ([.orders[].due] | add)' "$work/out"
due=$(jq .due "$work/out")
is "sign again" 1 as op1 visit sign "$visit" --send
is "a signed order moves to no other visit" 1 as op1 visit leave "$first"
is "too little" 1 as op1 visit pay "$visit" --method pos --receipt P1 --amount $((due - 1))
is "pay for both" 0 json op1 visit pay "$visit" --method pos --receipt P1 --amount "$due"
truth "both go on" jq -e '[.orders[].status] == ["in-review", "in-review"] and .due == 0' "$work/out"
is "an order's history" 0 json op1 order history "$second"
truth "has the visit's entries" jq -e --arg b "$second" '[.[].action] == ["visit.sign", "visit.pay"] and all(.[]; .facts.orders | index($b))' "$work/out"

n=0
for order in "$first" "$second"; do
	n=$((n + 1))
	as rv1 review claim "$order" >/dev/null && as rv1 review approve "$order" >/dev/null
	insert 1000000$n $((n - 1)) || exit 1
	is "issue $n" 0 as is1 issue "$order" --serial 1000000$n
done
is "a stranger's key" 1 as op1 visit handover "$visit" --serial 10000001,10000009 --to agent --receipt H1
is "more keys than one hand-over takes" 2 as op1 visit handover "$visit" --serial "$(seq -s, 10000001 10000065)" --to agent --receipt H1
is "somebody unnamed" 1 as op1 visit handover "$visit" --to other --receipt H1
says "what is missing" "登记姓名和有效身份证件"
is "somebody with a wrong number" 1 as op1 visit handover "$visit" --to other --taker-name 王五 --taker-document resident-id --taker-number 110101199003071234 --receipt H1
is "nobody took them" 1 as op1 visit handover "$visit" --to nobody --receipt H1
is "hand both over" 0 json op1 visit handover "$visit" --serial 10000001,10000002 --to agent --receipt H1
truth "both are done" jq -e '[.orders[].status] == ["done", "done"] and .to_hand_over == 0 and ([.keys[].handed_at] | all(. != null))' "$work/out"
is "one of them to the wrong person" 0 as mg1 order handover "$second" --undo --serial 10000002 --reason 交错了人
is "another signs the same receipt" 1 as op1 order handover "$second" --serial 10000002 --to legal --receipt H1
says "who has signed it" "已由另一位领取人签收：H1（订单 $second，经办人）"
says "what to do" "请换一张回执"
is "nor over the visit" 1 as op1 visit handover "$visit" --to legal --receipt H1
is "another receipt" 0 json op1 visit handover "$visit" --to legal --receipt H2
truth "the right one has it" jq -e '[.orders[].status] == ["done", "done"]' "$work/out"

is "a draft alone" 0 json op1 order new new-unit; third=$(jq -r .order "$work/out")
is "is in no visit" 1 as op1 visit leave "$third"
is "put into one" 0 as op1 visit add "$visit" "$third"
says "is shown for people" "下一步"
truth "whose next steps they are, and which keys, in words" sh -c 'grep -q "等谁办理" "$1" && grep -q "主锁" "$1" && ! grep -qE "(^| )(more|main|secondary)( |\$)" "$1"' - "$work/out"
is "and taken out" 0 as op1 visit leave "$third"
is "the day's visits" 0 json op1 visit list
truth "are listed" jq -e --arg v "$visit" 'length == 1 and .[0].visit == $v and .[0].orders == 2 and .[0].unfinished == 0' "$work/out"
is "no date" 2 as op1 visit list --date yesterday
is "the journal verifies" 0 as au1 audit verify
done_testing
