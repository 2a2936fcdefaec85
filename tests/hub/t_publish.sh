#!/usr/bin/env bash
# What headquarters lays down, by commands: two sites that are there, one that joins later, one that refuses; what is wrong never goes out.
# Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); trap 'hub_kill; rm -rf "$work"' EXIT
. "$(dirname "$0")/../lib/desk.sh"
. "$(dirname "$0")/../lib/hub.sh"
. "$(dirname "$0")/../lib/orders.sh"

sync() { as root1 --json sync --once; }
joins() { # NAME CODE KIND
	local code
	code=$(hub enrol "$2" --kind "$3" --region 110000 | jq -er .code) || return
	at "$1"
	site_make_as "$2" "$1" is1:issuer:制证 mg1:manager:主管 au1:auditor:审计 || return
	as root1 hub join "$hub_url" --code "$code" >/dev/null
}
# what comes is taken in the first round, and told of in the next
syncs() { local s; for s in "$@"; do at "$s"; sync && sync || return; done; }
has_price() { at "$1"; as mg1 table export prices >"$work/prices.now"; grep -q ",$2," "$work/prices.now"; }
answer() { hub publications "$1" | jq -er --arg s "$2" '.[] | select(.site == $s) | .state'; }
answered() { [ "$(answer "$1" "$2")" = "$3" ]; }
prices() { sed "0,/,20000,/s//,$1,/" forms/tables/prices.csv >"$work/prices-$1.csv"; echo "prices=$work/prices-$1.csv"; }

hub_make >/dev/null && hub_serve --workers 2 || exit 1
joins first 110114-01 counter || exit 1
joins review 000000-R1 review || exit 1

is "nothing to lay down" 2 hub publish
is "a table without its day" 2 hub publish --table "$(prices 23400)"
is "a table that there isn't" 1 hub publish --table "spoons=$work/prices-23400.csv" --from 2030-01-01
echo "code,zh" >"$work/wrong.csv"; echo "x,y" >>"$work/wrong.csv"
is "a table with wrong columns" 1 hub publish --table "channels=$work/wrong.csv" --from 2030-01-01
says "says which column" channels:1
is "a file that isn't there" 1 hub publish --table "prices=$work/none.csv" --from 2030-01-01
cp -rL "$CERTDESK_BUILD/share" "$work/definitions"
echo "form: [" >"$work/definitions/forms/new-unit.yaml"
is "a form with a mistake" 1 hub publish --definitions "$work/definitions"
is "one table twice" 1 hub publish --table "$(prices 23400)" --table "$(prices 23400)" --from 2030-01-01
says "says so" "prices: 同一张表给了两次"
says_of_staff() { printf '%s\n' "$2" >"$work/people.csv"; is "$1" 1 hub --lang zh publish --staff "$work/people.csv"; says "says what is wrong" "$3"; }
says_of_staff "staff without a column" $'login;name;roles;disabled\nrv7,赵,reviewer,0' 'people.csv:1: 缺少“login”列'
says_of_staff "staff without anybody" 'login,name,roles,disabled' 'people.csv: 没有数据行'
says_of_staff "a role that there isn't" $'login,name,roles,disabled\nrv7,赵,reviwer,0' 'rv7: 岗位不对：reviwer'
says_of_staff "roles that don't go together" $'login,name,roles,disabled\nrv7,赵,"admin,auditor",0' 'rv7: 岗位不对：admin,auditor'
says_of_staff "nobody's name" $'login,name,roles,disabled\nrv7,,reviewer,0' 'rv7: 没有姓名'
says_of_staff "a login that can't be" $'login,name,roles,disabled\nRv 7,赵,reviewer,0' 'Rv 7: 登录名不可用'
says_of_staff "one number for two" $'login,name,roles,disabled,number\nrv7,赵,reviewer,0,E-7\nrv8,钱,reviewer,0,e-7' 'rv8: 工号 e-7 已是别人的'
truth "nothing went out" bash -c '[ "$0" = 0 ]' "$(hub publications | jq length)"

is "a price list for all" 0 hub publish --table "$(prices 23400)" --from 2020-01-01
hub publications >"$work/publications"
truth "listed as for all" jq -e '.[0].number == 1 and .[0].sites == [] and .[0].pending == 2' "$work/publications"
truth "numbered and sent to both" jq -e '.number == 1 and .sent_to == ["000000-R1", "110114-01"]' "$work/out"
is "taken" 0 syncs first review
for s in first review; do truth "it counts at $s at once" has_price "$s" 23400; done
truth "headquarters knows who has it" answered 1 110114-01 taken
truth "and the other" answered 1 000000-R1 taken

# definitions and staff
cp "$CERTDESK_BUILD/share/forms/new-unit.yaml" "$work/definitions/forms/new-unit.yaml"
printf '# \n' >>"$work/definitions/forms/new-unit.yaml"
printf 'login,name,roles,disabled\nop8,新来的,"operator,reviewer",0\n' >"$work/staff.csv"
is "definitions and staff" 0 hub publish --definitions "$work/definitions" --staff "$work/staff.csv"
is "taken by one" 0 syncs first
truth "the next start has them" test -f "$work/first/definitions/2/forms/new-unit.yaml"
truth "doctor tells" bash -c 'jq -e "any(.[]; (.detail | contains(\"2\")) and (.what == \"总部下发的定义\" or .what == \"definitions laid down\") and .state == \"good\")" >/dev/null' < <(at first; json root1 doctor)
truth "and the other hasn't answered" answered 2 000000-R1 sent
at first; truth "who is new is on the staff" bash -c 'jq -e "any(.[]; .login == \"op8\")" >/dev/null' < <(json root1 staff list)

# keys
printf 'serial,medium\n30000001,UKEY-RS\n30000002,UKEY-RS\n' >"$work/stock.csv"
is "keys without a site" 2 hub publish --stock "$work/stock.csv"
is "keys for one site" 0 hub publish --stock "$work/stock.csv" --site 110114-01
is "taken" 0 syncs first
at first
truth "in transit" bash -c 'jq -e "length == 2" >/dev/null' < <(json is1 key stock --state in-transit)
is "they arrive" 0 as is1 key arrive 30000001
printf 'serial,medium\n30000002,UKEY-RS\n' >"$work/box.csv"
is "or are received by the box's list" 0 as is1 key receive "$work/box.csv"
truth "in the drawer" bash -c 'jq -e "length == 2" >/dev/null' < <(json is1 key stock --state in-stock)
is "the same keys again: no site takes them" 0 hub publish --stock "$work/stock.csv" --site 110114-01
syncs first >/dev/null 2>&1
truth "refused" answered 4 110114-01 refused
truth "alarmed" bash -c 'jq -e "any(.[]; .kind == \"publication\" and .site == \"110114-01\")" >/dev/null' < <(hub alarms)
at first; is "its status for people" 0 as root1 sync status
truth "lists what to see to" grep -q 待处理 "$work/out"
truth "every member has a name in it" bash -c '! grep -E "(^ *|  )[a-z_]+(  |$)" "$0"' "$work/out"

# a newer price list, and a site that joins only now
is "a newer price list" 0 hub publish --table "$(prices 23500)" --from 2020-01-01
joins later 110114-02 counter || exit 1
is "what is in force comes" 0 syncs later
truth "the newer prices" has_price later 23500
truth "the older ones never came" bash -c '[ -z "$0" ]' "$(answer 1 110114-02 2>/dev/null)"
truth "definitions" answered 2 110114-02 taken
truth "no keys of another site" bash -c '[ -z "$0" ]' "$(answer 3 110114-02 2>/dev/null)"
is "everybody is whole" 0 syncs first review
for s in first review later; do at "$s"; is "the journal of $s" 0 as au1 audit verify; done
truth "nothing that a site did was refused" bash -c 'jq -e "all(.[]; .kind != \"refused\")" >/dev/null' < <(hub alarms)
is "headquarters is whole" 0 hub verify

is "SIGTERM ends headquarters" 0 hub_stop
done_testing
