#!/usr/bin/env bash
# doctor names what is wrong with a machine and a site, and how to mend it. Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/../lib/desk.sh"
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
finds "UTF-8" good "UTF-8" LC_ALL=C.UTF-8
finds "another codeset" warning "LANG=C.UTF-8" LC_ALL=POSIX
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
finds "messages go to files" warning "outbox"
chmod 755 "$site"
finds "a directory that others can enter" warning "chmod 700"
chmod 700 "$site"
chmod 644 "$site.keys/store.key"
finds "a store key that others can read" missing "chmod 600"
chmod 600 "$site.keys/store.key"
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
