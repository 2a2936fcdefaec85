#!/usr/bin/env bash
# sync --once and --follow by real processes over a real line: who may, what is told of the line, and what is left when one ends. Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d) hub= follower=
finish() { for p in $hub $follower; do kill -9 "$p" 2>/dev/null; done; wait 2>/dev/null; rm -rf "$work"; }
trap finish EXIT
. "$(dirname "$0")/../lib/desk.sh"
port=$(python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])')
serve() {
	rm -f "$work/ready"
	python3 "$here/tests/lib/headquarters.py" "$work/hub" "$port" >"$work/ready" 2>>"$work/hub.log" & hub=$!
	until_true grep -q ready "$work/ready"
}
stop() { kill -9 "$hub"; wait "$hub" 2>/dev/null; hub=; }
until_true() { local i; for i in $(seq 400); do "$@" >/dev/null 2>&1 && return; sleep 0.05; done; return 1; }
row() { sqlite3 -cmd '.timeout 5000' "$site/certdesk.db" "SELECT $1 FROM sync_state"; }
holds() { [ "$(row "$1")" = 1 ]; }
comes() { truth "$1" until_true holds "$2"; }
newest='acknowledged = (SELECT max(seq) FROM journal)'
step() { as root1 staff add "$1" --name "$1" --role operator --password-file "$work/pw"; }
workers() { pgrep -P "$1" -f certdesk-net; }
rounds() { jq .rounds "$work/hub/state"; }
more_rounds() { [ "$(rounds)" -gt "$1" ]; }

# not through desk(): $! must be the program, not a subshell around it
site_make || exit 1
is "sync wants to be told how" 2 desk sync
is "… one way" 2 desk sync --once --follow
is "… and --while-open belongs to --follow" 2 desk sync --once --while-open
is "nothing to follow yet" 1 desk sync --follow
says "… and a sentence" "hub join"
serve || exit 1
is "join" 0 as root1 hub join "https://localhost:$port" --code "$(cut -d' ' -f2 "$work/ready")"
is "sync without a login" 0 desk --json sync --once
truth "… all is there" jq -e '.backlog == 0 and .sent > 0' "$work/out"
comes "… the line is up" "line = 'up' AND trouble = ''"

"$CERTDESK_BUILD/certdesk" -C "$site" sync --follow >"$work/follow.out" 2>"$work/follow.err" & follower=$!
is "a step" 0 step op1
comes "who follows sends it unasked" "$newest"
before=$(rounds)
truth "and goes round again and again" until_true more_rounds $((before + 2))
is "another has nothing to do" 0 desk --json sync --follow
truth "… and says so" jq -e '.following == false' "$work/out"
is "one round beside it" 0 desk --json sync --once

stop
comes "headquarters has gone" "line = 'down' AND trouble <> ''"
is "no line is no fault" 3 desk sync --once
says "… what still works is said" "本地业务可以继续"
is "a step without a line" 0 step op2
truth "… waits" holds "$newest - 1 OR acknowledged < (SELECT max(seq) FROM journal)"
serve
comes "the line comes back by itself, and what waited is sent" "line = 'up' AND trouble = '' AND $newest"

echo fault >"$work/hub/mode"
is "headquarters can't take it now" 3 desk sync --once
comes "… and who follows says so" "trouble <> ''"
echo >"$work/hub/mode"
comes "… until it can" "line = 'up' AND trouble = ''"

# what can't be noted for want of room leaves the line up in the store: that is no reason to knock again and again
sqlite3 -cmd '.timeout 5000' "$site/certdesk.db" "CREATE TRIGGER no_room BEFORE UPDATE OF line ON sync_state BEGIN SELECT RAISE(ABORT, 'no room'); END"
stop
python3 -c 'import socket, sys, time
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("127.0.0.1", int(sys.argv[1]))); s.listen(); s.settimeout(60)
knocks = []
while len(knocks) < 4:
    s.accept()[0].close()
    knocks.append(time.monotonic())
sys.exit(knocks[3] - knocks[0] < 2)' "$port" & hub=$!
truth "who finds no line waits longer each time" wait "$hub"
hub=
sqlite3 -cmd '.timeout 5000' "$site/certdesk.db" "DROP TRIGGER no_room"
before=$(rounds)
serve
truth "… and goes on when it is there again" until_true more_rounds "$before"

worker=$(workers "$follower")
echo hang >"$work/hub/mode"
truth "a worker speaks for it" test -n "$worker"
kill -9 "$follower"; wait "$follower" 2>/dev/null
gone() { ! kill -0 "$worker"; }
truth "… and ends with it, in the middle of a call" until_true gone
follower=
echo >"$work/hub/mode"
is "what was held is free" 0 desk sync --once

echo revoked >"$work/hub/mode"
is "a site that was revoked" 1 desk sync --once
says "… is told so" "停用"
echo >"$work/hub/mode"

"$CERTDESK_BUILD/certdesk" -C "$site" sync --follow --while-open >"$work/follow.out" 2>&1 & follower=$!
truth "without any screen it ends" wait "$follower"
follower=
exec 7>"$site/screens.lock"
flock -s 7
"$CERTDESK_BUILD/certdesk" -C "$site" sync --follow --while-open >"$work/follow.out" 2>&1 7>&- & follower=$!
before=$(rounds)
truth "with one it goes on" until_true more_rounds $((before + 1))
exec 7>&-
truth "… until that is closed" wait "$follower"
follower=

stop; rm -rf "$work/hub"; serve
step op3 >/dev/null
is "somebody else at the same address gets nothing" 1 desk sync --once
says "… and that is said" "对方不是总部"
is "status asks the store alone" 0 as root1 --json sync status
truth "… one waits, and why" jq -e '.backlog == 1 and .line == "down" and (.trouble | contains("总部")) and .joined' "$work/out"
is "… for people" 0 as root1 --lang en sync status
says "… in words" "down"
mkdir -p "$work/usr/bin" "$work/usr/libexec/certdesk"
cp "$CERTDESK_BUILD/certdesk" "$work/usr/bin/" && ln -s "$(readlink -f "$CERTDESK_BUILD/share")" "$work/usr/bin/share"
built=$CERTDESK_BUILD CERTDESK_BUILD=$work/usr/bin
is "without its program there is no line" 4 desk sync --once
says "… and it is named" "certdesk-net"
cp "$built/certdesk-net" "$work/usr/libexec/certdesk/"
is "as it is installed it is found" 1 desk sync --once
says "… and speaks" "对方不是总部"
done_testing
