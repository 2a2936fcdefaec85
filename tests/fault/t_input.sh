#!/usr/bin/env bash
# Hostile input through the real program: names of files, customers' names, JSON, arguments, pictures, statements. TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/lib.sh"
staffed || exit 1
draft=$(order_at draft)
esc=$(printf '\033') bidi=$(printf '\342\200\256')
clean() { # NAME: nothing in the last output or sentence could move a cursor or turn text round
	truth "$1" bash -c '! cat "$0" "$1" | grep -qP "[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]" &&
		iconv -f UTF-8 -t UTF-8 "$0" "$1" >/dev/null' "$work/out" "$work/err"
}

# names of files, taken as they are and shown without harm
i=0
for name in "a${esc}[2J${esc}]0;x$(printf '\007').png" "$(printf 'two\nlines.png')" "$(printf '\377\376\200.png')" "-rf.png" "${bidi}gnp.exe" \
	"$(printf '\302\233' )31m.png" " .png" "'; DROP TABLE document; --.png" "$(printf '%0200d' 7).png" "%s%n%x.png" "\$(touch x).png"; do
	i=$((i + 1))
	cp "$work/scan.png" "$work/$name"
	is "a strange name ($i)" 0 op attach "$draft" business-licence "$work/$name"
	clean "a strange name ($i): shown without harm"
	met "a strange name ($i) of a file that is missing" 1 "" op attach "$draft" business-licence "$work/no-$name"
	rm "$work/$name"
done

cp "$work/scan.png" "$site/inbox/$(printf 'in\033[31m\n\377.png')"; cp "$work/scan.png" "$site/inbox/good.png"
is "the order after all of them" 0 op --json order show "$draft"
clean "the order after all of them: shown without harm"
truth "one document" test "$(jq '[.documents[] | select(.attached)] | length' "$work/out")" = 1
sound "after all of them"

# pictures
remember
truncate -s 200M "$work/huge.jpg"
printf '\377\330\377\340\000\020JFIF\000' | dd of="$work/huge.jpg" conv=notrunc 2>/dev/null
met "200 MB that begin as JPEG" 1 "太大" timeout 10 "$CERTDESK_BUILD/certdesk" -C "$site" attach "$draft" seal-sample "$work/huge.jpg"
met "the same, to fit" 1 "太大" timeout 10 "$CERTDESK_BUILD/certdesk" -C "$site" attach "$draft" seal-sample "$work/huge.jpg" --fit
mkfifo "$work/pipe.png"; exec 7<>"$work/pipe.png"
met "a named pipe nobody writes to" 1 "" timeout 10 bash -c 'exec 7>&-; "$0" -C "$1" attach "$2" no-such-kind "$3"' "$CERTDESK_BUILD/certdesk" "$site" "$draft" "$work/pipe.png"
exec 7>&-
ln -s "$work/loop.png" "$work/loop.png"
met "a link to itself" 1 "loop.png" op attach "$draft" seal-sample "$work/loop.png"
met "a device" 1 "" timeout 10 "$CERTDESK_BUILD/certdesk" -C "$site" attach "$draft" seal-sample /dev/zero
printf '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>' >"$work/a.svg"
met "a script as a picture" 1 "图片" op attach "$draft" seal-sample "$work/a.svg"
{ cat "$work/scan.png"; printf 'PK\003\004more'; } >"$work/two.png"
met "a picture with an archive behind it" 1 "图片" op attach "$draft" seal-sample "$work/two.png"
kept "none of it is kept"

# customers' names
given() { printf '{"unit_name": %s}' "$1" >"$work/name.json"; }
named() { met "a name with $1" 1 "${3:-}" op order edit "$draft" --data <(printf '{"unit_name": %s}' "$2"); }
for try in 'escape sequences:"a\u001b[31mb"' 'a zero byte:"a\u0000b"' 'a right-to-left override:"a\u202eb"' 'an isolate:"a\u2067b"' 'a newline:"a\nb"' \
	'a C1 control:"a\u009bb"' 'half a pair:"a\ud800b"' 'a number:17' 'a list:["a"]' 'null in a list:[null]'; do
	given "${try#*:}"; met "a name with ${try%%:*}" 1 "" op order edit "$draft" --data "$work/name.json"
done
python3 -c 'print("{\"unit_name\": \"" + "长" * 10000 + "\"}")' >"$work/name.json"
met "a name of 10,000 characters" 1 "" op order edit "$draft" --data "$work/name.json"
python3 -c 'print("{\"unit_name\": \"a" + "\\u0301" * 5000 + "\"}")' >"$work/name.json"
met "5,000 accents on a letter" 1 "" op order edit "$draft" --data "$work/name.json"
kept "none of them is kept"
printf '{"unit_name": "𠮷·ÅÅ有限公司"}' >"$work/name.json"
is "beyond the BMP and composed" 0 op order edit "$draft" --data "$work/name.json"

# JSON
remember
data() { printf '%b' "$2" >"$work/bad.json"; met "JSON: $1" 1 "JSON" op order edit "$draft" --data "$work/bad.json"; }
data "a key twice" '{"department": "a", "department": "b"}'
data "a zero byte" '{"department": "a"}\0000'
data "cut" '{"department": "a'
data "two values" '{"department": "a"}{}'
data "a number without end" "{\"a\": $(printf '9%.0s' $(seq 5000))}"
data "nothing" ''
data "a byte order mark alone" '\0357\0273\0277'
data "UTF-16" '\0377\0376{\0000}\0000'
python3 -c 'print("{\"a\":" * 100000)' >"$work/bad.json"
met "JSON: nested 100,000 times" 1 "JSON" op order edit "$draft" --data "$work/bad.json"
python3 -c 'print("{" + ", ".join("\"k%d\": 1" % i for i in range(100000)) + "}")' >"$work/bad.json"
met "JSON: 100,000 unknown fields" 1 "" op order edit "$draft" --data "$work/bad.json"
met "JSON: endless" 1 "" timeout 10 "$CERTDESK_BUILD/certdesk" -C "$site" order edit "$draft" --data /dev/zero
kept "none of it is kept"
is "data from a pipe" 0 op order edit "$draft" --data <(sleep 0.2; echo '{"department": "市场部"}')

# arguments
long=$(printf 'x%.0s' $(seq 120000))
for try in "$long" "1${esc}[31m" "$(printf '1\n2')" "$(printf '\377\376')" "${bidi}1" "%s%s%n" "-1" "../../$draft" "$draft " "0$draft"; do
	for command in show cancel history; do met "order $command ‘$(printf '%.12q' "$try")’" "$([ "$try" = -1 ] && echo 2 || echo 1)" "" op order $command "$try"; done
done
met "a long command" 2 "" op "$long"
met "a long option" 2 "" op order list "--$long"
met "a long value" 2 "" op order list --status "$long"
met "no such status" 2 "cancled" op order list --status cancled
met "a long path" 1 "" op attach "$draft" seal-sample "/$long"
met "a long directory" 4 "" "$CERTDESK_BUILD/certdesk" -C "/$long" order list
met "a long login" 1 "" as "$long" order list
met "an empty login" 2 "" as "" order list

# statements
remember
for try in 'a workbook:PK\003\004\024\000\006\000' 'an old workbook:\320\317\021\340\241\261\032\341' 'a page:<html><body>请登录</body></html>' \
	'no columns known:a,b\n1,2\n' 'quotes without end:"交易日期,收入' \
	'a zero byte:交易日期,收入金额\n2026-11-22,1\0000' 'money that is none:交易日期,收入金额,支出金额,对方户名,对方账号,交易流水号,摘要\n2026-11-22,1e9,,甲,1,T1,x\n' \
	'a day that is none:交易日期,收入金额,支出金额,对方户名,对方账号,交易流水号,摘要\n2026-02-30,1.00,,甲,1,T1,x\n' \
	'a row cut short:交易日期,收入金额,支出金额,对方户名,对方账号,交易流水号,摘要\n2026-11-22,1.00,,甲,1,T1,x\n2026-11-2'; do
	printf '%b' "${try#*:}" >"$work/bank.csv"
	met "a statement: ${try%%:*}" 1 "对账单" op statement import "$work/bank.csv"
done
met "a statement: a picture" 1 "对账单" op statement import "$work/scan.png"
kept "no entry of them is kept"

# formulas in what is keyed reach Excel as text
printf '{"unit_name": "=1+1"}' >"$work/name.json"
met "a name without a letter" 1 "单位名称" op order edit "$draft" --data "$work/name.json"
op --json order new new-unit --data <(unit_json | jq '.unit_name = "=cmd()" | .department = "@SUM(A1)"') >"$work/made" 2>"$work/err"
order=$(jq -r .order "$work/made")
for kind in $document_kinds; do op attach "$order" "$kind" "$work/scan.png" >/dev/null; done
op sign "$order" --send >/dev/null
is "it is signed" 0 op sign "$order" --code "$(code_sent "$order")"
is "a receipt that looks like a formula" 0 op pay "$order" --method cash --receipt '=HYPERLINK("x")' --amount "$(due "$order")"
printf '交易日期,收入金额,支出金额,对方户名,对方账号,交易流水号,摘要\n%s,1.00,,"=cmd|calc!A1",-1,@T1,+x\n' "$(TZ=Asia/Shanghai date +%F)" >"$work/bank.csv"
is "a payer that looks like a formula" 0 op statement import "$work/bank.csv"
is "the day in Excel" 0 as mg1 report daily --date "$(TZ=Asia/Shanghai date +%F)" -o "$work/day.xlsx"
truth "all of them are text" /usr/bin/python3 - "$work/day.xlsx" <<'PY'
import sys, openpyxl
cells = [c for s in openpyxl.load_workbook(sys.argv[1]) for r in s.iter_rows() for c in r if c.value is not None]
texts = {c.value for c in cells if c.data_type == "s"}
formulas = [c.value for c in cells if c.data_type == "f"]
assert "=cmd()" in texts and '=HYPERLINK("x")' in texts, sorted(t for t in texts if t[:1] in "=+-@")
assert not any("cmd" in str(f) or "HYPERLINK" in str(f) for f in formulas), formulas
PY
met "a report over a directory" 1 "$work" as mg1 report daily --date "$(TZ=Asia/Shanghai date +%F)" -o "$work"
met "a report to nowhere" 1 "nowhere" as mg1 report daily --date "$(TZ=Asia/Shanghai date +%F)" -o "$work/nowhere/day.xlsx"
cp "$work/day.xlsx" "$work/kept.xlsx"
rc=0; said=$(trap '' XFSZ; ulimit -f 4; as mg1 report daily --date "$(TZ=Asia/Shanghai date +%F)" -o "$work/kept.xlsx" 2>&1 >/dev/null) || rc=$?
truth "a report on a full disk: status $rc, $said" test "$rc" = 4 -a -n "$said"
truth "the one before stays" cmp "$work/day.xlsx" "$work/kept.xlsx"
truth "and nothing beside it" bash -c '! ls -A "$0" | grep -E "xlsx\..|\.tmp"' "$work"
sound "at the end"
done_testing
