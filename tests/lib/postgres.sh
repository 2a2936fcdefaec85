# A PostgreSQL of a test's own: in a temporary directory, reached by a socket in it alone, never as root. Sourced; the caller calls
# pg_stop in its trap.
#   pg_start        makes and starts one; $pg_url is an empty database in it
#   pg_new NAME     another empty database; prints its url
#   pg_kill, pg_again   kill -9 of the whole server, and its start after that
#   pg_standby      a synchronous standby in $pg_dir/standby; $pg_both names the database $1 on both; pg_promote promotes it
#   pg_stop
pg_bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1) pg_dir=
pg_as() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=65534 --regid=65534 --clear-groups -- "$@"; else "$@"; fi; }
pg_there() { [ -x "$pg_bin/postgres" ]; }
pg_begin() { (cd "$pg_dir" && pg_as "$pg_bin/pg_ctl" -D "$pg_dir/data" -l "$pg_dir/log" -w -t 60 start >/dev/null) || { cat "$pg_dir/log" >&2; return 1; }; }
pg_new() { "$pg_bin/createdb" -h "$pg_dir" -U hub "$1" && echo "postgresql://hub@/$1?host=$pg_dir"; }
pg_start() {
	pg_dir=$(mktemp -d /tmp/pg-XXXXXX)
	[ "$(id -u)" != 0 ] || chown 65534:65534 "$pg_dir"
	(cd "$pg_dir" && pg_as "$pg_bin/initdb" -D "$pg_dir/data" -U hub -A trust -E UTF8 --no-locale -N >"$pg_dir/initdb.log" 2>&1) || { cat "$pg_dir/initdb.log" >&2; return 1; }
	# what its processes leave when they are killed is with the kernel; no test takes the power away
	printf "listen_addresses = ''\nunix_socket_directories = '%s'\nmax_connections = 60\nshared_buffers = 16MB\nautovacuum = off\ndynamic_shared_memory_type = mmap\nfsync = off\nfull_page_writes = off\n" \
		"$pg_dir" >>"$pg_dir/data/postgresql.conf"
	pg_begin || return
	pg_url=$(pg_new hub)
}
pg_kill() { # the postmaster and all that it started
	local master; master=$(head -n 1 "$pg_dir/data/postmaster.pid")
	local all; all="$master $(cat /proc/"$master"/task/"$master"/children)"
	kill -9 $all
	local i p; for p in $all; do for i in $(seq 200); do [ -e /proc/"$p" ] && ! grep -q '^State:[[:space:]]*Z' /proc/"$p"/status 2>/dev/null || break; sleep 0.05; done; done
}
pg_again() { rm -f "$pg_dir"/.s.PGSQL.* "$pg_dir/data/postmaster.pid"; pg_begin; }
pg_standby() { # DATABASE
	local second=$pg_dir/standby
	pg_as mkdir -m 700 "$second" || return
	(cd "$pg_dir" && pg_as "$pg_bin/pg_basebackup" -h "$pg_dir" -U hub -D "$second/data" -X stream -R -c fast >"$pg_dir/standby.log" 2>&1) || { cat "$pg_dir/standby.log" >&2; return 1; }
	printf "unix_socket_directories = '%s'\nprimary_conninfo = 'host=%s user=hub application_name=second'\n" "$second" "$pg_dir" >>"$second/data/postgresql.conf"
	sed -i '/^primary_conninfo/d' "$second/data/postgresql.auto.conf"
	(cd "$pg_dir" && pg_as "$pg_bin/pg_ctl" -D "$second/data" -l "$second/log" -w -t 60 start >/dev/null) || { cat "$pg_dir/standby.log" >&2; return 1; }
	"$pg_bin/psql" -q -h "$pg_dir" -U hub -d "$1" -c "ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (second)'" -c "SELECT pg_reload_conf()" >/dev/null
	pg_both="postgresql://hub@/$1?host=$pg_dir,$second&target_session_attrs=read-write"
	pg_is_synchronous() { [ "$("$pg_bin/psql" -At -h "$pg_dir" -U hub -d "$1" -c "SELECT sync_state FROM pg_stat_replication")" = quorum ]; }
	local i; for i in $(seq 200); do pg_is_synchronous "$1" && return; sleep 0.05; done; return 1
}
pg_promote() { (cd "$pg_dir" && pg_as "$pg_bin/pg_ctl" -D "$pg_dir/standby/data" -w -t 60 promote >/dev/null); }
pg_stop() {
	[ -n "$pg_dir" ] || return 0
	local d; for d in "$pg_dir/standby/data" "$pg_dir/data"; do
		[ ! -e "$d/postmaster.pid" ] || (cd "$pg_dir" && pg_as "$pg_bin/pg_ctl" -D "$d" -m immediate -w stop >/dev/null 2>&1)
	done
	rm -rf "$pg_dir"; pg_dir=
}
