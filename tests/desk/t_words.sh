#!/usr/bin/env bash
# Codes in words where a command prints for people, and as they are with --json. Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d)
. "$(dirname "$0")/../lib/desk.sh"
. "$(dirname "$0")/../lib/orders.sh"
trap 'rm -rf "$work"' EXIT
site_make op1:operator,issuer rv1:reviewer mg1:manager || exit 1
picture >"$work/scan.png"
order=$(in_review) || exit 1
json rv1 identity refuse "$order" --of agent --method face-matches --reason not-alike >/dev/null
lacks() { if grep -qE -e "$2" "$work/out"; then report "$1" 0; else report "$1" 1; fi; }

is "a command's options" 0 desk restore --help
lacks "a long one doesn't touch what it is" "FILE[^ ]|recovery-password-file FILE [^ ]"
is "roles" 0 as root1 staff list
says "in words" "受理员、制证员"
lacks "no codes" "operator|reviewer"
is "with --json" 0 json root1 staff list
truth "as codes" jq -e '[.[] | select(.login == "op1") | .roles] == [["operator", "issuer"]]' "$work/out"
is "granted" 0 as root1 staff roles rv1 --role issuer,operator,issuer
says "in words" "受理员、制证员"
lacks "no codes" "operator|issuer"
is "granted to somebody new, with --json" 0 json root1 staff add xx --name 某 --role reviewer,issuer,reviewer --password-file "$work/pw"
truth "as codes, each once" jq -e '.roles == ["reviewer", "issuer"]' "$work/out"
is "the reviewer is one again" 0 as root1 staff roles rv1 --role reviewer
is "who is logged in" 0 as op1 whoami
says "in words, too" "受理员、制证员"

is "an order" 0 as op1 order show "$order"
says "a payment's state" "已核实"
says "its way" "现金"
says "a check's method" "人证一致"
says "whom it was of" "经办人"
says "why it failed" "人证不一致"
says "an invoice's state" "待开票"
lacks "no codes beside them" "verified|face-matches|face-to-face|not-alike|requested|in-review| cash | sms "
is "the same with --json" 0 json op1 order show "$order"
truth "as codes" jq -e '.payments[0].state == "verified" and .payments[0].method == "cash" and .identity_checks[-1].method == "face-matches"
	and .identity_checks[-1].result == "failed" and .invoice.state == "requested" and .signature.method == "sms" and .status == "in-review"
	and .form == "new-unit" and .items[0].product == "unit-1y" and any(.documents[]; .form == "sealed-copy" and .kind == "business-licence" and .title == "营业执照")' "$work/out"
is "its documents" 0 as op1 attach list "$order"
says "as attach takes them" "business-licence"
says "as what they come, here too" "复印件加盖公章"
is "the documents with --json" 0 json op1 attach list "$order"
truth "as a code" jq -e 'any(.[]; .form == "sealed-copy")' "$work/out"
is "what it is, for people" 0 as op1 order show "$order"
truth "which form" grep -qE "申请表 *单位证书新办" "$work/out"
says "as what its documents come" "复印件加盖公章"
says "which product" "1年期单位证书"
lacks "no codes for these either" " new-unit| sealed-copy | unit-1y +UKEY"
truth "whose certificate" grep -qE "客户类型 *单位" "$work/out"
truth "which channel" grep -qE "数字证书渠道 *公共资源交易" "$work/out"
truth "how it is fetched" grep -qE "领取方式 *窗口领取" "$work/out"
says "which of its items" "副锁"
lacks "no codes for them" " unit$| public-resources$| counter$|  main  |  secondary  "
truth "which documents, by their names" grep -qE "^  类别 +必需 +表/形式" "$work/out"
truth "each once" grep -qE "^  营业执照 +是 +复印件加盖公章 +是" "$work/out"
lacks "no codes of the documents" "business-licence|signed-form"
says "which texts were agreed to" "电子认证服务协议"
lacks "no codes of the texts and the fees" "service-agreement|risk-notice| screen$|certificate  +unit|personal-seal"
truth "the fees by their titles" grep -qE "^ +150\.00 .*单位证书 1年" "$work/out"
lacks "nothing of a medium that nobody brought" "自带介质"
is "with --json once more" 0 json op1 order show "$order"
truth "zeros and codes as they are" jq -e '.items[0].own_medium == 0 and .lines[0].kind == "certificate" and .lines[0].code == "unit-1y" and
	any(.texts[]; .id == "service-agreement")' "$work/out"
printf 'serial,medium\n40000001,UKEY-RS\n' >"$work/keys.csv"
is "two keys in the stock" 0 as op1 key receive "$work/keys.csv" --drawer 09 --new
is "a count" 0 as op1 key count 40000002 --drawer 09
says "what is missing and what is too much" "多出"
is "the balance" 0 as op1 key stock --balance
lacks "until when, and to nobody" "收件人"
is "the tables" 0 as op1 table list
says "which, beside what they are called" "参数表"
is "the counts" 0 as op1 key counts
says "how many are too much" "多出"
lacks "no money" "多付|0\.01"
is "with --json" 0 json op1 key counts
truth "as it was called" jq -e '.[0].surplus == 1' "$work/out"
is "the checks alone" 0 as op1 identity list "$order"
lacks "in words" "agent|face-|passed|failed|not-alike"
unit_json | jq '.uscc = "" | .unit_name = "北京另一家有限公司"' | as op1 order new new-unit --data - >/dev/null
is "what is to be gone on with" 0 as op1 order continue
says "in words, as on other lists" "新办      草稿"
unit_json | jq '.seal_services = ["personal-seal", "handwritten-seal"]' >"$work/seals.json"
sealed=$(json op1 order new new-unit --data "$work/seals.json" | jq -r .order)
is "a draft with several choices" 0 as op1 order show "$sealed"
says "each in words" "个人章、个人章（手写签字）"
person=$(json op1 order new new-person --data tests/samples/new-person.json | jq -r .order)
is "a person who came" 0 as op1 order show "$person"
lacks "nothing of an agent that nobody sent" "代办人"
is "the money is asked back" 0 as op1 order refund "$order" --reason 客户改变主意
is "an order whose money goes back" 0 as op1 order show "$order"
truth "what for, in words" grep -qE "^  订单 +[0-9.]+ +现金" "$work/out"
is "with --json, too" 0 json op1 order show "$order"
truth "by its code" jq -e '.refunds[0].kind == "order"' "$work/out"
is "a refund in cash" 0 as mg1 refund approve "$order"
lacks "nothing of Alipay" "支付宝"
done_testing
