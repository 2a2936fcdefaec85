#!/usr/bin/env bash
# Alarms: every kind says what it means and what to do; what somebody has seen to is no more counted, and told again when it comes again.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); trap 'hub_kill; rm -rf "$work"' EXIT
. "$(dirname "$0")/../lib/desk.sh"
. "$(dirname "$0")/../lib/hub.sh"
cd "$(dirname "$0")/../.."

raised=$( (sed -nE 's/.*hub_alarm(_once)?\([^,]*, [^,]*, "([a-z]+)".*/\2/p' src/hub/*.c
	for say in FORK NEWER BROKEN; do sed -n "s/^#define SAY_$say \"\(.*\)\".*/\1/p" src/sync/protocol.h; done) | sort -u)
known=$(sed -n 's/^ALARM("\([a-z]*\)".*/\1/p' src/hub/alarms.def | sort -u)
truth "kinds are found in the sources" [ "$(wc -l <<<"$raised")" -ge 18 ]
truth "each kind that is raised has its row, and each row is raised" diff <(echo "$raised") <(echo "$known")

hub_make >/dev/null || exit 1
row() { sqlite3 "$hub_dir/hub.db" "INSERT INTO alarm (site, kind, detail, at) VALUES ('', '$1', '$2', strftime('%s'))"; }
row fork "17"; row stranded "A1"; row refused "7 CUSTODY: 11011401-261127-00017"
is "they are counted" 0 hub status
truth "three" jq -e '.alarms == 3' "$work/out"
is "and listed" 0 hub --lang zh alarms
truth "each with its meaning" jq -e 'length == 3 and all(.[]; (.meaning | length) > 20 and .seen_at == null and .seen_by == "")' "$work/out"
truth "why something was refused" jq -e '.[2].meaning | contains("订单在另一受理点手中（11011401-261127-00017）")' "$work/out"
is "two are seen to" 0 hub alarms --seen 2 --by 张三
truth "by whom, and when" jq -e 'map(.seen_by) == ["张三", "张三", ""] and .[0].seen_at != null and .[2].seen_at == null' "$work/out"
is "the open ones" 0 hub alarms --open
truth "are the third" jq -e 'map(.id) == [3]' "$work/out"
is "one is counted" 0 hub status
truth "one" jq -e '.alarms == 1' "$work/out"
is "what was seen to stays as it was" 0 hub alarms --seen 3 --by 李四
truth "张三's are hers" jq -e 'map(.seen_by) == ["张三", "张三", "李四"]' "$work/out"
done_testing
