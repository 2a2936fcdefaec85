#!/usr/bin/env bash
# Managers' reports over real sites: two counters and a review site at work, headquarters' workbook against theirs. Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); trap 'hub_kill; reader_stop; rm -rf "$work"' EXIT
. "$(dirname "$0")/../lib/desk.sh"
. "$(dirname "$0")/../lib/hub.sh"
. "$(dirname "$0")/../lib/pcscd.sh"
today=$(TZ=UTC-8 date +%F)
py() { /usr/bin/python3 "$here/tests/hub/$1" "${@:2}"; }

at() { site=$work/$1; }
json() { local user=$1; shift; as "$user" --json "$@"; }
sms() { jq -er .text $(ls -t "$site"/outbox/sms/*) | grep -oE "$1[^0-9]*[0-9]{$2}" | head -n 1 | grep -oE "[0-9]{$2}\$"; }
signed() { # FORM DATA -> ORDER
	local o kind
	o=$(json op1 order new "$1" --data "$2" | jq -er .order) || return
	for kind in $(json op1 order show "$o" | jq -er '.documents[] | select(.required) | .kind'); do
		json op1 attach "$o" "$kind" "$work/scan.png" >/dev/null || return
	done
	json op1 sign "$o" --send >/dev/null && json op1 sign "$o" --code "$(sms 验证码 6)" >/dev/null && echo "$o"
}
due() { json op1 order show "$1" | jq -er .due; }
paid() { # FORM DATA METHOD -> ORDER
	local o; o=$(signed "$1" "$2") && json op1 pay "$o" --method "$3" --receipt "R-$o" --amount "$(due "$o")" >/dev/null && echo "$o"
}
sync() { json root1 sync --once; }
makes() { # CODE NAME KIND REGION
	local code=$1
	site_make_as "$code" "$2" op1:operator rv1:reviewer is1:issuer mg1:manager || return
	json root1 hub join "$hub_url" --code "$(hub enrol "$code" --kind "$3" --name "$2" --region "$4" | jq -er .code)" >/dev/null
}
over() { hub report "$@"; }
own() { local s; for s in "$@"; do at "$s"; as mg1 report "$kind" --date "$today" -o "$work/$kind-$s.xlsx" >/dev/null || return; done; }
note_of() { jq -er --arg s "$1" '.sites[] | select(.site == $s) | .note' "$work/out"; }
picture >"$work/scan.png"
unit_json >"$work/unit.json"
unit_json | jq '. + {key_role: "secondary"}' >"$work/other.json"
cp "$here/tests/unit/rules/new-person.json" "$work/person.json"

hub_make >/dev/null
is "no site yet" 1 over daily --date "$today" -o "$work/none.xlsx"
says "says so" 没有可以出报表的受理点
hub_serve --workers 3 || exit 1
at cp; makes 110114-01 昌平受理点 counter 110114 || exit 1
at cy; makes 110105-02 朝阳受理点 counter 110105 || exit 1
at hq; makes 000000-R1 总部审核 review 110000 || exit 1
hub enrol 310101-01 --kind counter --name 黄浦受理点 --region 310101 >/dev/null

# Changping: a certificate for a unit, one refund, one order at review, keys, money of nobody
at cp
printf 'serial,medium\n10000001,UKEY-RS\n10000002,UKEY-RS\n10000003,UKEY-RS\n10000004,card\n' >"$work/in.csv"
as is1 key receive "$work/in.csv" >/dev/null; as is1 key transfer 10000003 --to 02 --new >/dev/null; as is1 key spoil 10000002 --reason 外壳破裂 >/dev/null
as op1 till open --float 50000 >/dev/null
o1=$(paid new-unit "$work/unit.json" cash); o2=$(paid new-person "$work/person.json" pos); o3=$(signed new-unit "$work/other.json")
printf '交易日期,交易流水号,收入金额,支出金额,对方户名,对方账号,摘要\n%s,B-1,%s.00,,某某公司,6222000011112222,货款\n%s,B-2,77.70,,另一公司,6222000011113333,不明\n' \
	"$today" "$(($(due "$o3") / 100))" "$today" >"$work/s.csv"
as op1 statement import "$work/s.csv" >/dev/null
o4=$(paid new-unit "$work/other.json" pos)
as op1 order refund "$o4" --reason 客户改变主意 >/dev/null; as mg1 refund approve "$o4" >/dev/null; as op1 refund done "$o4" --reference C-1 >/dev/null
o5=$(paid new-unit "$work/other.json" cash); as op1 order refund "$o5" --reason 客户改变主意 >/dev/null
as op1 till count --notes 100x4 --pos 0 --cheques 0 >/dev/null
truth "Changping at work" test -n "$o1" -a -n "$o2" -a -n "$o3" -a -n "$o4" -a -n "$o5"
is "it is sent" 0 sync
# Chaoyang
at cy
p1=$(paid new-unit "$work/unit.json" cheque); p2=$(paid new-person "$work/person.json" cash); p3=$(signed new-person "$work/person.json")
truth "Chaoyang at work" test -n "$p1" -a -n "$p2" -a -n "$p3"
as op1 order cancel "$p3" >/dev/null
is "it is sent too" 0 sync

# orders go there and back; one stays
at hq
is "they arrive" 0 sync
for o in "$o1" "$p1"; do as rv1 review claim "$o" >/dev/null; as rv1 review approve "$o" >/dev/null; done
as rv1 review claim "$o2" >/dev/null; as rv1 review return "$o2" --reason 照片不清楚 >/dev/null
is "decisions go" 0 sync
at cp; is "and come" 0 sync
insert 10000001 || exit 1
is "a certificate is issued" 0 as is1 issue "$o1" --serial 10000001
is "and handed over" 0 as op1 order handover "$o1" --serial 10000001 --to agent --receipt H1
sync >/dev/null
at cy; sync >/dev/null
at hq; sync >/dev/null

for kind in daily deadlines; do
	own cp cy hq || report "the sites' own $kind" 0
	is "over all sites: $kind" 0 over "$kind" --date "$today" -o "$work/$kind.xlsx"
	truth "$kind: equal to the sites' own, block by block" py report_over.py "$work/$kind.xlsx" 000000-R1="$work/$kind-hq.xlsx" 110105-02="$work/$kind-cy.xlsx" \
		110114-01="$work/$kind-cp.xlsx"
	sed 's/^/# /' "$work/seen"
done
over daily --date "$today" -o "$work/daily.xlsx" >"$work/out"
truth "each site with its head" jq -e '[.sites[] | select(.seq > 0) | .site] == ["000000-R1", "110105-02", "110114-01"]' "$work/out"
for s in cp:110114-01 cy:110105-02 hq:000000-R1; do
	at "${s%%:*}"
	truth "as far as the site: ${s##*:}" test "$(jq -er --arg s "${s##*:}" '.sites[] | select(.site == $s) | .seq' "$work/out")" = "$(sqlite3 "$site/certdesk.db" 'SELECT max(seq) FROM journal')"
done
truth "one that hasn't joined is named" grep -q 尚未加入 <<<"$(note_of 310101-01)"
truth "the others have nothing against them" test -z "$(note_of 110114-01)$(note_of 110105-02)$(note_of 000000-R1)"
truth "an order that moved counts once" py report_counts.py "$work/daily.xlsx" "$o1" "$o2" "$p1"
truth "no personal number is in it" bash -c 'unzip -p "$0" | grep -qF -e 91110105MA01ABCD5F -e 13900139000 -e 110101199003071233 && exit 1; exit 0' "$work/daily.xlsx"

# another program reads them and writes them again: nothing is lost (LibreOffice, where there is one: 3 s)
if command -v soffice >/dev/null; then
	mkdir "$work/again"
	soffice --headless "-env:UserInstallation=file://$work/office" --convert-to xlsx --outdir "$work/again" "$work"/daily*.xlsx >/dev/null 2>&1 </dev/null
	truth "a spreadsheet program reads the same in them" py report_over.py "$work/again/daily.xlsx" 000000-R1="$work/again/daily-hq.xlsx" \
		110105-02="$work/again/daily-cy.xlsx" 110114-01="$work/again/daily-cp.xlsx"
else
	number=$((number + 1)); echo "ok $number - a spreadsheet program reads the same in them # SKIP no soffice"
fi

# some of them
is "one site" 0 over daily --date "$today" --site 110105-02 -o "$work/one.xlsx"
kind=daily
truth "is the site's own" py report_over.py "$work/one.xlsx" 110105-02="$work/daily-cy.xlsx"
is "a region" 0 over daily --date "$today" --region 110100 -o "$work/region.xlsx"
truth "and what is below it" py report_over.py "$work/region.xlsx" 110105-02="$work/daily-cy.xlsx" 110114-01="$work/daily-cp.xlsx"
is "several days" 0 over daily --date 2026-01-01 --to "$today" --site 110105-02 --by 王经理 -o "$work/days.xlsx"
truth "who prints it" bash -c 'unzip -p "$0" xl/worksheets/sheet1.xml | grep -qF 王经理' "$work/days.xlsx"
is "a site that isn't there" 1 over daily --date "$today" --site 110199-09 -o "$work/none.xlsx"
is "a region without sites" 1 over daily --date "$today" --region 440000 -o "$work/none.xlsx"
is "a region and a site" 2 over daily --date "$today" --region 110000 --site 110105-02 -o "$work/none.xlsx"
is "a report that isn't there" 2 over weekly --date "$today" -o "$work/none.xlsx"
is "days in the wrong order" 2 over daily --date "$today" --to 2026-01-01 -o "$work/none.xlsx"
is "without a file" 2 over daily --date "$today"
is "nowhere to write" 1 over daily --date "$today" -o "$work/nowhere/x.xlsx"
truth "nothing was written" test ! -e "$work/none.xlsx"

# thrown away, and made again
mkdir "$work/before"; mv "$hub_dir/reading" "$work/before/"
is "thrown away" 0 over daily --date "$today" -o "$work/again.xlsx"
truth "is made anew, the same" py report_over.py "$work/again.xlsx" 000000-R1="$work/daily-hq.xlsx" 110105-02="$work/daily-cy.xlsx" 110114-01="$work/daily-cp.xlsx"
truth "for headquarters alone" test "$(stat -c %a "$hub_dir/reading")" = 700
db=$(ls "$hub_dir"/reading/110114-01.*.db)
truth "no journal, no keys, nothing sealed" test "$(sqlite3 "$db" "SELECT (SELECT count(*) FROM journal) + (SELECT count(*) FROM journal_state) + (SELECT count(*) FROM data_key) + (SELECT count(*) FROM orders WHERE length(data) > 0) + (SELECT count(*) FROM site WHERE length(sign_private) > 0)")" = 0
head -c 3000 /dev/urandom >"$db"
is "damaged" 0 over daily --date "$today" -o "$work/again.xlsx"
truth "is made anew too" py report_over.py "$work/again.xlsx" 000000-R1="$work/daily-hq.xlsx" 110105-02="$work/daily-cy.xlsx" 110114-01="$work/daily-cp.xlsx"

# two at once, and one that is killed
over daily --date "$today" -o "$work/two.xlsx" >"$work/two.out" 2>&1 & other=$!
is "two at once" 0 over daily --date "$today" -o "$work/three.xlsx"
wait "$other"; truth "both" test $? = 0
truth "the same" py report_over.py "$work/two.xlsx" 000000-R1="$work/daily-hq.xlsx" 110105-02="$work/daily-cy.xlsx" 110114-01="$work/daily-cp.xlsx"
rm -rf "$hub_dir/reading"
for n in 1 2 3 4; do
	"$CERTDESK_BUILD/certdesk-hub" -C "$hub_dir" report daily --date "$today" -o "$work/killed.xlsx" >/dev/null 2>&1 & other=$!
	until_true bash -c 'ls "$0"/reading/*.db' "$hub_dir"
	kill -9 "$other" 2>/dev/null; wait "$other" 2>/dev/null
done
truth "killed: no half workbook" bash -c '[ ! -e "$0" ] || unzip -tq "$0"' "$work/killed.xlsx"
is "and the next goes on" 0 over daily --date "$today" -o "$work/killed.xlsx"
truth "to the same" py report_over.py "$work/killed.xlsx" 000000-R1="$work/daily-hq.xlsx" 110105-02="$work/daily-cy.xlsx" 110114-01="$work/daily-cp.xlsx"

# what is wrong with a site is said
sqlite3 "$hub_dir/hub.db" "UPDATE site SET last_seen = last_seen - 90000 WHERE code = '110105-02'"
sqlite3 "$hub_dir/hub.db" "UPDATE entry SET refused = 'NUMBER x' WHERE site = '110114-01' AND seq = 5"
hub revoke 000000-R1 >/dev/null
is "with sites that aren't well" 0 over daily --date "$(TZ=UTC-8 date -d yesterday +%F)" --to "$today" -o "$work/ill.xlsx"
truth "offline" grep -q 最近联系 <<<"$(note_of 110105-02)"
truth "refused entries" grep -q '1 条记录被总部拒绝（自第 5 条）' <<<"$(note_of 110114-01)"
truth "revoked" grep -q 已吊销 <<<"$(note_of 000000-R1)"
truth "on the first sheet" bash -c 'unzip -p "$0" xl/worksheets/sheet1.xml | grep -F 已吊销 | grep -qF 数据可能不全' "$work/ill.xlsx"
at cp; paid new-person "$work/person.json" cash >/dev/null; sync >/dev/null
last=$(sqlite3 "$site/certdesk.db" 'SELECT max(seq) FROM journal')
sqlite3 "$hub_dir/hub.db" "UPDATE entry SET signature = x'00' WHERE site = '110114-01' AND seq = $((last - 1))"
is "an entry that was altered at headquarters" 0 over daily --date "$today" -o "$work/altered.xlsx"
truth "stops that site there" test "$(jq -er '.sites[] | select(.site == "110114-01") | .seq' "$work/out")" = $((last - 2))
truth "and says where" grep -q "只读到第 $((last - 2)) 条，共 $last 条" <<<"$(note_of 110114-01)"
truth "the others are whole" bash -c 'unzip -p "$0" xl/sharedStrings.xml xl/worksheets/sheet2.xml 2>/dev/null | grep -qF "$1"' "$work/altered.xlsx" "$p1"
is "SIGTERM ends headquarters" 0 hub_stop
done_testing
