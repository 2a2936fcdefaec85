#!/usr/bin/env bash
# Sessions, lock-out, the second person. Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/../lib/desk.sh"
export site work
program=$CERTDESK_BUILD/certdesk
# Runs a script in a terminal session of its own, as another window would.
window() { setsid --wait bash -c 'desk() { "'"$program"'" -C "$site" "$@"; }; '"$1"; }

site_make op1:operator || exit 1
is "nobody is logged in here" 1 window 'desk whoami'
is "login counts for later commands of the session" 0 window 'desk login op1 --password-file "$work/pw" && desk --json whoami'
says "as that person" '"login":"op1"'
is "another session knows nothing of it" 1 window 'desk whoami'
is "the same session, after logout" 1 window 'desk login op1 --password-file "$work/pw" && desk logout && desk whoami'
is "a session serves its commands" 0 window 'desk login op1 --password-file "$work/pw" && desk order continue && desk --json table list'
is "--user is no login" 1 window 'desk --user op1 --password-file "$work/pw" whoami && desk whoami'
is "--user goes before the session" 0 window 'desk login op1 --password-file "$work/pw" && desk --json --user root1 --password-file "$work/pw" whoami'
says "for that one command" '"login":"root1"'
echo Another-Horse-8 >"$work/another"; chmod 600 "$work/another"
is "a session alone changes no password" 2 window 'desk login op1 --password-file "$work/pw" && desk staff passwd op1 --password-file "$work/another"'
is "nor with a wrong old one" 1 window 'desk login op1 --password-file "$work/pw" && desk staff passwd op1 --old-password-file "$work/another" --password-file "$work/another"'
is "with the old one it does" 0 window 'desk login op1 --password-file "$work/pw" && desk staff passwd op1 --old-password-file "$work/pw" --password-file "$work/another"'
is "a wrong old one" 1 window 'desk login op1 --password-file "$work/another" && desk staff passwd op1 --old-password-file "$work/pw"'
says "is said before the new one is asked for" 原口令
is "a right one" 2 window 'desk login op1 --password-file "$work/another" && desk staff passwd op1 --old-password-file "$work/another"'
says "lets the new one be asked for" "没有终端"
is "and back" 0 desk --user op1 --password-file "$work/another" staff passwd op1 --password-file "$work/pw"
is "a disabled login ends its sessions" 1 window 'desk login op1 --password-file "$work/pw" >/dev/null &&
	desk --user root1 --password-file "$work/pw" staff add op2 --name op2 --role operator --password-file "$work/pw" &&
	desk login op2 --password-file "$work/pw" && desk --user root1 --password-file "$work/pw" staff disable op2 && desk whoami'
is "and can't log in again" 1 desk login op2 --password-file "$work/pw"
cp "$work/err" "$work/disabled"
is "an unknown login" 1 desk login nobody --password-file "$work/pw"
truth "gets the same words as a disabled one" cmp "$work/err" "$work/disabled"
mkfifo "$work/pipe"
is "a pipe that nobody writes to" 1 timeout 20 "$program" -C "$site" --user op1 --password-file "$work/pipe" whoami
says "is named, and why" "管道 $work/pipe"
exec 7<>"$work/pipe"; cat "$work/pw" >&7
is "a line of one that stays open" 0 timeout 20 "$program" -C "$site" --user op1 --password-file "$work/pipe" whoami
exec 7>&-
is "a process's output" 0 desk --user op1 --password-file <(cat "$work/pw") whoami
is "an empty one" 1 timeout 20 "$program" -C "$site" --user op1 --password-file <(true) whoami
for _ in 1 2 3 4 5 6; do is "a directory" 1 desk --user op1 --password-file "$work" whoami; done
says "isn't a wrong password" "读不了文件"
is "no terminal to ask on" 2 window 'desk login op1'

for i in 1 2 3 4 5; do is "wrong password $i" 1 desk --user op1 --password-file "$work/wrong" whoami; done
is "the right one after five wrong ones" 1 as op1 whoami
says "says until when" "锁定到"
is "an administrator unlocks" 0 as root1 staff unlock op1
is "then it works" 0 as op1 whoami
is "unlocking who is disabled" 0 as root1 --json staff unlock op2
truth "leaves them disabled" jq -e '.login == "op2" and .locked_until == null and .disabled' "$work/out"
says "says so, and what to do" "staff roles op2"
is "in English too" 0 as root1 --lang en staff unlock op2
says "what to do" "stays disabled"
is "a password is changed" 0 as op1 staff passwd op1 --password-file <(echo Another-Horse-8)
is "the old one is wrong" 1 as op1 whoami
is "and no old one for another" 1 desk --user op1 --password-file <(echo Another-Horse-8) staff passwd op1 --old-password-file "$work/pw" --password-file <(echo Third-Horse-9)
says "says so" 原口令
is "a short one is refused" 1 as root1 staff passwd op1 --password-file <(echo short)
is "an administrator sets it back" 0 as root1 staff passwd op1 --password-file "$work/pw"
is "and it works" 0 as op1 whoami

is "a second administrator" 0 as root1 staff add root2 --name 李系统 --role admin --password-file "$work/pw"
is "from then on one alone grants no roles" 1 as root1 staff roles op1 --role operator,reviewer
says "asks for the second person" "当场授权"
is "nor with an operator" 1 as root1 --with op1 --with-password-file "$work/pw" staff roles op1 --role operator,reviewer
says "says that it is that one who can't" "op1 不能授权"
is "nor with oneself" 1 as root1 --with root1 --with-password-file "$work/pw" staff roles op1 --role operator,reviewer
is "nor with a wrong password" 1 as root1 --with root2 --with-password-file "$work/wrong" staff roles op1 --role operator,reviewer
is "two do" 0 as root1 --with root2 --with-password-file "$work/pw" staff roles op1 --role operator,reviewer
is "the roles are there" 0 as op1 --json whoami
says "both" '["operator","reviewer"]'
is "admin combines with nothing" 1 as root1 --with root2 --with-password-file "$work/pw" staff roles op1 --role operator,admin
done_testing
