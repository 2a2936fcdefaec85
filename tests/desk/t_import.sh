#!/usr/bin/env bash
# Many customers at once by commands: the template, lists as CSV and as workbooks, mistakes by line, hostile files.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/../lib/desk.sh"
site_make op1:operator rv1:reviewer
py() { /usr/bin/python3 "$(dirname "$0")/list_books.py" "$@"; }
drafts() { as op1 --json order continue | jq length; }
have() { [ "$(drafts)" = "$1" ]; }
import() { as op1 --json order import new-person "$@"; }
head='姓名,证件号,手机号,电子邮箱,认证方式'
good1='张三,110105200002290013,13700137001,a@example.com,个人手机实名认证'
good2='李四,11010519491231002X,13700137002,b@example.com,mobile'

gbk=$work/$(printf '\xc3\xfb\xb5\xa5.csv') # a name as old Windows machines write it
printf '%s\n' "$head" "$good1" "$good2" | tee "$gbk" >"$work/good.csv"
is "a list whose name is no UTF-8 is judged" 0 import "$gbk" --check
is "a good list is judged" 0 import "$work/good.csv" --check
truth "two good lines, nothing made" jq -e '.lines == 2 and .good == 2 and .drafts == [] and .mistakes == []' "$work/out"
truth "really nothing" have 0
is "and imported" 0 import "$work/good.csv"
truth "two drafts" jq -e '.drafts | length == 2' "$work/out"
truth "are there to go on with" have 2
no=$(jq -r '.drafts[0]' "$work/out")
is "a draft as if it had been keyed" 0 as op1 --json order show "$no"
truth "code for the name, defaults for the rest" jq -e '.form == "new-person" and .status == "draft" and .name == "张三" and .fields.agent_auth == "mobile" and .fields.product == "person-1y" and .fields.delivery == "counter"' "$work/out"
is "twice is refused" 1 import "$work/good.csv"
says "by the drafts that are there" "$no"
truth "both lines named, none good" jq -e '[.mistakes[].line] == [2, 3] and .good == 0 and .mistakes[0].field == "person_id_number"' "$work/out"
is "nor is there a good part" 1 import "$work/good.csv" --good-part
truth "still two" have 2

printf '%s\n' "$head" '王五,110105194912310025,1370013700,c@example.com,mobile' '赵六,110101199003070134,13700137004,d@example.com,mobile' >"$work/bad.csv"
is "one mistake imports nothing" 1 as op1 order import new-person "$work/bad.csv"
says "the line and the field are named" "第 2 行：手机号（person_mobile）："
says "each mistake of the line" "第 2 行：证件号（person_id_number）："
truth "nothing was made" have 2
is "the same in English" 1 as op1 --lang en order import new-person "$work/bad.csv"
says "line and label" "line 2: Mobile (person_mobile): "
is "judging it exits 1 too" 1 import "$work/bad.csv" --check
truth "with the result" jq -e '.lines == 2 and (.mistakes | length) >= 2 and all(.mistakes[]; has("line") and has("field") and has("label") and has("message"))' "$work/out"
is "the good part when it is asked for" 0 import "$work/bad.csv" --good-part
truth "what was good and what was not" jq -e '.lines == 2 and .good == (.drafts | length) and (.mistakes | length) >= 1' "$work/out"

cat >"$work/common.json" <<'J'
{"agent_auth": "mobile", "delivery": "mail", "mail_region": "310115", "mail_address": "示例路3号"}
J
printf '姓名;证件号;手机号;电子邮箱;备注\n孙七;110101198001010010;+86 137-0013-7005;e@example.com;"一行，\n两行"\n' | iconv -t GB18030 >"$work/gbk.csv"
is "GBK, semicolons, a newline in quotes, common values" 0 import "$work/gbk.csv" --data "$work/common.json" --good-part
no=$(jq -r '.drafts[0]' "$work/out")
is "its draft" 0 as op1 --json order show "$no"
truth "has the common values and the folded ones" jq -e '.fields.delivery == "mail" and .fields.mail_region == "310115" and .fields.notes == "一行， 两行"' "$work/out"
is "what is confirmed at the counter is no common value" 1 import "$work/good.csv" --data <(echo '{"consent": true}')
is "nor a mistaken one" 1 import "$work/good.csv" --data <(echo '{"delivery": "pigeon"}')
is "no head row" 1 import <(printf '1,2,3\n4,5,6\n')
says "tells what one looks like" "姓名"
is "only new applications" 1 as op1 order import revoke-person "$work/good.csv"
is "a form that isn't" 2 as op1 order import new-pet "$work/good.csv"
is "no file named" 2 as op1 order import new-person
is "a file that isn't there" 1 import "$work/none.csv"
is "not both" 2 import "$work/good.csv" --check --good-part
is "not for reviewers" 1 as rv1 order import new-person "$work/good.csv" --check
is "an empty file" 1 import /dev/null
is "a picture" 1 import <(picture)

is "a template is written" 0 as op1 --json order import new-person --template -o "$work/t.xlsx"
truth "as openpyxl reads it" py judge-template "$work/t.xlsx"
is "an empty one has nothing to import" 1 import "$work/t.xlsx"
truth "filled in" py fill-template "$work/t.xlsx" "$work/filled.xlsx"
is "it imports" 0 import "$work/filled.xlsx"
truth "two lines" jq -e '.lines == 2 and (.drafts | length) == 2' "$work/out"
is "in English too" 0 as op1 --lang en --json order import new-person --template -o "$work/en.xlsx"
truth "with every heading known again" py fill-template "$work/en.xlsx" "$work/en2.xlsx"
is "checked" 1 as op1 --lang en --json order import new-person "$work/en2.xlsx" --check
truth "no heading is unknown" jq -e 'all(.mistakes[]; .line > 1)' "$work/out"
is "a template of units" 0 as op1 --json order import new-unit --template -o "$work/u.xlsx"
is "without a file" 2 as op1 order import new-person --template
is "not into a directory" 1 as op1 order import new-person --template -o "$work"
is "not of a business about a key" 1 as op1 order import unlock --template -o "$work/x.xlsx"

hostile() { # NAME STATUS WORD
	truth "made: $1" py "$1" "$work/h.xlsx"
	is "$1" "$2" import "$work/h.xlsx" --check
	says "$1 has its sentence" "$3"
}
before=$(drafts)
hostile number-lost 1 "15 位"
hostile formula-without-value 1 "公式"
hostile error-value 1 "错误值"
hostile macros 1 "宏"
hostile macro-type 1 "宏"
hostile bomb 1 "64 MB"
hostile entities 1 "实体"
hostile encrypted 1 "打开密码"
hostile old 1 ".xls"
hostile truncated 1 "已损坏"
hostile wide 1 "256 列"
hostile too-many 1 "2000 行"
hostile word 1 "不是 CSV"
hostile zip-password 1 "打开密码"
hostile deep 1 "已损坏"
hostile bad-string 1 "已损坏"
hostile far 0 '"good":1'
hostile dates 0 '"good":2'
hostile hidden-first 0 '"good":1'
truth "none of them left a draft" have "$before"
done_testing
