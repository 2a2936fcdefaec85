#!/usr/bin/env bash
# doctor names what is wrong with a machine and a site, and how to mend it. Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); trap 'faketime_rest; rm -rf "$work"' EXIT
. "$(dirname "$0")/../lib/desk.sh"
. "$(dirname "$0")/../lib/faketime.sh"
# finds NAME STATE WORD [VARIABLE=VALUE …]: a finding in that state that holds the word, in detail or mend
finds() {
	local name=$1 state=$2 word=$3; shift 3
	env "$@" "$CERTDESK_BUILD/certdesk" -C "$site" --json --lang en doctor >"$work/out" 2>"$work/err" || { report "$name (status $?)" 0; return; }
	truth "$name" jq -e --arg s "$state" --arg w "$word" 'any(.[]; .state == $s and (.detail + " " + .mend | contains($w)) and
		($s == "good" or .mend != ""))' "$work/out"
}
finds "no site yet" warning "certdesk init"
site_make || exit 1
finds "no smart card service" missing "pcscd.socket"
finds "… whose reader a window over SSH brings" missing "start pcscd at the window's machine" SSH_CONNECTION="1 2 3 4" PCSCLITE_CSOCK_NAME="$work/none.pcsc"
# as pcscd does where polkit says no: it takes the call and hangs up
python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(8); print("listening", flush=True)
while True: s.accept()[0].close()' "$work/refusing" >"$work/refusing.log" & refusing=$!
until [ -s "$work/refusing.log" ]; do kill -0 "$refusing" || break; done
finds "polkit says no" missing "to the account $(id -un)" PCSCLITE_CSOCK_NAME="$work/refusing" SSH_CONNECTION=
finds "… and where the rule goes" missing "/etc/polkit-1/rules.d/" PCSCLITE_CSOCK_NAME="$work/refusing" SSH_CONNECTION=
finds "over SSH the window's machine has to let it in" missing "to the account that runs ssh" PCSCLITE_CSOCK_NAME="$work/refusing" SSH_CONNECTION="1 2 3 4"
kill "$refusing"
finds "UTF-8" good "UTF-8" LC_ALL=C.UTF-8
finds "another codeset" warning "LANG=C.UTF-8" LC_ALL=POSIX
finds "a locale that is missing is named" warning "xx_YY.UTF-8 isn't installed" LC_ALL=xx_YY.UTF-8
finds "widths" good "汉 2"
finds "a terminal" good "xterm-256color" TERM=xterm-256color
finds "colours are off" good "NO_COLOR" TERM=xterm-256color NO_COLOR=1
finds "an unknown terminal" warning "ncurses-term" TERM=no-such-terminal
finds "a terminal with escape sequences in its name" warning "TERM=a·[31mb" TERM=$'a\e[31mb'
finds "no input method" warning "fcitx5" DISPLAY=:0 XMODIFIERS= SSH_CONNECTION=
finds "over SSH it is elsewhere" good "machine before you" DISPLAY= SSH_CONNECTION="1 2 3 4"
finds "space on the disk" good "MB free"
finds "forms" good "/forms"
finds "the store key" good "store.key"
finds "a demonstration CA" warning "mean nothing in law"
finds "certificates without a revocation list's address" warning "ca_crl_url"
echo 'ca_crl_url: http://ca.example.com/desk.crl' >>"$site/certdesk.yaml"
finds "with one" good "http://ca.example.com/desk.crl"
sed -i '/^ca_crl_url/d' "$site/certdesk.yaml"
finds "messages go to files" warning "outbox"
finds "no headquarters" good "works alone"
sql() { sqlite3 -cmd '.timeout 5000' "$site/certdesk.db" "$1" || report "sqlite3" 0; }
certificate() { # DAYS: one that ends then, in the three places
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null -subj /CN=110114-01 -days "$1" 2>/dev/null >"$work/cert.pem"
	sql "DELETE FROM headquarters; INSERT INTO headquarters VALUES (1, 1, 'https://localhost:1', '总部', 'r', 's', 'e', readfile('$work/cert.pem') || '',
		readfile('$work/cert.pem') || '', readfile('$work/cert.pem') || '', x'00', x'00', 1)"
}
certificate 400
finds "never heard of headquarters" warning "never heard yet"
finds "certificates for the line" good "ends in"
sql "UPDATE sync_state SET line = 'up', line_at = unixepoch(), contact_at = unixepoch(), acknowledged = (SELECT max(seq) FROM journal) - 2"
finds "the line is up" good "2 entries to send"
sql "UPDATE sync_state SET trouble = 'REASON'"
finds "headquarters says no" warning "up, with trouble"
sql "UPDATE sync_state SET clock_off = 301"
finds "headquarters' clock says something else, so nothing is signed" missing "301 seconds from headquarters"
truth "and what to do" jq -e 'any(.[]; .mend | contains("set-ntp"))' "$work/out"
sql "UPDATE sync_state SET clock_off = -20"
sql "UPDATE sync_state SET line = 'down'"
finds "the line is down, and why" warning "REASON"
sql "UPDATE sync_state SET trouble_code = 'SYNC_REVOKED'"
finds "headquarters has revoked the site" missing "it is not the network"
truth "and what to do" jq -e 'any(.[]; .mend | contains("hub join --again"))' "$work/out"
sql "UPDATE sync_state SET line = 'up', trouble = '', trouble_code = '', contact_at = unixepoch() - 7200"
finds "nobody syncs" warning "certdesk-sync.timer"
certificate 10
finds "certificates that end soon" warning "ends in"
finds "… and who renews them" warning "certdesk-hub renew"
openssl() { FAKETIME=-20d LD_PRELOAD=$faketime /usr/bin/openssl "$@"; }
certificate 10; unset -f openssl
finds "certificates that have ended" missing "no line to headquarters"
sql "UPDATE headquarters SET tls_certificate = 'none'"
finds "a certificate that is none" missing "can't be read"
mkdir -p "$work/bin" && cp "$CERTDESK_BUILD/certdesk" "$work/bin/" && ln -sfn "$(readlink -f "$CERTDESK_BUILD/share")" "$work/bin/share"
kept=$CERTDESK_BUILD CERTDESK_BUILD=$work/bin
finds "no program for the line" missing "certdesk-net"
sql "DELETE FROM headquarters"
finds "… even where it isn't needed yet" warning "certdesk-net"
CERTDESK_BUILD=$kept
chmod 755 "$site"
finds "a directory that others can enter" warning "chmod 700"
chmod 700 "$site"
chmod 644 "$site.keys/store.key"
finds "a store key that others can read" missing "chmod 600"
chmod 600 "$site.keys/store.key"
grep '^store_key:' "$site/certdesk.yaml" >"$work/line"
mkdir "$site/inside" && cp "$site.keys/store.key" "$site/inside/" && sed -i "s|^store_key:.*|store_key: $site/inside/store.key|" "$site/certdesk.yaml"
sql "UPDATE site SET demonstration = 0"
finds "a store key in the data directory" warning "lies in the data directory"
site=$site/ finds "… however the directory is called" warning "lies in the data directory"
ln -s "$site" "$work/called" && site=$work/called finds "… and by a link" warning "lies in the data directory"
sql "UPDATE site SET demonstration = 1"
rm -r "$site/inside" && sed -i "s|^store_key:.*|$(cat "$work/line")|" "$site/certdesk.yaml"
mkdir "$work/share" && cp -r "$here/forms" "$work/share/" && sed -i 's/^business: new$/busines: new/' "$work/share/forms/new-unit.yaml"
finds "a broken form" missing "new-unit.yaml" CERTDESK_SHARE="$work/share"
mv "$site.keys/store.key" "$work/away"
finds "a store key that is gone" missing "store_key"
mv "$work/away" "$site.keys/store.key"
printf 'broken' >"$site/ca/local-ca.pem"
finds "a CA key that can't be opened" missing "CA"
is "for people" 0 desk doctor
says "the mend stands below" "→ "
done_testing
