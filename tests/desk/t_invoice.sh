#!/usr/bin/env bash
# Invoices by commands: statuses, JSON, files. Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/../lib/desk.sh"
site_make op1:operator mg1:manager au1:auditor || exit 1
today=$(TZ=CST-8 date +%F)
printf '%%PDF-1.7\n%s\nstartxref\n9\n%%%%EOF\n' "$(printf 'x%.0s' {1..80})" >"$work/in.pdf"

# a paid order
order() {
	local no kind due
	no=$(other_unit_json "$1" | as op1 --json order new new-unit --data - | jq -r .order)
	picture >"$work/a.png"
	for kind in $(as op1 --json attach list "$no" | jq -r '.[] | select(.required) | .kind'); do as op1 attach "$no" "$kind" "$work/a.png"; done >/dev/null
	as op1 sign "$no" --send >/dev/null
	as op1 sign "$no" --code "$(cat "$(ls -t "$site"/outbox/sms/*.json | head -1)" | grep -oE '验证码：[0-9]{6}' | grep -oE '[0-9]+')" >/dev/null
	due=$(as op1 --json order show "$no" | jq .due)
	as op1 pay "$no" --method cash --receipt "R$no" --amount "$due" >/dev/null
	echo "$no"
}
a=$(order 1); b=$(order 2)
is "order show has the invoice" 0 as op1 --json order show "$a"
truth "its members" jq -e '.invoice | .state == "requested" and .kind == "ordinary" and .amount == 28000 and .number == null and .pdf == false and
	.red_due == false and (.requested_at | endswith("Z"))' "$work/out"
is "invoice list" 0 as op1 --json invoice list
truth "its members" jq -e 'length == 2 and all(.[]; ["order","name","kind","kind_title","state","state_title","amount","number","issued_date",
	"pdf","red_due","requested_at","exported_at","filed_at","sent_at","staff"] - keys == [])' "$work/out"
is "by state" 0 as au1 --json invoice list --state sent
truth "none" jq -e '. == []' "$work/out"
is "by day" 0 as au1 --json invoice list --date "$today"
truth "both" jq -e 'length == 2' "$work/out"
is "a state that is none" 2 as op1 invoice list --state lost
is "a date that is none" 2 as op1 invoice list --date 2026-02-30
is "text for people" 0 as op1 invoice list
says "in words" 待开票
is "an order that isn't there" 1 as op1 invoice show nowhere

# the list
is "export to a place that isn't there" 1 as op1 invoice export -o "$work/none/list.xlsx"
is "without a file" 2 as op1 invoice export
is "an auditor exports nothing" 1 as au1 invoice export -o "$work/list.xlsx"
truth "nothing was written" test ! -e "$work/list.xlsx"
is "export" 0 as op1 --json invoice export -o "$work/list.xlsx"
truth "its members" jq -e '.batch == 1 and .invoices == 2 and .rows > 2 and .amount == 56000 and (.path | endswith("list.xlsx"))' "$work/out"
truth "openpyxl agrees with the store" /usr/bin/python3 "$here/tests/desk/invoice_list.py" "$work/list.xlsx" "$site/certdesk.db" 1
truth "it is for us alone" test "$(stat -c %a "$work/list.xlsx")" = 600
is "nothing goes twice" 1 as op1 invoice export -o "$work/again.xlsx"
is "but on demand" 0 as op1 invoice export -o "$work/again.xlsx" --again
is "the store's text holds no buyer" 1 grep -qaF 91110105MA01ABCD5F "$site/certdesk.db"

# numbers and files
is "import what is no list" 1 as op1 invoice import "$work/in.pdf"
printf '备注,发票号码,开票日期\n%s,26112000000000000001,%s\n%s,1,%s\n' "$a" "$today" "$b" "$today" >"$work/n.csv"
is "import a list with a mistake" 1 as op1 invoice import "$work/n.csv"
says "names the line" "n.csv:3"
is "nothing was filed" 0 as op1 --json invoice show "$a"
truth "it has no number" jq -e '.number == null' "$work/out"
printf 'order,number,date\n%s,26112000000000000001,%s\n' "$a" "$today" >"$work/n.csv"
is "import" 0 as op1 --json invoice import "$work/n.csv"
truth "its members" jq -e '. == {"rows": 1, "new": 1}' "$work/out"
is "no PDF to save yet" 1 as op1 invoice save "$a" -o "$work/out.pdf"
is "no PDF to send yet" 1 as op1 invoice send "$a"
is "file what is no PDF" 1 as op1 invoice file "$a" "$work/a.png"
is "file what isn't there" 1 as op1 invoice file "$a" "$(printf '%s/\033[2J.pdf' "$work")"
truth "no escape sequence reaches the terminal" bash -c '! grep -qP "\x1b" "$0"' "$work/err"
is "file" 0 as op1 --json invoice file "$a" "$work/in.pdf"
truth "it was sent" jq -e '.state == "sent" and .pdf and (.to | contains("*")) and (has("notice") | not)' "$work/out"
mail=$(ls -t "$site"/outbox/mail/*.json | head -1)
truth "to the agent's mail" jq -e '.to == "lisi@example.com" and (.attachments | length == 1)' "$mail"
truth "with the file" cmp "$site/outbox/mail/$(jq -r '.attachments[0].path' "$mail")" "$work/in.pdf"
truth "and its digest" test "sha256:$(sha256sum <"$work/in.pdf" | cut -d' ' -f1)" = "$(jq -r '.attachments[0].digest' "$mail")"
is "save" 0 as au1 --json invoice save "$a" -o "$work/out.pdf"
is "nor where nothing can be written" 1 as au1 invoice save "$a" -o "$work/nowhere/out.pdf"
truth "the same bytes" cmp "$work/in.pdf" "$work/out.pdf"
is "a number twice" 1 as op1 invoice file "$b" "$work/in.pdf" --number 26112000000000000001 --date "$today"
is "send elsewhere" 0 as op1 invoice send "$a" --to boss@example.com
is "send to nowhere" 1 as op1 invoice send "$a" --to boss
is "show as text" 0 as op1 invoice show "$a"
says "in words" 税收分类编码

# red
is "an operator takes nothing back" 1 as op1 invoice red "$a" --number 26112000000000000009 --date "$today"
is "red" 0 as mg1 --json invoice red "$a" --number 26112000000000000009 --date "$today"
truth "the living order asks anew" jq -e '.state == "requested" and .earlier[0].state == "red" and .earlier[0].red_number == "26112000000000000009"' "$work/out"
is "without its number" 2 as mg1 invoice red "$a" --date "$today"
is "what is no PDF" 1 as mg1 invoice red "$a" "$work/a.png"
is "an operator files no red PDF" 1 as op1 invoice red "$a" "$work/in.pdf"
is "its PDF comes" 0 as mg1 --json invoice red "$a" "$work/in.pdf"
truth "is filed with it and sent" jq -e '.state == "requested" and .earlier[0].red_pdf and (.earlier[0].red_sent_at | endswith("Z")) and (has("notice") | not)' "$work/out"
mail=$(ls -t "$site"/outbox/mail/*.json | head -1)
truth "to the agent's mail" jq -e '.to == "lisi@example.com" and (.text | contains("红字发票") and contains("26112000000000000009")) and (.attachments | length == 1)' "$mail"
is "saved" 0 as au1 invoice save "$a" --red -o "$work/red.pdf"
truth "as it came" cmp "$work/in.pdf" "$work/red.pdf"
is "sent elsewhere" 0 as op1 invoice send "$a" --red --to boss@example.com
is "there is no red one" 1 as op1 invoice send "$b" --red
queried() { # N: what the query shows of that unit
	local unit code
	unit=$(other_unit_json "$1" | jq -r .uscc)
	is "the query of unit $1" 0 as op1 query --kind uscc --number "$unit" --send
	code=$(cat "$(ls -t "$site"/outbox/sms/*.json | head -1)" | grep -oE '验证码：[0-9]{6}' | grep -oE '[0-9]+')
	is "by the code" 0 as op1 --json query --kind uscc --number "$unit" --code "$code"
}
queried 1
truth "shows it" jq -e --arg a "$a" '.orders[] | select(.order == $a) | .red_invoice | .number == "26112000000000000009" and .of == "26112000000000000001" and .pdf and
	(.sent_at | endswith("Z"))' "$work/out"
queried 2
truth "and nothing where there is none" jq -e --arg b "$b" '.orders[] | select(.order == $b) | .red_invoice == null' "$work/out"
is "what was never issued isn't taken back" 1 as mg1 invoice red "$b" --number 26112000000000000008 --date "$today"
is "a draft has none" 1 as op1 invoice request "$(unit_json | as op1 --json order new new-unit --data - | jq -r .order)"
is "table export" 0 as op1 table export taxes
truth "names, codes, rates" grep -q '^certificate,,.*,3040203000000000000,年,600$' "$work/out"
is "order history names it" 0 as op1 order history "$a"
says "in words" 登记发票
is "audit verify" 0 as au1 audit verify
done_testing
