# Orders of shell tests by commands, at one site or several. Sourced after desk.sh.
#   at NAME                      $work/NAME is the site from here on
#   json USER COMMAND …          as USER, JSON
#   said CHANNEL WORD DIGITS     the number of so many digits behind WORD in the newest message that has it
#   attach_all ORDER             $work/scan.png for every document that it must have; as op1
#   sign ORDER; pay ORDER [METHOD [RECEIPT]]; approve ORDER     by code; what is due, if anything; as rv1
#   in_review [RECEIPT]          prints a new unit's order that waits for its review; $work/scan.png is there
at() { site=$work/$1; }
json() { local user=$1; shift; as "$user" --json "$@"; }
said() {
	local f
	for f in $(ls "$site/outbox/$1"/*.json | sort -r); do
		jq -er .text "$f" | grep -oE "$2[^0-9]*[0-9]{$3}" | grep -oE "[0-9]{$3}\$" && return
	done
	return 1
}
attach_all() {
	local kind
	for kind in $(json op1 attach list "$1" | jq -r '.[] | select(.required) | .kind'); do
		as op1 attach "$1" "$kind" "$work/scan.png" >/dev/null || return
	done
}
sign() { as op1 sign "$1" --send >/dev/null && as op1 sign "$1" --code "$(said sms 验证码 6)" >/dev/null; }
pay() {
	local due; due=$(json op1 order show "$1" | jq -r .due)
	[ "$due" = 0 ] || as op1 pay "$1" --method "${2:-pos}" --receipt "${3:-R$1}" --amount "$due" >/dev/null
}
approve() { as rv1 review claim "$1" >/dev/null && as rv1 review approve "$1" >/dev/null; }
in_review() {
	local o
	unit_json | jq '. + {key_role: "secondary"}' >"$work/unit.json"
	o=$(json op1 order new new-unit --data "$work/unit.json" | jq -er .order) && attach_all "$o" && sign "$o" && pay "$o" cash "${1:-R$o}" && echo "$o"
}
