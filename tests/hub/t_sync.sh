#!/usr/bin/env bash
# Counters, a review site and headquarters, all real: joining, orders there and decisions back, lines that are cut, a disk that is rolled
# back, a copy that went on by itself, a certificate that was revoked. Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); trap 'hub_kill; [ -z "${proxy-}" ] || kill "$proxy" 2>/dev/null; rm -rf "$work"' EXIT
. "$(dirname "$0")/../lib/desk.sh"
. "$(dirname "$0")/../lib/hub.sh"
. "$(dirname "$0")/../lib/orders.sh"

status_is() { [ "$(json root2 order show "$1" | jq -er .status)" = "$2" ]; }
sync() { as root1 --json sync --once; }
head_here() { json root1 sync status | jq -er .head; }
head_there() { hub status | jq -er --arg s "$1" '.stations[] | select(.site == $s) | .head'; }
same_heads() { [ "$(head_here)" = "$(head_there "$1")" ]; }
line() { echo "$*" >"$work/line"; }
picture >"$work/scan.png"

# headquarters behind a line of which the test is master
line pass
port=$(free_port) proxy_port=$(free_port)
is "headquarters" 0 hub init --name 总部 --url "https://localhost:$proxy_port"
echo "listen: \"127.0.0.1:$port\"" >>"$hub_dir/hub.yaml"
hub_port=$proxy_port hub_url=https://localhost:$proxy_port
python3 "$(dirname "$0")/proxy.py" "$proxy_port" "$port" "$work/line" >"$work/proxy.log" 2>&1 & proxy=$!
until_true grep -q ready "$work/proxy.log"
hub_serve --workers 3 || exit 1

# joining
at counter
site_make op1:operator rv1:reviewer root2:manager au1:auditor || exit 1
is "not joined: no sync" 1 sync
says "says what to do" "hub join"
is "a code that is none" 1 as root1 hub join "$hub_url" --code ABCDEF
hub enrol 110114-01 --kind counter >"$work/code.json"; code=$(jq -er .code "$work/code.json")
is "somebody who may not" 1 as op1 hub join "$hub_url" --code "$code"
hub enrol 110114-02 --kind counter >"$work/other.json"
is "another site's code" 1 as root1 hub join "$hub_url" --code "$(jq -er .code "$work/other.json")"
wrong=$(echo "$code" | sed 's/.$/A/; s/A$/B/')
is "another headquarters' fingerprint" 1 as root1 hub join "$hub_url" --code "$(echo "$code" | tr 'A-Y' 'B-Z')"
line down
is "no line" 3 as root1 hub join "$hub_url" --code "$code"
line pass
is "the right code" 0 as root1 hub join "$hub_url" --code "$(echo "$code" | tr 'A-Z' 'a-z' | tr - ' ')"
is "joined once" 1 as root1 hub join "$hub_url" --code "$code"
is "first sync" 0 sync
truth "heads are the same" same_heads 110114-01
truth "nothing is left" bash -c '[ "$0" = 0 ]' "$(json root1 sync status | jq -er .backlog)"
o1=$(in_review R1); sync >/dev/null
is "without a review site the counter reviews" 0 as rv1 review claim "$o1"
o2=$(in_review R2)

code=$(hub enrol 000000-R1 --kind review | jq -er .code)
at review
site_make_as 000000-R1 总部审核 rv9:reviewer:赵审核 root2:manager:主管 au1:auditor:审计 || exit 1
is "a review site joins" 0 as root1 hub join "$hub_url" --code "$code"

# there and back
at counter
o3=$(in_review R3)
is "orders in review go" 0 sync
is "what somebody has claimed stays" 0 as rv1 review approve "$o1"
for o in "$o2" "$o3"; do is "and the others are headquarters' now" 1 as rv1 review claim "$o"; done
at review
is "they arrive" 0 sync
truth "in the queue" bash -c '[ "$0" = 2 ]' "$(json rv9 review list | jq length)"
truth "whose they are" bash -c '[ "$0" = 110114-01 ]' "$(json rv9 review list | jq -er '.[0].site')"
as rv9 attach export "$o2" business-licence >"$work/back.png"
truth "with every byte of their scans" cmp "$work/back.png" "$work/scan.png"
as rv9 review claim "$o2" >/dev/null; is "approved there" 0 as rv9 review approve "$o2"
as rv9 review claim "$o3" >/dev/null; is "returned there" 0 as rv9 review return "$o3" --reason 印章不清楚
is "decisions go" 0 sync
at counter
is "and come home" 0 sync
truth "approved" status_is "$o2" approved
truth "returned" status_is "$o3" returned
truth "by whom" bash -c '[ "$0" = 赵审核 ]' "$(json root2 order show "$o2" | jq -er .reviewer)"
truth "the customer hears it from the counter" bash -c 'cat "$0"/outbox/sms/* | grep -q 印章不清楚' "$site"
is "the journal is whole here" 0 as au1 audit verify
at review; is "and there" 0 as au1 audit verify
is "and at headquarters" 0 hub verify

# the line is cut after every few bytes; each try goes on where the one before stopped
at counter
o4=$(in_review R4)
for n in 0 1 60 300 517 900 1500 2000 2600 3200 4000 5000 6500 8000 10000 13000 16000 20000; do
	line cut "$n"
	rc=0; sync >"$work/out" 2>"$work/err" || rc=$?
	[ "$rc" = 0 ] || [ "$rc" = 3 ] || report "cut after $n bytes: status $rc" 0
done
line down; is "down: tried again later" 3 sync
line pass
is "and when the line is back" 0 sync
truth "all of it is there once" same_heads 110114-01
is "and whole" 0 hub verify

# headquarters is killed at any moment
for n in 1 2 3; do
	o5=$(in_review "K$n")
	sync >/dev/null 2>&1 & sending=$!
	hub_kill; wait "$sending"
	hub_serve --workers 3 || exit 1
	is "killed and back $n" 0 sync
	truth "heads are the same $n" same_heads 110114-01
done
is "headquarters is whole" 0 hub verify

# a disk that was rolled back, with an order that had not gone to review yet
o6w=$(in_review R6W)
cp -a "$work/counter" "$work/older"
o6=$(in_review R6); o6b=$(in_review R6B)
refused=$(json op1 order new new-unit --data "$work/unit.json" | jq -er .order)
as op1 identity refuse "$refused" --of agent --method face-matches --reason not-alike >/dev/null
as root1 staff key op1 90000001 >/dev/null
as root2 table export retention | sed 's/^order,5/order,10/' >"$work/retention.csv"
as root2 table import retention "$work/retention.csv" --from "$(TZ=Asia/Shanghai date +%F)" >/dev/null
sync >/dev/null
mv "$work/counter" "$work/newer"; cp -a "$work/older" "$work/counter"
draft=$(json op1 order new new-unit --data "$work/unit.json" | jq -er .order)
truth "the older disk knows nothing of it, and gives its number again" test "$draft" = "$o6"
is "it gets its entries back" 0 sync
truth "and counts them" bash -c '[ "$0" -gt 0 ]' "$(jq -er .replayed "$work/out")"
truth "the order is there" status_is "$o6" in-review
truth "and an identity check that failed" bash -c '[ "$0" = "agent failed" ]' "$(json op1 identity list "$refused" | jq -r '.[] | .of + " " + .result')"
truth "and whose key it is" bash -c '[ "$0" = 90000001 ]' "$(json root1 staff list | jq -r '.[] | select(.login == "op1") | .key_serial')"
truth "and how long records are kept" grep -q '^order,10,' <(as root2 table export retention)
truth "what waited was given before, and not a second time" bash -c '[ "$0" = 1 ]' "$(json root2 order history "$o6w" | jq '[.[] | select(.action == "custody.give")] | length')"
truth "and its scan" cmp <(as op1 attach export "$o6" business-licence) "$work/scan.png"
is "it is found by name" 0 json op1 order search 示例
truth "by its number" jq -e --arg o "$o6" 'any(.[]; .order == $o)' "$work/out"
truth "the draft has another number" bash -c '[ "$0" = 1 ]' "$(json op1 order list | jq --arg o "$o6" '[.[] | select(.status == "draft" and .order != $o)] | length')"
is "the journal is whole" 0 as au1 audit verify
o7=$(in_review R7)
truth "new orders get numbers that nobody had" bash -c '[ "$0" != "$1" ]' "$o7" "$o6"
is "sync goes on" 0 sync
truth "in a new epoch" bash -c '[ "$0" = 2 ]' "$(hub status | jq -er '.stations[] | select(.site == "110114-01") | .epoch')"
truth "of which headquarters tells" bash -c 'jq -e "any(.[]; .kind == \"epoch\")" >/dev/null' < <(hub alarms)
is "headquarters is whole" 0 hub verify

# the same old disk once more: its epoch is two behind, and the new draft's number is of neither life
rm -rf "$work/counter"; cp -a "$work/older" "$work/counter"
for o in "$o6" "$o6b"; do
	draft=$(json op1 order new new-unit --data "$work/unit.json" | jq -er .order)
	truth "a draft with a lost order's number" test "$draft" = "$o"
done
is "it gets its entries back again" 0 sync
truth "the order of the second life is what its number says" status_is "$o7" in-review
truth "no number is a draft's and an order's" bash -c '[ "$0" = 0 ]' \
	"$(sqlite3 "$work/counter/certdesk.db" "SELECT count(*) FROM draft d JOIN orders o ON o.no = d.no WHERE d.order_id IS NULL")"
at review
o7_there() { sync >/dev/null; json root2 review list | jq -e --arg o "$o7" 'any(.[]; .order == $o)' >/dev/null; }
until_true o7_there
as rv9 review claim "$o7" >/dev/null; is "its decision" 0 as rv9 review approve "$o7"
is "goes up" 0 sync
at counter
is "and comes down" 0 sync
truth "where it counts" status_is "$o7" approved
is "headquarters is whole" 0 hub verify

# a copy that goes on by itself
rm -rf "$work/counter"; cp -a "$work/newer" "$work/counter"
as op1 order reveal "$o2" >/dev/null 2>&1; as root1 staff add op7 --name 李 --role operator --password-file "$work/pw" >/dev/null
is "two histories: stopped" 4 sync
says "says so" 回退
truth "headquarters kept the first" bash -c '[ "$0" != "$1" ]' "$(head_here)" "$(head_there 110114-01)"

# a certificate that was revoked gets nothing from then on
at review
hub revoke 000000-R1 >/dev/null
is "revoked" 1 sync
says "says whom to call" 总部
is "doctor" 0 as root1 --json doctor
truth "doesn't call it the network" jq -e 'any(.[]; .state == "missing" and (.detail | contains("总部已停用本受理点")) and (.mend | contains("hub join --again")))' "$work/out"
is "SIGTERM ends headquarters" 0 hub_stop
done_testing
