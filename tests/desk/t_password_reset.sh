#!/usr/bin/env bash
# An administrator sets the passwords of those who rule, by commands. Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/../lib/desk.sh"
site_make op1:operator mg1:manager au1:auditor || exit 1
printf 'New-Horse-77!\n' >"$work/new" && chmod 600 "$work/new"
is "the only administrator sets a manager's" 0 as root1 staff passwd mg1 --password-file "$work/pw"
is "a second administrator" 0 as root1 staff add root2 --name 管理二 --role admin --password-file "$work/pw"
is "now one alone doesn't" 1 as root1 staff passwd mg1 --password-file "$work/new"
says "says what to do" "请第二人当场授权"
is "nor with an operator" 1 as root1 --with op1 --with-password-file "$work/pw" staff passwd mg1 --password-file "$work/new"
is "it is as it was" 0 as mg1 whoami
is "with the second administrator it is set" 0 as root1 --with root2 --with-password-file "$work/pw" staff passwd mg1 --password-file "$work/new"
is "and counts" 1 as mg1 whoami
is "an operator's takes one" 0 as root1 staff passwd op1 --password-file "$work/pw"
is "one's own takes one" 0 as root2 staff passwd root2 --password-file "$work/pw"
is "the other administrator's, with nobody else to ask but a manager" 1 as root1 staff passwd root2 --password-file "$work/new"
is "with the manager" 0 as root1 --with mg1 --with-password-file "$work/new" staff passwd root2 --password-file "$work/new"
is "the journal verifies" 0 as au1 audit verify
done_testing
