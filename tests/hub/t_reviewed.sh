#!/usr/bin/env bash
# A key is lost, and the phone with it: another counter than the one that issued it drafts the replacement, a review site approves, and
# headquarters moves that one certificate. All real: two counters, a review site, headquarters, a virtual key. Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); trap 'reader_stop; hub_kill; [ -z "${proxy-}" ] || kill "$proxy" 2>/dev/null; rm -rf "$work"' EXIT
. "$(dirname "$0")/../lib/desk.sh"
. "$(dirname "$0")/../lib/hub.sh"
. "$(dirname "$0")/../lib/pcscd.sh"
picture >"$work/scan.png"; unit_json >"$work/unit.json"

at() { site=$work/$1; }
j() { as "$1" --json "${@:2}"; }
said() { # sms WORD DIGITS
	local f
	for f in $(ls "$site/outbox/$1"/*.json | sort -r); do
		jq -er .text "$f" | grep -oE "$2[^0-9]*[0-9]{$3}" | grep -oE "[0-9]{$3}\$" && return
	done
	return 1
}
attach_all() {
	local kind
	for kind in $(j op1 attach list "$order" | jq -r '.[] | select(.required) | .kind'); do as op1 attach "$order" "$kind" "$work/scan.png" || return; done
}
sign() { as op1 sign "$order" --send && as op1 sign "$order" --code "$(said sms 验证码 6)"; }
pay() {
	local due; due=$(j op1 order show "$order" | jq -r .due)
	[ "$due" = 0 ] || as op1 pay "$order" --method pos --receipt "R$order" --amount "$due"
}
staff() { site_make_as "$1" "受理点 $1" "${@:2}"; } # SITE LOGIN:ROLE …
stock() { printf 'serial,medium\n%s,UKEY-RS\n' "$1" >"$work/stock.csv" && as is1 key receive "$work/stock.csv" >/dev/null; }
join() { as root1 hub join "$hub_url" --code "$(hub enrol "$1" --kind "$2" | jq -er .code)"; }
sync() { as root1 --json sync --once; }
quiet_sync() { sync >/dev/null 2>&1; }
begin_at_a() {
	staff 110114-01 op1:operator rv1:reviewer is1:issuer au1:auditor && stock 10000001 &&
		order=$(j op1 order new new-unit --data "$work/unit.json" | jq -er .order) && attach_all >/dev/null && sign >/dev/null && pay >/dev/null &&
		as rv1 review claim "$order" >/dev/null && as rv1 review approve "$order" >/dev/null && as is1 issue "$order" --serial 10000001 >/dev/null &&
		as op1 order handover "$order" --serial 10000001 --to agent --receipt H1 >/dev/null
}
replace() { # FILE [ARG …]
	j op1 order new replace-unit --cert "$mine" --elsewhere --data "$1" "${@:2}"
}
to_review() { attach_all >/dev/null && sign >/dev/null && pay >/dev/null && quiet_sync; }
reviewed() { # approve|return|reject [ARG …]: at the review site, and the counter hears it
	local here=$site
	at review; quiet_sync; as rv9 review claim "$order" >/dev/null && as rv9 review "$1" "$order" "${@:2}" >/dev/null && quiet_sync; local rc=$?
	site=$here; return $rc
}
status_is() { [ "$(j op1 order show "$order" | jq -r .status)" = "$1" ]; }
elsewhere() { j op1 order show "$order" | jq -er ".elsewhere.$1"; }
here_is() { [ "$(j is1 cert list --key 10000001 | jq -r '[.[].serial] | join(" ")')" = "$1" ]; }
line() { echo "$*" >"$work/line"; }
no_refusals() { hub alarms | jq -e '[.[] | select(.kind == "refused")] | . == [] or (. | halt_error(1))'; }

insert 10000001 || exit 1
at a; begin_at_a || exit 1
mine=$(j is1 cert list --key 10000001 | jq -er '.[0].serial')
pull 10000001
jq --arg uscc "$(jq -r .uscc "$work/unit.json")" 'del(.key_role, .secondary_keys) + {reason: "lost", agent_mobile: "13900001111"}' "$work/unit.json" >"$work/replace.json"

at b; staff 110114-02 op1:operator rv1:reviewer is1:issuer au1:auditor && stock 20000001 || exit 1
is "without headquarters nothing elsewhere can be proven" 1 replace "$work/replace.json"
says "says how to join" "hub join"
line pass
port=$(free_port) proxy_port=$(free_port)
hub init --name 总部 --url "https://localhost:$proxy_port" >/dev/null && echo "listen: \"127.0.0.1:$port\"" >>"$hub_dir/hub.yaml"
hub_port=$proxy_port hub_url=https://localhost:$proxy_port
python3 "$(dirname "$0")/proxy.py" "$proxy_port" "$port" "$work/line" >"$work/proxy.log" 2>&1 & proxy=$!
until_true grep -q ready "$work/proxy.log"
hub_serve --workers 3 || exit 1
at a; is "the first counter joins" 0 join 110114-01 counter; is "and sends" 0 sync
at b; is "the second joins" 0 join 110114-02 counter; quiet_sync
is "without a review site neither" 1 replace "$work/replace.json"
says "says so" 没有审核点
at review; staff 000000-R1 rv9:reviewer op9:operator au1:auditor || exit 1
is "a review site joins" 0 join 000000-R1 review
at b; quiet_sync
is "what isn't here is not begun by mistake" 1 j op1 order new replace-unit --cert "$mine" --data "$work/replace.json"
is "nor on another form" 1 j op1 order new revoke-unit --cert "$mine" --elsewhere
is "a replacement of what is elsewhere" 0 replace "$work/replace.json"
order=$(jq -r .order "$work/out")
truth "names it" test "$(elsewhere certificate)" = "$mine"
printf '{"elsewhere": "00"}' >"$work/other.json"
is "and nothing else from then on" 1 j op1 order edit "$order" --data "$work/other.json"
attach_all >/dev/null && sign >/dev/null && pay >/dev/null
is "it isn't this counter's own to approve" 1 as rv1 review claim "$order"
says "says whose" 总部审核点
is "not by anybody" 1 as rv1 review approve "$order"
is "it goes" 0 sync
is "rejected there" 0 reviewed reject --reason "照片不清"
is "and here with the next sync" 0 sync
is "never to be asked for" 1 j op1 cert fetch --order "$order"
order=$(replace "$work/replace.json" | jq -r .order)
is "documents" 0 attach_all
is "signature" 0 sign
is "payment" 0 pay
is "it goes to review" 0 sync
truth "the certificate isn't here yet" here_is ""
at review; is "there it comes" 0 sync
truth "with the certificate's number" test "$(j rv9 order show "$order" | jq -r .elsewhere.certificate)" = "$mine"
at b; is "not before it is approved" 1 j op1 cert fetch --order "$order"
is "approved there" 0 reviewed approve
is "with the next sync" 0 sync
truth "the certificate comes" here_is "$mine"
truth "the order is about it" test "$(j op1 order show "$order" | jq -r .about.certificate)" = "$mine"
truth "what was lost is suspended" test "$(j is1 cert show "$mine" | jq -r .status)" = suspended
truth "its data were compared with what was on file" test "$(j op1 order show "$order" | jq -r '[.changes[].field] | index("agent_mobile") != null')" = true
insert 20000001 || exit 1
is "the new key" 0 as is1 issue "$order" --serial 20000001
truth "the old certificate is revoked" test "$(j is1 cert show "$mine" | jq -r .status)" = revoked
is "handed over" 0 as op1 order handover "$order" --serial 20000001 --to agent --receipt H2
is "all is sent" 0 sync
is "the journal is whole here" 0 as au1 audit verify
at a; is "the first counter hears of it" 0 sync; is "once more" 0 sync
truth "and has it no more" test "$(j op1 cert show "$mine" | jq -r .status)" != ""
is "it changes nothing of it" 1 j op1 order new replace-unit --cert "$mine"
says "says who has it" 110114-02
is "whole there" 0 as au1 audit verify

# another certificate, asked for by two counters at the same time: by a review at one, by its key at the other
pull 20000001; insert 10000002 || exit 1
at c; staff 110114-03 op1:operator is1:issuer au1:auditor && join 110114-03 counter >/dev/null || exit 1
at a; printf 'serial,medium\n10000002,UKEY-RS\n' >"$work/stock.csv"; as is1 key receive "$work/stock.csv" >/dev/null
jq '. + {key_role: "secondary"}' "$work/unit.json" >"$work/second.json"
order=$(j op1 order new new-unit --data "$work/second.json" | jq -er .order)
attach_all >/dev/null && sign >/dev/null && pay >/dev/null
is "with a review site nothing is claimed before it goes" 1 as rv1 review claim "$order"
quiet_sync; is "it is approved there" 0 reviewed approve; quiet_sync
as is1 issue "$order" --serial 10000002 >/dev/null && as op1 order handover "$order" --serial 10000002 --to agent --receipt H3 >/dev/null && sync >/dev/null || exit 1
mine=$(j is1 cert list --key 10000002 | jq -er '.[0].serial'); printf '%s\n' "$(said sms 证书密码 8)" >"$work/pin"; chmod 600 "$work/pin"
at b; order=$(replace "$work/replace.json" | jq -r .order); to_review
truth "approved" reviewed approve
# Who says that it is their own: the first counter knows whom it gave it to, and hears no more where it went on from there.
holders() { local s; for s in a b c; do sqlite3 "$work/$s/certdesk.db" "SELECT code FROM certificate, site WHERE serial = '$mine' AND custodian = code"; done; }
at_hub() { sqlite3 "$hub_dir/hub.db" "SELECT custodian FROM holding WHERE serial = '$mine'"; }
(at b; sync >/dev/null 2>&1) & one=$!
(at c; j op1 cert fetch --key 10000002 --pin-file "$work/pin" >"$work/by-key" 2>&1) & two=$!
wait "$one"; wait "$two"
for _ in 1 2 3 4 5; do # a line that was busy is asked again
	for s in b c a; do at $s; quiet_sync; done
	[ "$(holders)" = "$(at_hub)" ] && break
done
truth "one counter has it" test "$(at_hub | wc -l)" = 1
truth "and nobody else thinks so" test "$(holders)" = "$(at_hub)"
truth "not the first" test "$(at_hub)" != 110114-01
truth "without a refusal" no_refusals

# a line that is cut further and further on, and headquarters killed
pull 10000002; insert 10000003 || exit 1
at a; printf 'serial,medium\n10000003,UKEY-RS\n' >"$work/stock.csv"; as is1 key receive "$work/stock.csv" >/dev/null
order=$(j op1 order new new-unit --data "$work/second.json" | jq -er .order)
to_review; reviewed approve; quiet_sync
as is1 issue "$order" --serial 10000003 >/dev/null && as op1 order handover "$order" --serial 10000003 --to agent --receipt H4 >/dev/null && sync >/dev/null || exit 1
mine=$(j is1 cert list --key 10000003 | jq -er '.[0].serial'); pull 10000003
at b; order=$(replace "$work/replace.json" | jq -r .order); to_review
truth "approved" reviewed approve
cuts=0
for n in $(seq 1500 1300 14500); do
	line back "$n"; quiet_sync || cuts=$((cuts + 1)); line pass
	[ "$n" != 6700 ] || { hub_kill; hub_serve --workers 3; }
done
truth "lines were cut" test "$cuts" -gt 3
is "in the end it goes through" 0 sync
truth "it is there" test "$(j op1 order show "$order" | jq -r .about.certificate)" = "$mine"
truth "once" test "$(j is1 cert list | jq --arg s "$mine" '[.[] | select(.serial == $s)] | length')" = 1
for s in a b c a; do at $s; quiet_sync; done
truth "and all know where" test "$(holders)" = 110114-02
truth "as headquarters does" test "$(at_hub)" = 110114-02
for s in a b c review; do at $s; quiet_sync; is "the journal is whole at $s" 0 as au1 audit verify; done
truth "without a refusal" no_refusals
is "headquarters is whole" 0 hub verify
done_testing
