#!/usr/bin/env bash
# Every statement under db/ is used: by the program, or by a test that looks behind it. Those of the journal (state_X, all_X) are named by the
# table in src/store/journal.c. usage: t_statements.sh
set -u
cd "$(dirname "$0")/../../.."
used=$(grep -rhoE '\b(HUB_)?SQL_[A-Z0-9_]+\b' src tests reports --include=*.c --include=*.h --include=*.sql | sort -u)
kinds=$(grep -oE '"[a-z_]+"' src/store/journal.c | tr -d '"' | sort -u)
n=0
unused() { # PREFIX FILE…
	local prefix=$1 name; shift
	sed -n 's/^-- name: //p' "$@" | while read -r name; do
		case $name in state_*|all_*) ! grep -qx "${name#*_}" <<<"$kinds" || continue ;; esac
		grep -qx "$prefix${name^^}" <<<"$used" || echo "$name"
	done
}
for of in "SQL_ db/queries" "HUB_SQL_ db/hub/queries"; do
	n=$((n + 1)) left=$(unused "${of%% *}" "${of#* }"/*.sql)
	if [ -z "$left" ]; then echo "ok $n - ${of#* }"; else echo "not ok $n - ${of#* }: nobody uses" $left; bad=1; fi
done
echo "1..$n"
exit ${bad:-0}
