#!/usr/bin/env bash
# A unit's agents on file by commands: two new applications by two agents, then whom codes go to. Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d)
. "$(dirname "$0")/../lib/desk.sh"
. "$(dirname "$0")/../lib/orders.sh"
. "$(dirname "$0")/../lib/pcscd.sh"
trap 'reader_stop; rm -rf "$work"' EXIT
site_make op1:operator rv1:reviewer is1:issuer mg1:manager au1:auditor || exit 1
printf 'serial,medium\n10000001,UKEY-RS\n10000002,UKEY-RS\n' >"$work/stock.csv"
as is1 key receive "$work/stock.csv" >/dev/null
picture >"$work/scan.png"
unit_json >"$work/unit.json"
uscc=$(jq -r .uscc "$work/unit.json")
jq '.agent_name = "王五" | .agent_mobile = "13700137000" | .agent_id_number = "110105200002290013" | .key_role = "secondary"' "$work/unit.json" >"$work/second.json"
reader
made() { # FILE KEY RECEIPT
	order=$(json op1 order new new-unit --data "$1" | jq -r .order)
	attach_all "$order" && sign "$order" && pay "$order" cash "$3" && approve "$order" && insert "$2" && as is1 issue "$order" --serial "$2" >/dev/null && pull "$2"
}
is "nobody yet" 1 as op1 agent list "$uscc"
is "the first agent's application" 0 made "$work/unit.json" 10000001 R1
is "one is on file" 0 json op1 agent list "$uscc"
truth "the contact" jq -e 'length == 1 and .[0].contact and (.[0].mobile | contains("*"))' "$work/out"
only=$(jq '.[0].agent' "$work/out")
is "the only one stays" 1 as op1 agent remove "$uscc" "$only" --reason 已离职
is "the second agent's" 0 made "$work/second.json" 10000002 R2
is "two are on file" 0 json op1 agent list "$uscc"; cp "$work/out" "$work/two"
truth "both" jq -e 'length == 2 and ([.[] | select(.contact)] | length == 1)' "$work/out"
truth "their numbers are masked, as on every list; their names aren't" jq -e '([.[] | .id_number, .mobile] | all(contains("*") and (test("[0-9]{9}") | not)))
	and ([.[] | .name] | any(contains("*")) | not)' "$work/two"
is "for people too" 0 as op1 agent list "$uscc"
truth "no number is whole" bash -c '! grep -qE "110105200002290013|13700137000" "$0"' "$work/out"
other=$(jq '.[] | select(.contact | not) | .agent' "$work/two")
is "a wrong number" 1 as op1 agent list 123
is "the query's code to the other" 0 json op1 query --kind uscc --number "$uscc" --send --agent "$other"
truth "whose phone it is" jq -e '.sent_to == "139****9000"' "$work/out"
is "--agent without --send" 2 as op1 query --kind uscc --number "$uscc" --code 123456 --agent "$other"
cert=$(json op1 cert list --key 10000001 | jq -r '.[0].serial')
printf '{"consent":true}' >"$work/consent.json"
is "a loss report" 0 json op1 order new suspend --cert "$cert" --data "$work/consent.json"; order=$(jq -r .order "$work/out")
is "by the other agent" 0 json op1 agent use "$order" "$other"
truth "who is marked" jq -e --argjson a "$other" '[.[] | select(.chosen) | .agent] == [$a]' "$work/out"
is "no agent's number" 2 as op1 agent use "$order" x
is "none of that number" 1 as op1 agent use "$order" 999
is "the code" 0 json op1 sign "$order" --send
truth "goes to their phone alone" jq -e '.sent_to == "139****9000" and (has("sent_to_old") | not)' "$work/out"
is "a reviewer takes nobody off" 1 as rv1 agent remove "$uscc" "$other" --reason 已离职
is "an operator does" 0 json op1 agent remove "$uscc" "$other" --reason 已离职
truth "one is left" jq -e 'length == 1' "$work/out"
is "the journal verifies" 0 as au1 audit verify
done_testing
