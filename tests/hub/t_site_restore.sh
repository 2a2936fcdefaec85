#!/usr/bin/env bash
# A counter of headquarters is lost and restored from a backup that is older than what headquarters has of it: it records nothing before it has that
# back, then who restored it; also where its certificates were revoked meanwhile and it joins again. Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); trap 'hub_kill; rm -rf "$work"' EXIT
. "$(dirname "$0")/../lib/desk.sh"
. "$(dirname "$0")/../lib/hub.sh"
. "$(dirname "$0")/../lib/orders.sh"
sync() { desk --json sync --once; }
status_is() { [ "$(json op1 order show "$1" | jq -er .status)" = "$2" ]; }
same_head() { [ "$(as root1 --json sync status | jq -er .head)" = "$(hub status | jq -er '.stations[] | select(.site == "110114-01") | .head')" ]; }
restored() { # KEYS: by root1, as the only administrator
	mv "$work/counter" "$1.lost"
	"$CERTDESK_BUILD/certdesk" -C "$work/counter" --json --user root1 --password-file "$work/pw" restore "$work/counter.backup" \
		--store-key "$work/counter.keys/store.key" --keys "$1"
}
alarms_are() { [ "$(hub alarms | jq -r '[.[].kind] | unique | join(" ")')" = "$1" ]; }
picture >"$work/scan.png"
hub_make >/dev/null && hub_serve --workers 3 || exit 1
at counter
site_make op1:operator au1:auditor || exit 1
is "a counter joins" 0 as root1 hub join "$hub_url" --code "$(hub enrol 110114-01 --kind counter | jq -er .code)"
at review
site_make_as 000000-R1 总部审核 rv9:reviewer:赵审核 || exit 1
is "a review site joins" 0 as root1 hub join "$hub_url" --code "$(hub enrol 000000-R1 --kind review | jq -er .code)"
at counter; sync >/dev/null; o1=$(in_review R1); sync >/dev/null
is "a backup" 0 as root1 backup "$work/counter.backup"
o2=$(in_review R2); sync >/dev/null
at review; sync >/dev/null; json rv9 review claim "$o1" >/dev/null; json rv9 review approve "$o1" >/dev/null; sync >/dev/null
at counter; sync >/dev/null
truth "life goes on behind it" status_is "$o1" approved

is "restored" 0 restored "$work/keys2"
truth "it says that it waits" jq -e '.waits_for_headquarters' "$work/out"
unit_json >"$work/unit.json"
is "a draft records nothing, and may be" 0 json op1 order new new-unit --data "$work/unit.json"
is "what is recorded waits" 3 as root1 staff unlock op1
says "says what to do" "sync --once"
echo wrong-password >"$work/wrong"
for n in 1 2 3 4; do "$CERTDESK_BUILD/certdesk" -C "$work/counter" --user au1 --password-file "$work/wrong" whoami >/dev/null 2>&1; done
is "wrong passwords count meanwhile" 1 "$CERTDESK_BUILD/certdesk" -C "$work/counter" --user au1 --password-file "$work/wrong" staff list
is "and the fifth locks" 1 as au1 audit verify
is "the first round" 0 sync
truth "has back what came after the backup" bash -c '[ "$(jq .replayed "$0")" -gt 0 ]' "$work/out"
truth "the decision" status_is "$o1" approved
truth "the order that the backup knows nothing of" status_is "$o2" in-review
truth "the heads are the same" same_head
sqlite3 "$site/certdesk.db" "UPDATE login_attempt SET locked_until = 0, failed = 0"
is "the journal verifies" 0 as au1 audit verify
truth "it says who restored it, behind what came back" bash -c '[ "$(sqlite3 "$0/certdesk.db" "SELECT json_extract(entry, '"'\$.actor'"') FROM journal WHERE json_extract(entry, '"'\$.action'"') = '"'restore'"' AND seq > (SELECT max(seq) FROM journal WHERE json_extract(entry, '"'\$.action'"') = '"'custody.take'"')")" = 110114-01/root1 ]' "$site"
truth "headquarters took it for what it is" alarms_are epoch
o3=$(in_review R3)
truth "and no number is given twice" bash -c '[ "$0" != "$1" ]' "$o3" "$o2"
is "it works on" 0 sync

# the machine was stolen
hub revoke 110114-01 >/dev/null
is "restored once more" 0 restored "$work/keys3"
is "its old certificates get nothing" 1 sync
is "it joins again, though nothing may be recorded" 0 as root1 hub join "$hub_url" --again --code "$(hub renew 110114-01 | jq -er .code)"
is "and has everything back" 0 sync
truth "the third order too" status_is "$o3" in-review
truth "the heads are the same again" same_head
is "the journal verifies again" 0 as au1 audit verify
truth "nothing was refused" alarms_are epoch
is "it goes on" 0 sync
at review; is "and so does the review site" 0 sync
truth "which has the orders, each once" bash -c '[ "$0" = "$1" ]' "$(json rv9 review list | jq -c 'map(.order) | sort')" "$(jq -cn --arg a "$o2" --arg b "$o3" '[$a, $b] | sort')"
is "headquarters verifies" 0 hub verify
done_testing
