#!/usr/bin/env bash
# Headquarters is backed up whole while it serves, lost, and restored from the older backup: two persons declare it, sites send again what
# it lacks, and orders that had moved meanwhile have one custodian. Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); trap 'hub_kill; rm -rf "$work"' EXIT
. "$(dirname "$0")/../lib/desk.sh"
. "$(dirname "$0")/../lib/hub.sh"
. "$(dirname "$0")/../lib/orders.sh"
status_is() { [ "$(json op1 order show "$1" | jq -er .status)" = "$2" ]; }
sync() { desk --json sync --once; }
approve_there() { json rv9 review claim "$1" >/dev/null && json rv9 review approve "$1" >/dev/null; }
heads() { # the same on both sides, for both sites
	local s
	for s in counter:110114-01 review:000000-R1; do
		at "${s%%:*}"
		[ "$(as root1 --json sync status | jq -er .head)" = "$(hub status | jq -er --arg s "${s##*:}" '.stations[] | select(.site == $s) | .head')" ] || return
	done
}
picture >"$work/scan.png"
hub_make >/dev/null && echo "crl_file: $work/hub.crl" >>"$hub_dir/hub.yaml" && hub ca init >/dev/null && hub_serve --workers 3 || exit 1
age_list() { sqlite3 -cmd '.timeout 5000' "$hub_dir/hub.db" 'UPDATE ca_crl SET this_update = this_update - 400000, next_update = next_update - 400000'; } # so that the next one is due
authority=$(hub ca status | jq -er .serial)

at counter
site_make op1:operator au1:auditor || exit 1
is "a counter joins" 0 as root1 hub join "$hub_url" --code "$(hub enrol 110114-01 --kind counter | jq -er .code)"
at review
site_make_as 000000-R1 总部审核 rv9:reviewer:赵审核 || exit 1
is "a review site joins" 0 as root1 hub join "$hub_url" --code "$(hub enrol 000000-R1 --kind review | jq -er .code)"
at counter; sync >/dev/null; o1=$(in_review R1); sync >/dev/null
at review; sync >/dev/null; approve_there "$o1"; sync >/dev/null
at counter; sync >/dev/null
truth "one order went there and back" status_is "$o1" approved

is "a whole backup while it serves" 0 hub backup "$work/hub.backup" --whole
is "never over another file" 1 hub backup "$work/hub.backup" --whole
head -c 20000 "$work/hub.backup" >"$work/cut.backup"

# life goes on behind the backup
first=$(sha256sum <"$work/hub.crl"); age_list
is "a newer revocation list" 0 hub tick
truth "which the world finds" test "$(sha256sum <"$work/hub.crl")" != "$first"
newer=$(sha256sum <"$work/hub.crl")
o2=$(in_review R2); o3=$(in_review R3); sync >/dev/null
at review; sync >/dev/null; approve_there "$o2"; sync >/dev/null
at counter; sync >/dev/null
truth "decided behind the backup" status_is "$o2" approved
o4=$(in_review R4); sync >/dev/null; o5=$(in_review R5)
at late
site_make_as 110114-09 后来受理点 op1:operator || exit 1
is "a site joins behind the backup" 0 as root1 hub join "$hub_url" --code "$(hub enrol 110114-09 --kind counter | jq -er .code)"
sync >/dev/null; o6=$(in_review R6); sync >/dev/null

hub_kill; mv "$work/hub" "$work/lost"
mkdir "$work/hub"; is "not into a directory that is there" 1 hub restore "$work/hub.backup"; rmdir "$work/hub"
is "not from a cut archive" 1 hub restore "$work/cut.backup"
truth "and nothing is left of that" test ! -e "$work/hub" -a ! -e "$work/hub.restoring"
is "restored" 0 hub restore "$work/hub.backup"
truth "with the authority that issues for sites" test "$(hub ca status | jq -er .serial)" = "$authority"
truth "with its entries and files" jq -e '.sites == 2 and .entries > 5 and .files > 0' "$work/out"
hub_serve --workers 3 || exit 1
is "the timer" 0 hub tick
truth "puts no older list over a newer one" test "$(sha256sum <"$work/hub.crl")" = "$newer"
hub status >"$work/out"
truth "which is fine" jq -e '.crl_file_good' "$work/out"
age_list
is "and makes none" 0 hub tick
truth "before sites have told again what was revoked" test "$(sha256sum <"$work/hub.crl")" = "$newer"
at counter; is "before it is declared sites are told to try again" 3 sync
says "why, and who has to act" "certdesk-hub declare-restore"
truth "as their status does" bash -c '"$@" | jq -e ".declaration_awaited and (.trouble | contains(\"declare-restore\"))"' - as root1 --json sync status
desk doctor >"$work/out"
truth "and their doctor" grep -q 'certdesk-hub declare-restore' "$work/out"
hub status >"$work/out"
truth "and headquarters' own" jq -e '.declaration_awaited' "$work/out"
is "one person is not enough" 2 hub declare-restore --by 甲 --with 甲
is "two persons declare it" 0 hub declare-restore --by 甲 --with 乙
truth "it is journalled" bash -c 'jq -e "any(.[]; .kind == \"restore\" and (.detail | test(\"甲.*乙\")))" >/dev/null' < <(hub alarms)

hub status >"$work/out"
truth "no more" jq -e '.declaration_awaited == false' "$work/out"
hub tick >/dev/null
truth "then a new one is made" test "$(sha256sum <"$work/hub.crl")" != "$newer"

# whoever comes first: the review site's decision came before the order that it is about
at review; sync >/dev/null 2>&1
for n in 1 2 3 4; do for s in counter review; do at $s; sync >"$work/out" 2>"$work/err"; done; done
for s in counter review; do at $s; is "$s: all of it is sent" 0 sync; done
truth "heads are the same" heads
at late; is "a site that joined behind the backup is not known" 1 sync
says "and what it needs" "hub join --again"
is "it is enrolled anew" 0 as root1 hub join "$hub_url" --again --code "$(hub enrol 110114-09 --kind counter | jq -er .code)"
is "and goes on behind what it was told before" 0 sync
at review; sync >/dev/null; approve_there "$o6"; sync >/dev/null
at late; sync >/dev/null
truth "its order is decided" status_is "$o6" approved
truth "nothing was refused" bash -c '! jq -e "any(.[]; .kind == \"refused\" or .kind == \"fork\" or .kind == \"broken\")" >/dev/null' < <(hub alarms)
is "headquarters verifies" 0 hub verify
at review; truth "each order is there once" bash -c '[ "$0" = 3 ]' "$(json rv9 review list | jq length)"
for o in "$o3" "$o4" "$o5"; do approve_there "$o"; done; is "decided" 0 sync
at counter; is "and home" 0 sync
for o in "$o1" "$o2" "$o3" "$o4" "$o5"; do truth "approved: $o" status_is "$o" approved; done
is "the counter's journal verifies" 0 as au1 audit verify
is "headquarters verifies again" 0 hub verify
is "SIGTERM ends it" 0 hub_stop
done_testing
