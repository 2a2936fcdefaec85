#!/usr/bin/env bash
# Headquarters on a PostgreSQL of the test's own: the database's contract as SQLite keeps it, the program over it, and a server that is
# killed while sites are served. Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); trap 'hub_kill; pg_stop; rm -rf "$work"' EXIT
. "$(dirname "$0")/../lib/desk.sh"
. "$(dirname "$0")/../lib/hub.sh"
. "$(dirname "$0")/../lib/postgres.sh"
pg_there || { echo "not ok 1 - no PostgreSQL on this machine # SKIP"; exit 0; }
pg_start || exit 1

# test_db.c and test_db_disk.c again
for half in test_db test_db_disk; do
	CMOCKA_MESSAGE_OUTPUT=TAP CERTDESK_TEST_DATABASE=$(pg_new "contract_$half") "$CERTDESK_BUILD/tests/hub/$half"
done >"$work/contract" 2>&1
sed -E -n 's/^(not ok|ok) [0-9]+ - (.*)/\1 - postgresql: \2/p' "$work/contract" >"$work/lines"
while read -r line; do number=$((number + 1)); echo "${line/ - / $number - }"; done <"$work/lines"
! grep -q '^not ok' "$work/contract" || sed 's/^/# /' "$work/contract"
truth "postgresql: the contract ran" [ "$(wc -l <"$work/lines")" -ge 20 ]

# the program
is "init over PostgreSQL" 0 hub_make --database "$pg_url"
truth "keeps no database file" bash -c '! ls "$0"/hub.db*' "$hub_dir"
mv "$hub_dir" "$work/first"
is "not twice in one database" 1 hub init --name 总部 --url "$hub_url" --database "$pg_url"
says "says what to give" 空的数据库
truth "and nothing is left of it" bash -c '! ls -d "$0"* 2>/dev/null' "$hub_dir"
mv "$work/first" "$hub_dir"
hub_serve --workers 3 || exit 1
is "a site" 0 hub enrol 110114-01 --kind counter --name 昌平受理点
site_keys 110114-01
truth "joins" [ "$(site_join 110114-01 "$(code_of)")" = 200 ]
truth "and is served" [ "$(ask POST /v1/time 110114-01 --data '{}')" = 200 ]
is "status" 0 hub status
truth "names the database" jq -e '.database == "postgresql" and .serving and .stations[0].name == "昌平受理点"' "$work/out"
is "verify" 0 hub verify
is "backup" 0 hub backup "$work/copy.dump"
truth "is a dump that can be read" bash -c '"$0/pg_restore" -l "$1" | grep -q "TABLE DATA public certificate"' "$pg_bin" "$work/copy.dump"

plan() { "$pg_bin/psql" -At -h "$pg_dir" -U hub -d hub -c "SET enable_seqscan = off" -c "EXPLAIN SELECT count(*) FROM $1 WHERE upper(number) = upper('e-7')"; }
for table in person laid_name; do
	plan $table >"$work/plan"
	truth "a number in whatever case is found by the index of $table" grep -q "Index Cond: (upper(number) = " "$work/plan"
done

# a newer program's database
tables() { "$pg_bin/psql" -q -h "$pg_dir" -U hub -d hub -c "$1"; }
own=$("$pg_bin/psql" -At -h "$pg_dir" -U hub -d hub -c "SELECT version || ' ' || (SELECT schema FROM works_from) FROM schema_version")
breaks=0 at=0
for m in "$(dirname "$0")"/../../db/hub/migrations/*.sql; do at=$((at + 1)); ! grep -q '^-- breaks: .' "$m" || breaks=$at; done
truth "it says its schema, and from which on a program may work on it" [ "$own" = "$at $breaks" ]
tables "UPDATE schema_version SET version = 999; ALTER TABLE site ADD COLUMN shade TEXT NOT NULL DEFAULT ''" 2>/dev/null
is "a newer schema that only added is worked on" 0 hub status
tables "UPDATE works_from SET schema = 998"
is "one that says no isn't" 4 hub status
says "says so" "998"
tables "ALTER TABLE works_from RENAME TO no_more"
is "nor one that says nothing" 4 hub status
tables "ALTER TABLE no_more RENAME TO works_from; UPDATE works_from SET schema = ${own#* }; UPDATE schema_version SET version = ${own% *}"
is "as it was" 0 hub status

# the server killed
pg_kill
answers "the database is away: told so, to be tried again" 503 POST /v1/time 110114-01 --data '{}'
truth "as a fault" jq -e '.error == "fault"' "$work/out"
is "a command says so" 3 hub status
is "another too" 3 hub enrol 110114-02 --kind counter
pg_again || exit 1
served() { [ "$(ask POST /v1/time 110114-01 --data '{}')" = 200 ]; }
truth "it is back: the same workers serve again" served
for i in 1 2 3 4 5 6; do served || break; done
truth "each of them" [ "$i" = 6 ]
is "what was acknowledged is there" 0 hub verify

# a second machine on the same database
cp -a "$hub_dir" "$work/second"
(hub_dir=$work/second; rm -rf "$hub_dir"/run/*; sed -i "s|^url:.*|url: https://localhost:$(free_port)|" "$hub_dir/hub.yaml")
first_dir=$hub_dir first_url=$hub_url first_port=$hub_port first_pid=$hub_pid
hub_dir=$work/second; hub_url=$(sed -n 's/^url: //p' "$hub_dir/hub.yaml"); hub_port=${hub_url##*:}
hub_serve --workers 2 || exit 1
truth "a second hub serves the same sites" served
is "what it revokes" 0 hub enrol 110114-09 --kind counter
site_keys 110114-09; site_join 110114-09 "$(code_of)" >/dev/null
truth "(a site that is served)" [ "$(ask POST /v1/time 110114-09 --data '{}')" = 200 ]
hub revoke 110114-09 >/dev/null
hub_stop
hub_dir=$first_dir hub_url=$first_url hub_port=$first_port hub_pid=$first_pid
answers "gets nothing at the first one either" 403 POST /v1/time 110114-09 --data '{}'
hub_stop

# a standby that is promoted
pg_standby hub || exit 1
sed -i "s|^database:.*|database: \"${pg_both/&/\\&}\"|" "$hub_dir/hub.yaml"
hub_serve --workers 3 || exit 1
truth "with two servers it serves" served
told=
for i in $(seq 20); do hub enrol "S$i" --kind counter >"$work/told" && told="$told $(jq -r .site "$work/told")"; done
pg_kill
pg_promote || exit 1
truth "the primary killed, the standby promoted: the same workers serve" until_true served
for i in 1 2 3 4 5 6; do served || break; done
truth "each of them on it" [ "$i" = 6 ]
is "status" 0 hub status
truth "what was acknowledged is there, all of it" bash -c '[ "$(jq -r ".stations[].site" "$0" | grep -c "^S")" = "$1" ] && [ "$1" = 20 ]' "$work/out" "$(echo $told | wc -w)"
is "and can be added to" 0 hub enrol S21 --kind counter
hub_kill; pg_stop
is "without its database it doesn't start" 3 hub serve
done_testing
