#!/usr/bin/env bash
# Journals, custody and files of headquarters over PostgreSQL: the same tests as over SQLite. Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); trap 'pg_stop; rm -rf "$work"' EXIT
. "$(dirname "$0")/../lib/postgres.sh"
if ! pg_there; then echo "1..0 # SKIP no PostgreSQL here"; exit 0; fi
pg_start || { echo "1..1"; echo "not ok 1 - PostgreSQL starts"; exit 1; }
export CERTDESK_TEST_POSTGRES=$pg_dir CERTDESK_TEST_POSTGRES_BIN=$pg_bin
n=0 bad=0 programs=${*:-custody custody_rogue files}
# side by side: each waits for the server most of its time, and has databases of its own
for t in $programs; do
	(CMOCKA_MESSAGE_OUTPUT=TAP "$CERTDESK_BUILD/tests/hub/test_hub_$t" >"$work/$t.out" 2>"$work/$t.err"; echo $? >"$work/$t.status") &
done
wait
for t in $programs; do
	[ "$(cat "$work/$t.status")" = 0 ] || { bad=1; sed 's/^/# /' "$work/$t.err" | tail -n 40; }
	while read -r line; do
		case $line in
		"not ok "*) n=$((n + 1)); bad=1; echo "not ok $n - postgresql: ${line#not ok * - }" ;;
		"ok "*) n=$((n + 1)); echo "ok $n - postgresql: ${line#ok * - }" ;;
		esac
	done <"$work/$t.out"
done
n=$((n + 1))
if [ $n -gt "${LEAST:-30}" ]; then echo "ok $n - all of them ran"; else bad=1; echo "not ok $n - all of them ran"; fi
echo "1..$n"
exit $bad
