#!/usr/bin/env bash
# The commands of the key stock: files and serials, exit statuses, sentences, the balance as JSON. Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/../lib/desk.sh"
site_make op1:operator is1:issuer is2:issuer mg1:manager au1:auditor

printf 'serial,medium\n10000001,UKEY-RS\n10000002,UKEY-RS\n10000003,UKEY-RS\n10000004,card\n' >"$work/in.csv"
is "receive a file" 0 as is1 --json key receive "$work/in.csv"
truth "says how many" jq -e '.received == 4 and .keys == 4 and .drawer == "01" and (.serials | length) == 4' "$work/out"
is "receive serials" 0 as is1 --json key receive 10000005 10000006 --medium UKEY-G
is "without a medium" 1 as is1 key receive 10000007
says "says what is missing" "介质型号"
is "a serial that is known" 1 as is1 key receive 10000001 --medium UKEY-RS
is "no serial at all" 2 as is1 key receive
is "a file and a serial" 2 as is1 key receive "$work/in.csv" 10000008
is "a file that isn't there" 1 as is1 key receive ./none.csv
key=$(sed -n 's/^store_key: "\(.*\)"$/\1/p' "$site/certdesk.yaml")
cat "$key" "$key" >"$work/keys.txt"
for file in "$key" "$work/keys.txt" "$site/ca/local-ca.pem"; do
	is "what is no list: ${file##*/}" 1 as is1 key receive "$file"
	truth "isn't read out" bash -c '! grep -v -e ----- "$1" | cut -c1-16 | grep -qFf - "$0"' "$work/err" "$file"
done
printf 'pass word\nHunter2\nc/d\nHunter2\n' >"$work/short.txt"
for deed in "receive" "spoil --reason 试验" "arrive --from 110105-02"; do
	is "nor is one of short lines: ${deed%% *}" 1 as is1 key $deed "$work/short.txt"
	truth "its lines are numbers" bash -c 'for n in 1 2 3 4; do grep -q "short.txt:$n:" "$0" || exit 1; done; ! grep -qE "pass|word|Hunter|c/d" "$0"' "$work/err"
done
is "what was typed is named" 1 as is1 key receive 'x y' --medium UKEY-RS
says "as it stands" "x y"
is "so is one that nobody knows" 1 as is1 key spoil 99999999 --reason 试验
says "as it was typed" "99999999"
is "an operator receives nothing" 1 as op1 key receive 10000008 --medium UKEY-RS

is "stock" 0 as op1 --json key stock
truth "is an array" jq -e 'length == 6 and all(.[]; .state == "in-stock" and .drawer == "01")' "$work/out"
is "an unknown state" 2 as op1 key stock --state melted

is "transfer to no drawer" 1 as is1 key transfer 10000001 --to 02
says "names it" "02"
is "transfer" 0 as is1 --json key transfer 10000001 10000002 --to 02 --new
truth "says where" jq -e '.action == "transfer" and .keys == 2 and .drawer == "02"' "$work/out"
is "again" 1 as is1 key transfer 10000001 10000003 --to 02
says "names the line and the key" ":1: 10000001"
is "transfer without an end" 2 as is1 key transfer 10000001
is "a drawer's stock" 0 as is1 --json key stock --drawer 02
truth "two keys" jq -e 'map(.serial) == ["10000001", "10000002"]' "$work/out"

is "send away" 0 as is1 --json key send 10000003 --to 110105-02 --reason 支援
truth "says where" jq -e '.site == "110105-02"' "$work/out"
truth "in the other point's care" test "$(sqlite3 "$site/certdesk.db" "SELECT custodian FROM usb_key WHERE serial = '10000003'")" = 110105-02
is "to ourselves" 1 as is1 key send 10000005 --to 110114-01
is "in transit" 0 as is1 --json key stock --state in-transit
truth "one key" jq -e 'length == 1' "$work/out"
is "come back" 0 as is1 key arrive 10000003
truth "in ours again" test "$(sqlite3 "$site/certdesk.db" "SELECT custodian FROM usb_key WHERE serial = '10000003'")" = 110114-01
is "another point's" 0 as is1 key arrive 40000001 --from 110105-02 --medium card
is "from nowhere" 1 as is1 key arrive 40000002 --medium card

is "spoil without a reason" 2 as is1 key spoil 10000005
is "spoil" 0 as is1 key spoil 10000005 --reason 外壳破裂
truth "says what was done in words" grep -qE '^操作 +报损$' "$work/out"
is "stock for people" 0 as op1 key stock
truth "a drawer of keys and a medium in words" bash -c 'head -1 "$0" | grep -q " 抽屉" && ! grep -q 钱箱 "$0" && grep -q 卡式纪念版介质 "$0" && ! grep -qw card "$0"' "$work/out"
is "spoil it again" 1 as is1 key spoil 10000005 --reason 外壳破裂
is "lost" 0 as is1 key lost 10000006 --reason 盘点未见
is "found again" 0 as is1 key found 10000006
is "nothing to return" 1 as is1 key return 10000006 --reason 坏
printf '10000001\n10000001\n99 99\n' >"$work/bad.txt"
is "a list with mistakes" 1 as is1 key spoil "$work/bad.txt" --reason x
says "the double's line" "bad.txt:2:"
says "the other's line" "bad.txt:3:"

is "without a reason" 2 as is1 key retire 10000005 --with mg1 --with-password-file "$work/pw"
is "no such name" 2 as is1 key destroy 10000005
is "destroy alone" 1 as is1 key retire 10000005 --reason 剪碎
says "two persons" "两人"
is "with another issuer" 1 as is1 key retire 10000005 --reason 剪碎 --with is2 --with-password-file "$work/pw"
is "with the manager and a wrong password" 1 as is1 key retire 10000005 --reason 剪碎 --with mg1 --with-password-file "$work/wrong"
is "still there" 0 as is1 --json key info 10000005
truth "damaged" jq -e '.state == "damaged" and .drawer == "01"' "$work/out"
is "with the manager" 0 as is1 --json key retire 10000005 --reason 剪碎 --with mg1 --with-password-file "$work/pw"
truth "destroyed" jq -e '.keys == 1 and .action == "retire"' "$work/out"
is "its moves" 0 as is1 --json key info 10000005
truth "say why" jq -e '.state == "destroyed" and .moves[0].reason == "剪碎" or .moves[-1].reason == "剪碎"' "$work/out"
is "retired twice" 1 as is1 key retire 10000005 --reason 剪碎 --with mg1 --with-password-file "$work/pw"
is "never received again" 1 as is1 key receive 10000005 --medium UKEY-RS
truth "the journal has the reason's step" test "$(sqlite3 "$site/certdesk.db" "SELECT count(*) FROM journal WHERE instr(entry, 'key.retire')")" = 1
is "what is in stock isn't destroyed" 1 as is1 key retire 10000006 --reason 剪碎 --with mg1 --with-password-file "$work/pw"

hostile=$work/$(printf 'a\377\033[31mb.csv')
printf '10000003\n10000004\n' >"$hostile"
is "a file whose name is no text" 0 as is1 key transfer "$hostile" --to 02
is "its mistakes" 1 as is1 key transfer "$hostile" --to 02
truth "reach the terminal as text" bash -c '! grep -qP "\x1b" "$0" && iconv -f UTF-8 -t UTF-8 "$0" >/dev/null' "$work/err"
is "back again" 0 as is1 key transfer "$hostile" --to 01

printf 'serial\n10000003\n10000004\n10000001\n77777777\n' >"$work/count.csv"
is "count" 0 as is1 --json key count "$work/count.csv" --reason 晚班
truth "names each that differs" jq -e '.drawer == "01" and .expected == 4 and .counted == 4 and
	(.missing | map(.serial)) == ["10000006", "40000001"] and (.surplus | map([.serial, .drawer])) == [["10000001", "02"], ["77777777", null]]' "$work/out"
printf 'serial\n' >"$work/empty.csv"
is "an empty drawer" 0 as is1 --json key count "$work/empty.csv" --drawer 02
truth "both are missing" jq -e '.counted == 0 and (.missing | length) == 2' "$work/out"
is "a drawer that isn't there" 1 as is1 key count "$work/empty.csv" --drawer 17
is "an operator doesn't count" 1 as op1 key count "$work/empty.csv"
is "the counts" 0 as au1 --json key counts
truth "newest first, with differences" jq -e 'length == 2 and .[0].drawer == "02" and .[1].reason == "晚班" and (.[1].differences | length) == 4' "$work/out"

is "the balance" 0 as au1 --json key stock --balance
truth "by drawer: ins are outs and what is left" jq -e '.balanced and (.drawers | length) > 2 and all(.drawers[], .point[];
	.opening + .received + .transferred_in + .returned == .handed_over + .mailed + .transferred_out + .spoiled + .made + .remaining
	and .difference == 0 and .reason == null)' "$work/out"
truth "by point: nothing of transfers between drawers" jq -e '.point[] | select(.medium == "UKEY-RS") |
	.received == 3 and .transferred_in == 1 and .transferred_out == 1 and .remaining == 3' "$work/out"
truth "as many are left as the stock has" test "$(jq '[.drawers[].remaining] | add' "$work/out")" = \
	"$(as au1 --json key stock --state in-stock | jq length)"
as au1 --json key stock --balance >"$work/balance"
is "the daily report" 0 as mg1 --json report daily --date "$(jq -r .date "$work/balance")" -o "$work/day.xlsx"
truth "its sheet says the same" /usr/bin/python3 - "$work/day.xlsx" "$work/balance" <<'PY'
import json, openpyxl, sys
lines = json.load(open(sys.argv[2]))["drawers"]
rows = [[c.value for c in r] for r in openpyxl.load_workbook(sys.argv[1], data_only=True)["证书与介质"].iter_rows()]
keys = ["drawer", "medium", "opening", "received", "transferred_in", "returned", "handed_over", "mailed", "transferred_out", "spoiled",
        "made", "remaining", "difference"]
for line in lines:
    line["medium"] = line["medium"].replace("card", "卡式纪念版介质") # a book is for people
    assert [line[k] for k in keys] in [r[:13] for r in rows], line
PY
is "a day before everything" 0 as au1 --json key stock --balance --date 2001-01-01 --to 2001-01-31
truth "is empty and balanced" jq -e '.balanced and .drawers == [] and .date == "2001-01-01" and .to == "2001-01-31"' "$work/out"
is "dates the wrong way round" 2 as au1 key stock --balance --date 2001-02-01 --to 2001-01-31
is "a date alone" 2 as au1 key stock --date 2001-02-01
is "the balance of one state" 2 as au1 key stock --balance --state lost
is "for people" 0 as au1 key stock --balance
says "in words" "期初"

is "the journal" 0 as au1 --json audit verify
done_testing
