#!/usr/bin/env bash
# What make install brings, from a place of its own and with an empty environment; what make uninstall leaves. Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
here=$(cd "$(dirname "$0")/../.." && pwd)
build=$(realpath --relative-to="$here" "$CERTDESK_BUILD")
count=0 failed=0
truth() { # NAME COMMAND…
	local name=$1; shift; count=$((count + 1))
	if "$@" >"$work/out" 2>&1; then echo "ok $count - $name"; else failed=1; echo "not ok $count - $name"; sed 's/^/# /' "$work/out"; fi
}
root="$work/a root"
made() { (umask 077 && make -s -C "$here" "$1" BUILD="$build" DESTDIR="$root" PREFIX=/usr); }
bare() { env -i PATH=/usr/bin:/bin HOME="$work" "$@"; }
desk() { bare "$root/usr/bin/certdesk" "$@"; }
has() { grep -q -- "$@"; }

truth "it installs under DESTDIR and PREFIX" made install
truth "whatever the umask, everybody may read it" test -z "$(find "$root/usr" ! -perm -o=r)"
truth "no unit keeps a place to fill in" test -z "$(grep -rl @PREFIX@ "$root")"
for unit in "$root"/usr/lib/systemd/system/*.service; do
	program=$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "$unit")
	truth "${unit##*/} starts a program that is there" test -x "$root$program"
done
truth "each page has come along" test "$(find "$root/usr/share/man" -type f | wc -l)" = "$(find "$here/man" -type f | wc -l)"
desk conf check >"$work/conf"
truth "its own forms are found without a variable" has "$root/usr/" "$work/conf"

# the tests' libraries are not there where a program or the demonstration is built
mkdir "$work/fake"
printf '%s\n' '#!/bin/sh' 'case "$*" in *cmocka*) echo "cmocka was not found" >&2; exit 1 ;; esac' "exec $(command -v pkg-config) \"\$@\"" >"$work/fake/pkg-config"
chmod 755 "$work/fake/pkg-config"
truth "make says nothing of libraries that only its tests want" test -z "$(PATH=$work/fake:$PATH make -s -C "$here" help 2>&1 >/dev/null)"

echo 'Correct-horse-7' >"$work/password"; chmod 600 "$work/password"
truth "a site is made" desk -C "$work/site" init --site 110114-01 --name 甲 --admin root1 --password-file "$work/password"
# as the timer's account, from a directory that is closed to it
backup() {
	local as=()
	mkdir -p "$work/closed" "$work/copy" && cd "$work/closed" && chmod 0 "$work/closed" || return 1
	if [ "$(id -u)" = 0 ]; then
		chmod 711 "$work" && chown -R 65534:65534 "$work/site"* "$work/copy" || return 1
		as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	fi
	bare "${as[@]}" "$root/usr/libexec/certdesk/backup" "$work/site" "$work/copy"
}
truth "a copy of it is made, wherever the caller stands" eval "(backup)"
# what is gone at the site goes from the copy 35 days later, and not before
mkdir -p "$work/site/files/ab" && echo x | tee "$work/site/files/ab/gone" >"$work/site/files/ab/stays"
eval "(backup)"; rm -f "$work/site/files/ab/gone"; eval "(backup)"
truth "a file that the site has destroyed is kept for a while" test -e "$work/copy/files/ab/gone"
touch -d '-40 days' "$work/copy/files/ab/gone.gone"; eval "(backup)"
truth "and then it goes, with its mark" test ! -e "$work/copy/files/ab/gone" -a ! -e "$work/copy/files/ab/gone.gone"
truth "another stays" test -e "$work/copy/files/ab/stays" -a ! -e "$work/copy/files/ab/stays.gone"
# settings put back from yesterday are older than the last copy, and count all the same
sed -i '1i # yesterday' "$work/site/certdesk.yaml" && touch -d yesterday "$work/site/certdesk.yaml"; eval "(backup)"
truth "the copy has the settings of the site, of whatever time" cmp "$work/site/certdesk.yaml" "$work/copy/certdesk.yaml"
truth "the copy holds the store" test -s "$(echo "$work"/copy/certdesk-*.db)"

hub_backup() { PATH=$root/usr/bin:/usr/bin:/bin "$root/usr/libexec/certdesk/hub-backup" "$work/hub" "$work/hub-copy"; }
truth "a headquarters is made" bare "$root/usr/bin/certdesk-hub" -C "$work/hub" init --name 总部 --url https://127.0.0.1:8443
truth "a copy of it is made" hub_backup
sed -i '1i # yesterday' "$work/hub/hub.yaml" && touch -d yesterday "$work/hub/hub.yaml"
truth "and made again, with its settings of whatever time" eval 'hub_backup && cmp "$work/hub/hub.yaml" "$work/hub-copy/hub.yaml"'
truth "and its keys" diff -r "$work/hub/keys" "$work/hub-copy/keys"

truth "it goes away again" made uninstall
truth "and leaves nothing" test -z "$(find "$root" -type f)"
truth "but the site" test -s "$work/site/certdesk.db"
echo "1..$count"
exit "$failed"
