#!/usr/bin/env bash
# Sites and a review site against one headquarters while lines are cut at any byte, answers get lost, headquarters is killed and
# disks are rolled back, by lot. CERTDESK_FAULT_SEED gives the lot again, CERTDESK_FAULT_SECONDS how long (10), CERTDESK_FAULT_SITES
# how many (6 in every check; 20 and some minutes before a release). Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d) driver= proxy=
end() { [ -z "$driver" ] || kill "$driver" 2>/dev/null; [ -z "$proxy" ] || kill "$proxy" 2>/dev/null; wait; rm -rf "$work"; }
trap end EXIT; trap 'exit 143' TERM INT
. "$(dirname "$0")/../lib/desk.sh"
. "$(dirname "$0")/../lib/hub.sh"
seed=${CERTDESK_FAULT_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
echo "# seed $seed"
mkdir "$work/scans"
for i in 0 1 2 3 4 5 6 7; do picture "$i" >"$work/scans/$i.png"; done
echo pass >"$work/line"
port=$(free_port) proxy_port=$(free_port)
hub init --name 总部 --url "https://localhost:$proxy_port" >/dev/null || exit 1
printf 'listen: "127.0.0.1:%s"\nrequests_a_second: 10000\nconnections: 1000\n' "$port" >>"$hub_dir/hub.yaml"
python3 "$(dirname "$0")/proxy.py" "$proxy_port" "$port" "$work/line" >"$work/proxy.log" 2>&1 & proxy=$!
until_true grep -q ready "$work/proxy.log" || exit 1
python3 "$(dirname "$0")/twenty.py" "$work" "$port" "$proxy_port" "${CERTDESK_FAULT_SECONDS:-10}" "$seed" "${CERTDESK_FAULT_SITES:-6}" & driver=$!
wait "$driver"; rc=$?; driver=
exit "$rc"
