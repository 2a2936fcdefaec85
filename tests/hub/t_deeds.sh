#!/usr/bin/env bash
# Every action that the use cases write into the journal is known to headquarters: by its own row of deeds.def, by a row for what
# begins so, or as a permission's name. usage: t_deeds.sh BUILD
set -u
cd "$(dirname "$0")/../.."
n=0 bad=0
known=$(sed -n 's/^DEED("\([^"]*\)".*/\1/p' src/hub/deeds.def)
names=$(sed -n 's/^MAY([A-Z_]*, "\([^"]*\)".*/\1/p' src/rules/permissions.def)
knows() {
	local k
	for k in $known $names; do
		[ "$1" = "$k" ] && return 0
		[ "${k%.}" != "$k" ] && [ "${1#"$k"}" != "$1" ] && return 0
	done
	return 1
}
actions=$(grep -hoE '(desk_commit|commit|journey_commit|commit_staff|change)\([^"]*"[a-z]+\.[a-z-]+"' src/desk/*.c src/sync/*.c | grep -oE '"[^"]*"$' | tr -d '"'
	grep -hoE '^	\{"[a-z-]+", ("[a-z]+", )?"(review|cert)\.[a-z]+"' src/desk/*.c | grep -oE '"[a-z]+\.[a-z]+"' | tr -d '"'
	grep -hoE '"key\.[a-z]+"' src/desk/stock.c | tr -d '"')
n=$((n + 1))
if [ "$(printf '%s\n' "$actions" | sort -u | wc -l)" -lt 40 ]; then bad=1; echo "not ok $n - the actions are found in the sources"; else echo "ok $n - the actions are found in the sources"; fi
for a in $(printf '%s\n' "$actions" | sort -u); do
	n=$((n + 1))
	if knows "$a"; then echo "ok $n - $a"; else bad=1; echo "not ok $n - $a: headquarters would refuse it"; fi
done
echo "1..$n"
exit $bad
