#!/usr/bin/env bash
# Shifts and the day's end by commands. Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/../lib/desk.sh"
site_make op1:operator op2:operator rv1:reviewer mg1:manager is1:issuer || exit 1
today=$(TZ=UTC-8 date +%F)

is "nothing yet" 0 as op1 --json till show
truth "is an array" jq -e '. == []' "$work/out"
is "a count without a shift" 1 as op1 till count --notes 0
says "says what to do" "开班"
is "open with a float" 0 as op1 --json till open --float 50000
truth "its members" jq -e '["station","date","state","staff","login","opened_at","closed_at","float","expected_cash","expected_pos",
	"expected_cheques","pieces","cash","pos","cheques","difference_cash","difference_pos","difference_cheques","counted_at","counted_by",
	"explanation","closed_by","taken_by"] - keys == [] and .state == "open" and .float == 50000 and .cash == null' "$work/out"
is "open again" 1 as op1 till open
is "a reviewer has no till" 1 as rv1 till open
is "a count without denominations" 2 as op1 till count
is "wrong denominations" 1 as op1 till count --notes 3x3
says "says how" "100x3"
is "count" 0 as op1 --json till count --notes 100x4,50x1,20x2 --pos 0 --cheques 0
truth "names the difference" jq -e '.state == "counted" and .cash == 49000 and .difference_cash == -1000 and .pieces == {"100": 4, "50": 1, "20": 2}' "$work/out"
is "close without explanation" 1 as op1 till close
says "names it too" "-10.00"
is "hand over to nobody" 1 as op1 till handover --reason 找零多给
is "hand over to oneself" 1 as op1 --with op1 --with-password-file "$work/pw" till handover --reason 找零多给
is "hand over with a wrong password" 1 as op1 --with op2 --with-password-file "$work/wrong" till handover --reason 找零多给
is "hand over to a reviewer" 1 as op1 --with rv1 --with-password-file "$work/pw" till handover --reason 找零多给
is "hand over" 0 as op1 --json --with op2 --with-password-file "$work/pw" till handover --reason 找零多给
truth "who took it" jq -e '.state == "closed" and .taken_by == "op2" and .explanation == "找零多给"' "$work/out"
is "the next one" 0 as op2 --json till show
truth "begins with what was counted" jq -e 'length == 2 and .[1].login == "op2" and .[1].float == 49000' "$work/out"
is "another's shift" 1 as op1 till count --notes 0
is "the list for people" 0 as op2 till show
says "in words" "应有现金"

is "the checklist" 0 as mg1 --json day show
truth "its rows" jq -e --arg d "$today" '.date == $d and .frozen == false and .ready == false and ([.checklist[].item] ==
	["days","orders","shifts","cash","pos","statement","qr","keys","invoices","report","freeze"])' "$work/out"
truth "what is open says what to do" jq -e 'all(.checklist[]; .state != "open" or .blocks == false or .mend != "")' "$work/out"
is "a day with an open shift" 1 as mg1 day close
says "names it" "班次"
printf 'serial,medium\n70000001,UKEY-RS\n70000002,UKEY-RS\n' >"$work/stock.csv"
is "keys come in" 0 as is1 key receive "$work/stock.csv"
keys_row() { as mg1 --json day show | jq -e '.checklist[] | select(.item == "keys") | '"$1" >/dev/null; }
truth "a point that hasn't counted is told to" keys_row '.state == "open" and .count and (.confirm | not) and .expected == 2 and .counted == null and
	.difference == null and .drawer == "01" and (.mend | contains("key count"))'
is "a figure is no count" 1 as mg1 day confirm keys --figure 2
says "it says what is" "key count"
printf 'serial\n70000001\n' >"$work/one.csv"
is "count one of two" 0 as is1 key count "$work/one.csv"
truth "the difference wants a reason" keys_row '.state == "open" and .expected == 2 and .counted == 1 and .difference == -1'
long=$(printf '一个在送修。%.0s' $(seq 27))
is "with a long reason" 0 as is1 key count "$work/one.csv" --reason "$long"
truth "its row has it whole" keys_row '.detail | endswith("'"$long"'")'
is "with its reason" 0 as is1 key count "$work/one.csv" --reason 一个在送修
truth "it is enough" keys_row '.state == "warn" and (.detail | contains("一个在送修"))'
is "count both" 0 as is1 key count "$work/stock.csv"
truth "as expected" keys_row '.state == "done" and .expected == 2 and .counted == 2 and .difference == 0'
is "an operator ends no day" 1 as op2 day close
is "count the other" 0 as op2 till count --notes 100x4,50x1,20x2
is "and close it" 0 as op2 till close
is "waive without a reason" 2 as mg1 day waive statement
is "waive what can't be" 1 as mg1 day waive cash --reason x
is "no such item" 1 as mg1 day confirm shells --figure 1
long=$(printf '银行次日才出。%.0s' $(seq 23))
is "waive for a long reason" 0 as mg1 --json day waive statement --reason "$long"
truth "its row has it whole" jq -e --arg why "$long" '.checklist[] | select(.item == "statement").detail | endswith($why)' "$work/out"
is "waive" 0 as mg1 day waive statement --reason 银行次日才出
is "close a day to come" 1 as mg1 day close --date 2999-01-01
is "no date" 2 as mg1 day close --date yesterday
is "end the day" 0 as mg1 --json day close
truth "what is recorded" jq -e '.frozen and (.report | endswith("reports/daily-'"$today"'.xlsx")) and (.report_digest | startswith("sha256:")) and
	(.head | contains(" sha256:")) and .closed_by == "mg1"' "$work/out"
truth "the report is there, and it is that one" bash -c '[ "sha256:$(sha256sum "$(jq -r .report "$0")" | cut -c1-64)" = "$(jq -r .report_digest "$0")" ]' "$work/out"
is "end it again" 1 as mg1 day close --date "$today"
says "it is frozen" "已经日结"
is "the shift of the evening" 0 as op1 --json till open
truth "counts to tomorrow" jq -e --arg d "$today" '.date > $d' "$work/out"
is "money into the frozen date" 1 as op1 till count --date "$today" --notes 0
is "the journal" 0 as root1 staff add au1 --name au1 --role auditor --password-file "$work/pw"
is "verifies" 0 as au1 audit verify
done_testing
