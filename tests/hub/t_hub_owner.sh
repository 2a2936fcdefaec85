#!/usr/bin/env bash
# Where root runs a command on a headquarters of another account, nothing is left there that this account can't open. Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/../lib/desk.sh"
. "$(dirname "$0")/../lib/hub.sh"
if [ "$(id -u)" != 0 ]; then echo "not ok 1 - only root can become somebody else # SKIP"; exit 0; fi

chmod 711 "$work"; mkdir "$work/home" && chown nobody "$work/home"
of_root() { find "$work/home" -user root; }
hub_dir=$work/home/hub
is "made below the account's home" 0 hub_make
truth "it is the account's" [ -z "$(of_root)" ]
is "an authority" 0 hub ca init
is "a site" 0 hub enrol 110114-01 --kind counter
is "the timer" 0 hub tick
is "a whole backup" 0 hub backup "$work/home/whole" --whole
is "verified" 0 hub verify
truth "all of it is the account's" [ -z "$(of_root)" ]
hub_dir=$work/home/again
is "restored there" 0 hub restore "$work/home/whole"
truth "so too" [ -z "$(of_root)" ]
is "what the account can't write to" 1 hub backup "$work/root"
hub_dir=$work/own
is "a headquarters of root's stays root's" 0 hub_make
truth "whole" [ -z "$(find "$work/own" ! -user root)" ]
done_testing
