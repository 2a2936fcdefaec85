#!/usr/bin/env bash
# Journals, custody and files of headquarters over PostgreSQL: the same tests as over SQLite. Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); trap 'pg_stop; rm -rf "$work"' EXIT
. "$(dirname "$0")/../lib/postgres.sh"
if ! pg_there; then echo "1..0 # SKIP no PostgreSQL here"; exit 0; fi
pg_start || { echo "1..1"; echo "not ok 1 - PostgreSQL starts"; exit 1; }
export CERTDESK_TEST_POSTGRES=$pg_dir CERTDESK_TEST_POSTGRES_BIN=$pg_bin
n=0 bad=0
for t in ${*:-custody files}; do
	CMOCKA_MESSAGE_OUTPUT=TAP "$CERTDESK_BUILD/tests/hub/test_hub_$t" >"$work/out" 2>"$work/err" || { bad=1; sed 's/^/# /' "$work/err" | tail -n 40; }
	while read -r line; do
		case $line in
		"not ok "*) n=$((n + 1)); bad=1; echo "not ok $n - postgresql: ${line#not ok * - }" ;;
		"ok "*) n=$((n + 1)); echo "ok $n - postgresql: ${line#ok * - }" ;;
		esac
	done <"$work/out"
done
n=$((n + 1))
if [ $n -gt "${LEAST:-30}" ]; then echo "ok $n - all of them ran"; else bad=1; echo "not ok $n - all of them ran"; fi
echo "1..$n"
exit $bad
