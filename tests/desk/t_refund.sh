#!/usr/bin/env bash
# Refunds, unclaimed money and the undoing of a hand-over by commands, in JSON and for people. TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); trap 'reader_stop; rm -rf "$work"' EXIT
. "$(dirname "$0")/../fault/lib.sh"
. "$(dirname "$0")/../lib/pcscd.sh"
staffed || exit 1
member() { jq -er "$1" "$work/out"; }
at() { truth "$1" test "$(where "$2")" = "$3"; }

# a paid order
order=$(order_at paid)
fen=$(due "$order")
is "a refund needs a reason" 2 op order refund "$order"
is "it is asked for" 0 op --json order refund "$order" --reason 客户改变主意
truth "and named on the order" jq -e --argjson fen "$fen" '.status == "refunding" and .refunding == $fen and .due == 0 and
	.refunds[0].state == "asked" and .refunds[0].asked_by == "op1" and .refunds[0].approved_at == null' "$work/out"
is "twice is refused" 1 op order refund "$order" --reason 客户改变主意
is "it waits in the list" 0 op --json refund list
truth "its members" jq -e '.[0] | keys == ["amount", "approved_at", "approved_by", "asked_at", "asked_by", "business_date", "kind", "method", "name",
	"order", "paid_at", "paid_by", "reason", "receipt", "reference", "refund_of", "state", "state_title"]' "$work/out"
is "for people" 0 op refund list
says "in words" 待批准
is "in English" 0 op --lang en --json refund list
truth "in English words" jq -e '.[0].state_title == "asked"' "$work/out"
is "an operator doesn't approve" 1 op refund approve "$order"
is "nothing is paid before" 1 op refund done "$order" --reference C-1
says "says who must" 主管
is "a manager approves" 0 as mg1 --json refund approve "$order"
truth "what was approved" jq -e --argjson fen "$fen" '.refund_of and .amount == $fen and .refunds[0].method == "cash"' "$work/out"
is "once" 1 as mg1 refund approve "$order"
is "done needs a reference" 2 op refund done "$order"
is "the receipt of the payment is none" 1 op refund done "$order" --reference "R$order"
is "it is paid back" 0 op --json refund done "$order" --reference C-1
truth "and the order refunded" jq -e '.status == "refunded" and .reference == "C-1"' "$work/out"
truth "the customer is told" bash -c 'grep -lF "$1" "$2"/outbox/sms/*.json | xargs grep -l 已按原路退回' - "$order" "$site"
is "once" 1 op refund done "$order" --reference C-2
is "nothing waits" 0 op --json refund list
truth "the list is empty" jq -e '. == []' "$work/out"
is "history is kept" 0 op --json refund list --all
truth "with who did it" jq -e '.[0] | .state == "done" and .approved_by == "mg1" and .paid_by == "op1" and .reference == "C-1"' "$work/out"
is "the order's history" 0 op --json order history "$order"
truth "names each step" jq -e '[.[].action] | index("refund.ask") < index("refund.approve") and index("refund.approve") < index("refund.done")' "$work/out"

# nobody approves what they asked
order=$(order_at paid)
is "a manager asks" 0 as mg1 order refund "$order" --reason 客户改变主意
is "but doesn't approve it" 1 as mg1 refund approve "$order"
says "says to ask a colleague" 请换一位同事
at "it waits" "$order" refunding

# cancelled, and withdrawn
order=$(order_at paid)
is "cancelling a paid order" 0 op --json order cancel "$order"
truth "is a refund" jq -e '.status == "refunding"' "$work/out"
is "that can't be withdrawn" 1 op refund withdraw "$order" --reason 点错
order=$(order_at paid)
is "asked by mistake" 0 op order refund "$order" --reason 点错订单
is "withdrawn" 0 op --json refund withdraw "$order" --reason 点错订单
at "it goes on" "$order" in-review

# money that nobody claims
order=$(order_at signed)
printf '交易日期,交易流水号,收入金额,支出金额,对方户名,对方账号,摘要\n2026-11-20,B-1,%s.00,,某某公司,6222000011112222,货款\n2026-11-20,B-2,77.70,,另一公司,6222000011113333,不明\n' \
	"$(($(due "$order") / 100))" >"$work/s.csv"
is "import" 0 op --json statement import "$work/s.csv"
is "what matches no order" 0 op --json unclaimed list
truth "waits with who, when, how much" jq -e 'length == 2 and (.[1] | .amount == 7770 and .payer_name == "另一公司" and .booked_date == "2026-11-20" and
	.order == null and (.payer_account | contains("*")))' "$work/out"
one=$(member '.[0].reference') other=$(member '.[1].reference')
is "another payer's money" 1 op unclaimed claim "$one" "$order" --reason 母公司代付
is "is a manager's to claim" 0 as mg1 --json unclaimed claim "$one" "$order" --reason 母公司代付
truth "and pays" jq -e '.status == "in-review"' "$work/out"
is "no such entry" 1 op unclaimed claim "$one" "$order" --reason 母公司代付
is "the other goes back" 0 op unclaimed refund "$other" --reason 无人认领
is "once" 1 op unclaimed refund "$other" --reason 无人认领
is "approved" 0 as mg1 refund approve "$other"
is "paid" 0 op refund done "$other" --reference D-1
is "nothing is unclaimed" 0 op --json unclaimed list
truth "any more" jq -e '. == []' "$work/out"

# a hand-over that was a mistake
order=$(order_at approved)
insert 10000001 || exit 1
is "issued" 0 as is1 issue "$order" --serial 10000001
is "an issued order is not refunded" 1 op order refund "$order" --reason 不要了
is "a hand-over needs its options" 2 op order handover "$order" --serial 10000001
is "an undo needs its reason" 2 as mg1 order handover "$order" --undo
is "and nothing of the other" 2 as mg1 order handover "$order" --undo --reason 交错 --to agent
is "nothing to undo yet" 1 as mg1 order handover "$order" --undo --reason 交错
is "handed over" 0 op order handover "$order" --serial 10000001 --to agent --receipt H-1
is "an operator doesn't undo" 1 op order handover "$order" --undo --reason 交错了人
is "a manager does" 0 as mg1 --json order handover "$order" --undo --reason 交错了人
truth "issued again" jq -e '.status == "issued" and .handover == null and .done_at == null' "$work/out"
is "the certificate" 0 op --json cert list --order "$order"
truth "is suspended" jq -e '.[0].status == "suspended" and .[0].reason == "handover-undone"' "$work/out"
serial=$(member '.[0].serial')
is "the certificate in words" 0 op cert show "$serial"
truth "says why, and of no loss" bash -c 'grep -q 已暂停 "$1" && grep -q 领取已撤销 "$1" && ! grep -q 挂失 "$1"' - "$work/out"
is "the list" 0 op cert crl
truth "holds it" bash -c 'openssl crl -noout -text -in "$1" | grep -A5 "Serial Number: 0*$2" | grep "Certificate Hold"' - "$work/out" "$serial"
is "the key" 0 op --json key info 10000001
truth "is made" jq -e '.state == "made"' "$work/out"
is "handed over to the right one" 0 op --json order handover "$order" --serial 10000001 --to legal --receipt H-2
truth "done" jq -e '.status == "done"' "$work/out"
is "the certificate again" 0 op --json cert list --order "$order"
truth "is active" jq -e '.[0].status == "active"' "$work/out"
is "the list again" 0 op cert crl
truth "is without it" bash -c '! openssl crl -noout -text -in "$1" | grep "Serial Number: 0*$2"' - "$work/out" "$serial"

is "audit verify" 0 as au1 --json audit verify
truth "nothing is unsettled" jq -e '.unsettled == []' "$work/out"
done_testing
