#!/usr/bin/env bash
# A key that one counter issued is renewed at another: both real, with headquarters between them and a virtual key. Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); trap 'reader_stop; hub_kill; faketime_rest; rm -rf "$work"' EXIT
. "$(dirname "$0")/../lib/desk.sh"
. "$(dirname "$0")/../lib/hub.sh"
. "$(dirname "$0")/../lib/orders.sh"
. "$(dirname "$0")/../lib/pcscd.sh"
. "$(dirname "$0")/../lib/faketime.sh"
picture >"$work/scan.png"; unit_json >"$work/unit.json"

ago() { # DAYS COMMAND …
	FAKETIME="-$1d" FAKETIME_DONT_FAKE_MONOTONIC=1 LD_PRELOAD="$faketime" ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0" "${@:2}"
}
counter() { site_make_as "$1" "受理点 $1" op1:operator rv1:reviewer is1:issuer mg1:manager au1:auditor; } # SITE
begin_at_a() {
	counter 110114-01 && printf 'serial,medium\n10000001,UKEY-RS\n' >"$work/stock.csv" && as is1 key receive "$work/stock.csv" >/dev/null &&
		order=$(json op1 order new new-unit --data "$work/unit.json" | jq -er .order) && attach_all "$order" >/dev/null && sign "$order" >/dev/null && pay "$order" >/dev/null &&
		approve "$order" >/dev/null && as is1 issue "$order" --serial 10000001 >/dev/null &&
		as op1 order handover "$order" --serial 10000001 --to agent --receipt H1 >/dev/null
}
join() { as root1 hub join "$hub_url" --code "$(hub enrol "$1" --kind counter | jq -er .code)"; }
sync() { as root1 --json sync --once; }
key_serials() { json is1 cert list --key 10000001; }
fetch() { json op1 cert fetch --key 10000001 --pin-file "$work/pin"; }

no_refusals() { hub alarms | jq -e '[.[] | select(.kind == "refused")] | . == [] or (. | halt_error(1))'; }

insert 10000001 || exit 1
at a; ago 300 begin_at_a || exit 1
mine=$(key_serials | jq -er '.[0].serial'); printf '%s\n' "$(said sms 证书密码 8)" >"$work/pin"; chmod 600 "$work/pin"
at b; counter 110114-02 || exit 1
is "without headquarters it is foreign" 1 json op1 order new renew-unit --key 10000001 --pin-file "$work/pin"
says "and a new application the way" 新办
is "and nothing can be fetched" 1 fetch

hub_make >/dev/null && hub_serve --workers 3 || exit 1
at a; is "the first counter joins" 0 join 110114-01
at b; is "the second joins" 0 join 110114-02
is "headquarters hasn't heard of it yet" 1 fetch
says "says so" 总部没有这张证书
at a; is "it sends its journal" 0 sync
at b
is "the key's certificate is elsewhere" 1 json op1 order new renew-unit --key 10000001 --pin-file "$work/pin"
says "says how to get it" 从总部取来
is "a wrong PIN" 1 json op1 cert fetch --key 10000001 --pin-file "$work/wrong"
printf '00000000\n' >"$work/pin.wrong"; chmod 600 "$work/pin.wrong"
is "a wrong PIN of the right length" 1 json op1 cert fetch --key 10000001 --pin-file "$work/pin.wrong"
truth "gets nothing" test "$(key_serials | jq length)" = 0
is "somebody who may not" 1 json au1 cert fetch --key 10000001 --pin-file "$work/pin"
is "with its holder's PIN it comes" 0 fetch
truth "this one" test "$(jq -r .serial "$work/out")" = "$mine"
truth "from there" test "$(jq -r .from "$work/out")" = 110114-01
is "once" 1 fetch
says "says that it is here" 就在本受理点
truth "no business day here counts the order" test "$(json op1 order list | jq --arg d "$(date +%F)" '[.[] | select(.business_date == $d)] | length')" = 0

is "the other hears of it" 0 sync
at a; is "with its next sync" 0 sync
is "and refuses it from then on" 1 json op1 order new renew-unit --key 10000001 --pin-file "$work/pin"
says "says who has it" 110114-02
is "on the authority's own ground too" 1 as root1 --with mg1 --with-password-file "$work/pw" cert suspend "$mine" --ground 法院裁定
truth "and says where it is now" test "$(json is1 cert show "$mine" | jq -r .custodian)" = 110114-02
truth "it stands as it was" test "$(json is1 cert show "$mine" | jq -r .status)" = active

# renewed at the second counter, prefilled from what the first knew
at b
is "a renewal begins here" 0 json op1 order new renew-unit --key 10000001 --pin-file "$work/pin"
order=$(jq -r .order "$work/out")
truth "with what the first counter has on file" bash -c '[ "$0" = "$1" ] && [ -n "$0" ]' "$(json op1 order show "$order" | jq -r '.fields.unit_name // .data.unit_name // .values.unit_name')" "$(jq -r .unit_name "$work/unit.json")"
is "documents" 0 attach_all "$order"
is "signature" 0 sign "$order"
is "payment" 0 pay "$order"
is "the key opens to the secrets that came along" 0 as is1 issue "$order" --serial 10000001 --pin-file "$work/pin"
is "its holder accepts it" 0 as is1 issue "$order" --accept
new=$(key_serials | jq -r '[.[] | select(.status == "active")][0].serial')
truth "there is a new certificate" bash -c '[ "$0" != "$1" ] && [ -n "$0" ] && [ "$0" != null ]' "$new" "$mine"
truth "the old one is superseded" test "$(json is1 cert show "$mine" | jq -r .status)" = superseded
is "headquarters takes all of it" 0 sync
truth "without a refusal" no_refusals
is "the journal is whole here" 0 as au1 audit verify
at a; is "there" 0 sync; is "whole there" 0 as au1 audit verify
is "and at headquarters" 0 hub verify

# and back again
is "the first counter gets the new one" 0 fetch
truth "that one" test "$(jq -r .serial "$work/out")" = "$new"
at b; is "the second hears it" 0 sync
is "and refuses it" 1 json op1 order new change-unit --key 10000001 --pin-file "$work/pin"
says "naming the first" 110114-01
is "whole" 0 as au1 audit verify
at a; is "the first sends" 0 sync; is "whole" 0 as au1 audit verify
truth "without a refusal" no_refusals
is "headquarters is whole" 0 hub verify

# the key is lost: a code to the phone on file
pull 10000001; at b
hub_sms() { jq -er .text $(ls -t "$hub_dir"/outbox/sms/* | head -n 1) | grep -oE '验证码[^0-9]*[0-9]{6}' | grep -oE '[0-9]{6}$'; }
is "neither key nor code" 2 json op1 cert fetch --certificate "$new"
is "headquarters sends a code" 0 json op1 cert fetch --certificate "$new" --send
truth "and tells where, masked" bash -c 'jq -er .sent_to "$0" | grep -q "\*"' "$work/out"
is "not twice within a minute" 3 json op1 cert fetch --certificate "$new" --send
is "a wrong one" 1 json op1 cert fetch --certificate "$new" --code "$(hub_sms | tr 0-9 1-90)"
says "says how many are left" "还可以试 4 次"
is "the right one" 0 json op1 cert fetch --certificate "$new" --code "$(hub_sms)"
truth "it comes" test "$(jq -r .serial "$work/out")" = "$new"
is "and is replaced here" 0 json op1 order new replace-unit --cert "$new"
is "all is sent" 0 sync; at a; is "there too" 0 sync
truth "without a refusal" no_refusals
is "headquarters is whole" 0 hub verify

# without a line
insert 10000001 || exit 1
hub_kill
is "no line" 3 fetch
sync >/dev/null 2>&1
done_testing
