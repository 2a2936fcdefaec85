#!/usr/bin/env bash
# Windows over SSH, as INSTALL sets them up, against a real sshd on the loopback: one account, one key for each window.
# Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d)
. "$(dirname "$0")/../lib/desk.sh"
. "$(dirname "$0")/../lib/pcscd.sh"
sshd=$(PATH=$PATH:/usr/sbin command -v sshd) || { echo "1..0 # SKIP no sshd"; echo "not ok 1 - sshd is installed"; exit 1; }
sshd_pid='' session=''
finish() {
	[ -z "$session" ] || kill "$session" 2>/dev/null
	[ -z "$sshd_pid" ] || { kill "$sshd_pid"; wait "$sshd_pid"; }
	reader_stop
	rm -rf "$work"
}
trap finish EXIT

# the site, two windows' keys, and sshd with the settings that are shipped
site_make op1:operator op2:operator is1:issuer au1:auditor
mkdir -p "$work/bin" "$work/run" "$site/inbox"
ln -s "$(cd "$CERTDESK_BUILD" && pwd)/certdesk" "$work/bin/certdesk"
# the shipped command, with this test's places for what is fixed in an installation
sed -e "s|^PATH=.*|PATH=$work/bin:/usr/bin:/bin|" -e "s|/run/certdesk|$work/run|" "$here/etc/station" >"$work/station"
chmod 755 "$work/station"
for window in 01 02; do
	ssh-keygen -q -t ed25519 -N '' -C "window $window" -f "$work/key$window"
	printf 'restrict,pty,port-forwarding,command="%s %s %s" %s\n' "$work/station" "$site" "$window" "$(cat "$work/key$window.pub")"
done >"$work/authorized_keys"
ssh-keygen -q -t ed25519 -N '' -f "$work/host"
server() {
	local port
	[ "$(id -u)" != 0 ] || mkdir -p /run/sshd
	for port in $(shuf -i 30000-39999 -n 20); do
		{
			printf '%s\n' "ListenAddress 127.0.0.1" "Port $port" "HostKey $work/host" "PidFile none" "UsePAM no" "StrictModes no" \
				"PasswordAuthentication no" "AcceptEnv LANG LC_*" "Subsystem sftp internal-sftp"
			sed -e "s/^Match User certdesk$/Match User $(id -un)/" -e "s|/etc/ssh/certdesk_keys|$work/authorized_keys|" "$here/etc/sshd.conf"
		} >"$work/sshd_config"
		"$sshd" -D -e -f "$work/sshd_config" >"$work/sshd.log" 2>&1 &
		sshd_pid=$!
		local i
		for i in $(seq 100); do
			grep -q 'Server listening' "$work/sshd.log" && { sshd_port=$port; return 0; }
			kill -0 "$sshd_pid" 2>/dev/null || break
			sleep 0.05
		done
		kill "$sshd_pid" 2>/dev/null; wait "$sshd_pid"; sshd_pid=
	done
	return 1
}
truth "sshd starts" server
# The machine's own settings, agents and readers stay out of it.
window() { # CODE WORD…; with instead=exec in a process of its own, so that its pid is ssh's
	local code=$1; shift
	${instead:-} ssh -F none -p "$sshd_port" -i "$work/key$code" -o IdentitiesOnly=yes -o IdentityAgent=none -o StrictHostKeyChecking=no \
		-o UserKnownHostsFile="$work/known" -o LogLevel=ERROR -o BatchMode=yes -o ExitOnForwardFailure=yes "$@"
}
me=$(id -un)@127.0.0.1
who=(certdesk --json --user op1 --password-file "$work/pw" whoami)
station_is() { [ "$(jq -r .station "$work/out")" = "$1" ]; }

# the window is the key's
is "window 01" 0 window 01 "$me" "${who[@]}"
truth "is named by its key" station_is 01
is "window 02" 0 window 02 "$me" "${who[@]}"
truth "is named by its own" station_is 02
export CERTDESK_STATION=09 CERTDESK_HOME=$work/elsewhere CERTDESK_SOCKETS=$work
is "a client that sends its environment" 0 window 02 -o SendEnv='CERTDESK_* PCSCLITE_*' -o SetEnv='CERTDESK_STATION=09 LC_ALL=C' "$me" "${who[@]}"
truth "stays at its key's window" station_is 02
unset CERTDESK_STATION CERTDESK_HOME CERTDESK_SOCKETS
is "an assignment before the command" 2 window 02 "$me" CERTDESK_STATION=09 "${who[@]}"
is "another program" 2 window 02 "$me" cat /etc/passwd
says "is refused with a sentence" certdesk
is "a shell's words" 2 window 02 "$me" "certdesk ;id"
truth "reach no shell" bash -c '! grep -q uid= "$1"' - "$work/out"
mkdir "$work/other"
is "another data directory" 2 window 02 "$me" certdesk -C "$work/other/site" init --site 1 --name x --admin root1 --password-file "$work/pw"
truth "isn't made" test ! -e "$work/other/site"
is "a workbook over the site's store" 1 window 02 "$me" certdesk --user op1 --password-file "$work/pw" order import new-person --template -o "$site/certdesk.db"
is "sftp" 2 window 02 -s "$me" sftp
is "a way on to other machines" 255 window 02 -W "127.0.0.1:$sshd_port" "$me"

# several people at once on one store
crowd() {
	local n rc=0 pids=()
	for n in 1 2 3 4; do
		unit_json | window "0$((n % 2 + 1))" "$me" certdesk --json --user "op$((n % 2 + 1))" --password-file "$work/pw" \
			order new new-unit --data - >"$work/order$n" 2>>"$work/crowd" &
		pids+=($!)
	done
	for n in "${pids[@]}"; do wait "$n" || rc=1; done
	cat "$work"/order[1-4]
	[ "$rc" = 0 ] && [ "$(jq -r '.order // .no' "$work"/order[1-4] | sort -u | wc -l)" = 4 ]
}
truth "four orders at once" crowd
is "all are there" 0 desk --json --user op1 --password-file "$work/pw" order continue
truth "each with its draft" jq -e 'length == 4' "$work/out"
is "the journal holds" 0 as au1 audit verify

# scans
head -c 3000 /dev/urandom >"$work/scan.jpg"
is "a scan" 0 window 02 "$me" scan licence.jpg 3000 <"$work/scan.jpg"
truth "lies in the inbox under its window's name" cmp "$work/scan.jpg" "$site/inbox/02-licence.jpg"
is "a scan out of the inbox" 2 window 02 "$me" scan ../certdesk.yaml 3000 <"$work/scan.jpg"
is "a hidden scan" 2 window 02 "$me" scan .x 3000 <"$work/scan.jpg"
is "a scan that is cut short" 3 window 02 "$me" scan half.jpg 3001 <"$work/scan.jpg"
is "a scan that is too large" 1 window 02 "$me" scan huge.jpg 999999999 <"$work/scan.jpg"
is "a scan without a size" 2 window 02 "$me" scan some.jpg <"$work/scan.jpg"
truth "nothing else is there" test "$(ls -A "$site/inbox")" = 02-licence.jpg

# the window's reader
keys=(certdesk --json --user is1 --password-file "$work/pw" key list)
is "no reader is forwarded" 3 window 02 "$me" "${keys[@]}"
truth "a key in the window's reader" insert 70000002
forward=(-R "$work/run/02.pcsc:$PCSCLITE_CSOCK_NAME")
is "the reader forwarded" 0 window 02 "${forward[@]}" "$me" "${keys[@]}"
truth "the key is seen" jq -e 'length == 1 and .[0].serial == "70000002"' "$work/out"
is "again, though the socket is still there" 0 window 02 "${forward[@]}" "$me" "${keys[@]}"
is "another window" 3 window 01 "$me" "${keys[@]}"
says "sees no reader" pcscd

# a session that holds the line open: the screens, or a scan that goes on and on where sshd can't give out terminals, which
# without root it can only where they belong to group tty; a second session of the window outlives the first
holds() {
	local i
	for i in $(seq 200); do
		grep -q '昌平受理点' "$work/screen" && return 0
		ls -A "$site/inbox" | grep -q '^\.' && return 0
		sleep 0.05
	done
	tail -c 1000 "$work/screen"; return 1
}
terminals() {
	[ "$(id -u)" = 0 ] || python3 -c 'import grp, os, pty, sys
sys.exit(os.stat(os.ttyname(pty.openpty()[1])).st_gid != grp.getgrnam("tty").gr_gid)'
}
export TERM=xterm-256color LANG=zh_CN.UTF-8
mkfifo "$work/hold"
if terminals; then
	what="without a command the screens open" one="^certdesk -C $site\$" asked=(-tt "$me")
else
	what="a scan that takes long" one="station $site 02" asked=("$me" scan slow.jpg 5000)
fi
instead=exec window 02 "${forward[@]}" "${asked[@]}" <"$work/hold" >"$work/screen" 2>&1 &
session=$!
exec 8>"$work/hold"
truth "$what" holds
is "its line carries the reader for the window's others" 0 window 02 "$me" "${keys[@]}"
truth "who see the key" jq -e '.[0].serial == "70000002"' "$work/out"
kill -9 "$session"; wait "$session" 2>/dev/null; session=; exec 8>&-
gone() {
	local i
	for i in $(seq 200); do
		pgrep -f "$one" >/dev/null || return 0
		sleep 0.05
	done
	return 1
}
truth "it ends with its line" gone
truth "and leaves nothing half-done" test "$(ls -A "$site/inbox")" = 02-licence.jpg
is "after the cut the reader is there again" 0 window 02 "${forward[@]}" "$me" "${keys[@]}"
done_testing
