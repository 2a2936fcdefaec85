#!/usr/bin/env bash
# kill -9 at random moments of every step from the form to the hand-over: what was done stays done, nothing is half-done, and each
# order goes on from where it was. SEED chooses the moments. TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); trap 'reader_stop; rm -rf "$work"' EXIT
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../lib/pcscd.sh"
seed=${SEED:-20261122}; RANDOM=$seed
staffed || exit 1
reader || exit 1
kills=0 died=0 wrong=

# Runs a certdesk command and kills it after up to MOST milliseconds; its status is 137 where that was in time.
killed() { # MOST COMMAND …
	local most=$1 ms pid
	shift
	ms=$((RANDOM * RANDOM % most))
	"$@" >/dev/null 2>>"$work/said" </dev/null & pid=$!
	sleep "$(printf '0.%03d' $((ms % 1000)))"
	kill -9 "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	[ $? = 137 ] && died=$((died + 1))
	kills=$((kills + 1))
}
run=("$CERTDESK_BUILD/certdesk" -C "$site")
staff() { echo --user "$1" --password-file "$work/pw"; }
# Where the step happened or not, but nothing between: run it again unless the order is there already.
step() { # MOST STATUS-AFTER COMMAND …
	local most=$1 after=$2 rc=0
	shift 2
	killed "$most" "$@"
	[ "$(where "$order")" = "$after" ] && return
	"$@" >/dev/null 2>"$work/err" </dev/null || rc=$?
	[ "$(where "$order")" = "$after" ] || wrong="$wrong $order is $(where "$order"), not $after (status $rc, $(head -c 200 "$work/err"));"
}
drafts() { sqlite3 "$site/certdesk.db" 'SELECT count(*) FROM draft'; }

cp "$work/unit.json" "$work/first.json"
units=(91110105MA01ABCD5F 91350100M000100Y43 91110114MA0007700A) # each has one main key
for i in 1 2 3; do
	jq --arg u "${units[i - 1]}" '.uscc = $u | .invoice_tax_number = $u' "$work/first.json" >"$work/unit.json"
	before=$(drafts)
	killed 20 "${run[@]}" order new new-unit --data "$work/unit.json"
	made=$(($(drafts) - before))
	[ $made = 0 ] || [ $made = 1 ] || wrong="$wrong $made drafts of one;"
	order=$(op --json order new new-unit --data "$work/unit.json" | jq -er .order) || wrong="$wrong no draft;"
	killed 20 "${run[@]}" order edit "$order" --data "$work/unit.json"
	for kind in $document_kinds; do
		killed 40 "${run[@]}" attach "$order" "$kind" "$work/scan.png"
		op attach "$order" "$kind" "$work/scan.png" >/dev/null 2>"$work/err" || wrong="$wrong $kind: $(cat "$work/err");"
	done
	killed 30 "${run[@]}" sign "$order" --send
	code=$(code_sent "$order" 2>/dev/null)
	# a message that went out before the code was kept is of no use, and another may be asked for
	if [ -z "$code" ] || ! op sign "$order" --code "$code" >/dev/null 2>&1; then
		op sign "$order" --send >/dev/null 2>"$work/err" || wrong="$wrong no code: $(cat "$work/err");"
		code=$(code_sent "$order")
		step 30 awaiting-payment "${run[@]}" sign "$order" --code "$code"
	fi
	step 30 in-review "${run[@]}" pay "$order" --method cash --receipt "K$i" --amount "$(due "$order")"
	# shellcheck disable=SC2046
	killed 150 "${run[@]}" $(staff rv1) review claim "$order"
	as rv1 review claim "$order" >/dev/null 2>&1
	# shellcheck disable=SC2046
	step 150 approved "${run[@]}" $(staff rv1) review approve "$order"
	eval "order$i=$order"
done
truth "no step is half-done:$wrong" test -z "$wrong"
truth "three payments of three" test "$(sqlite3 "$site/certdesk.db" 'SELECT count(*) FROM payment')" = 3
truth "the journal verifies after $kills kills ($died in time, seed $seed)" verifies

# issuing, killed five times for each key before it is let through
for i in 1 2; do
	eval "order=\$order$i"
	insert 1000000$i 0
	for _ in 1 2 3 4 5 6; do
		# shellcheck disable=SC2046
		killed 900 "${run[@]}" $(staff is1) issue "$order" --serial 1000000$i
	done
	if [ "$(where "$order")" != issued ]; then is "order $i is issued at last" 0 as is1 issue "$order" --serial 1000000$i; fi
	truth "order $i: one certificate that counts" test "$(as is1 --json cert list --order "$order" | jq '[.[] | select(.status == "active")] | length')" = 1
	as is1 cert export --order "$order" >"$work/store.pem"
	truth "order $i: it is the one on the key" cmp <(openssl x509 -in "$work/store.pem" -outform der) \
		<(yubico-piv-tool -r '' -s 9a -a read-certificate 2>/dev/null | openssl x509 -outform der)
	pin=$(jq -r 'select(.template | test("pin")) | .text' "$site"/outbox/sms/*.json | grep -oE '证书密码[^0-9]*[0-9]{8}' | grep -oE '[0-9]{8}$' | tail -n 1)
	truth "order $i: the PIN sent opens the key" yubico-piv-tool -r '' -a verify-pin -P "$pin"
	step 120 done "${run[@]}" order handover "$order" --serial 1000000$i --to agent --receipt "H$i"
	pull 1000000$i
done
truth "handed over too:$wrong" test -z "$wrong"
truth "the journal verifies after $kills kills ($died in time)" verifies
truth "as SQLite sees it" test "$(sqlite3 "$site/certdesk.db" 'PRAGMA integrity_check; PRAGMA foreign_key_check')" = ok

# what a cut write left is swept by the timers once it is old
find "$site/files" "$site/outbox" -type f -exec touch -d '3 days ago' {} +
: >"$site/files/left.aB3xYz"; touch -d '3 days ago' "$site/files/left.aB3xYz"; : >"$site/outbox/sms/x.json.aB3xYz"
is "the timers run" 0 desk tick
truth "a fresh one may still be in work" test -e "$site/outbox/sms/x.json.aB3xYz"
rm "$site/outbox/sms/x.json.aB3xYz"
sound "afterwards"
done_testing
