#!/usr/bin/env bash
# For screen tests of certificates that another counter holds: headquarters and three sites on the loopback, joined. The caller has a reader with the
# key in it (PCSCLITE_CSOCK_NAME), and ends what DIR/hub.pid names.
#   elsewhere.sh make DIR             DIR/a and DIR/b are counters, DIR/review a review site; DIR/hub serves
#   elsewhere.sh issue DIR KEY        issued at a on the key; DIR/serial is its certificate's
#   elsewhere.sh handover DIR         … and handed over; DIR/pin is its PIN
#   elsewhere.sh replace DIR          its replacement at b, sent to review; DIR/order is its number
#   elsewhere.sh approve DIR          … which the review site approves
#   elsewhere.sh code DIR             DIR/code is the code that headquarters sent last
#   elsewhere.sh stop|serve DIR       headquarters goes away, and comes back
set -u
: "${CERTDESK_BUILD:?}"
work=$2
. "$(dirname "$0")/desk.sh"
. "$(dirname "$0")/hub.sh"

at() { site=$work/$1; }
sync() { as root1 --json sync --once >/dev/null; }
staff() { site_make_as "$1" "受理点 $1" "${@:2}"; } # SITE LOGIN:ROLE …
join() { as root1 hub join "$hub_url" --code "$(hub enrol "$1" --kind "$2" | jq -er .code)" >/dev/null; }
serve() { hub_serve --workers 2 && echo "$hub_pid" >"$work/hub.pid"; }
[ ! -e "$work/port" ] || { hub_port=$(cat "$work/port"); hub_url=https://localhost:$hub_port; }
said() { jq -rs 'sort_by(.sent_at)[].text' "$site/outbox/sms"/*.json | grep -oE "$1[^0-9]*[0-9]{$2}" | grep -oE "[0-9]{$2}\$" | tail -n 1; }
make_all() {
	hub_make >/dev/null && echo "$hub_port" >"$work/port" && serve || return
	at a && staff 110114-01 op1:operator rv1:reviewer is1:issuer && join 110114-01 counter || return
	printf 'serial,medium\n10000001,UKEY-RS\n10000002,UKEY-RS\n10000003,UKEY-RS\n' >"$work/stock.csv" && as is1 key receive "$work/stock.csv" >/dev/null || return
	at b && staff 110114-02 op1:operator && join 110114-02 counter || return
	at review && staff 000000-R1 rv9:reviewer && join 000000-R1 review && at b && sync
}
# A paid order of a form: its number in $order.
apply() { # FILE FORM [ARG …]
	local kind
	picture >"$work/scan.png"
	order=$(as op1 --json order new "${@:2}" --data "$1" | jq -er .order) || return
	for kind in $(as op1 --json attach list "$order" | jq -r '.[] | select(.required) | .kind'); do as op1 attach "$order" "$kind" "$work/scan.png" >/dev/null || return; done
	as op1 sign "$order" --send >/dev/null && as op1 sign "$order" --code "$(said 验证码 6)" >/dev/null &&
		as op1 pay "$order" --method pos --receipt "R$order" --amount "$(as op1 --json order show "$order" | jq -r .due)" >/dev/null
}
issue() {
	at a; unit_json | jq '. + {key_role: "secondary"}' >"$work/unit.json"
	apply "$work/unit.json" new-unit && sync && echo "$order" >"$work/order" && approve && at a && sync &&
		as is1 issue "$order" --serial "$1" >/dev/null && as is1 --json cert list --key "$1" | jq -er '.[0].serial' >"$work/serial" && echo "$order $1" >"$work/issued" && sync
}
handover() { at a; read -r order key <"$work/issued" && as op1 order handover "$order" --serial "$key" --to agent --receipt "H$key" >/dev/null && said 证书密码 8 >"$work/pin" && sync; }
replace() {
	at b; unit_json | jq 'del(.key_role) + {reason: "lost"}' >"$work/unit.json"
	apply "$work/unit.json" replace-unit --cert "$(cat "$work/serial")" --elsewhere && echo "$order" >"$work/order" && sync
}
approve() { at review; sync; as rv9 review claim "$(cat "$work/order")" >/dev/null && as rv9 review approve "$(cat "$work/order")" >/dev/null && sync; }
case $1 in
make) make_all ;;
issue) issue "$3" ;;
handover | replace | approve) "$1" ;;
code) jq -rs 'sort_by(.sent_at)[-1].text' "$work/hub/outbox/sms"/*.json | grep -oE '验证码[^0-9]*[0-9]{6}' | grep -oE '[0-9]{6}$' >"$work/code" ;;
stop) hub_pid=$(cat "$work/hub.pid"); kill -TERM "$hub_pid" ;;
serve) serve ;;
*) exit 2 ;;
esac
