#!/usr/bin/env bash
# Bad input and bad surroundings: each a sentence and a status from the table, nothing lost, nothing half-done. Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
. "$(dirname "$0")/../lib/desk.sh"
site_make op1:operator mg1:manager au1:auditor || exit 1
order=$(as op1 --json order new new-unit --data <(unit_json) | jq -r .order)
picture >"$work/a.png"
sql() { python3 -c 'import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()' "$@"; }
same() { # NAME: the order is as it was
	is "$1" 0 as op1 --json order show "$order"
	truth "$1: unchanged" jq -e '.fields.department == "信息部" and ([.documents[] | select(.attached)] | length) == 0' "$work/out"
}

# what is keyed in
is "JSON nested a hundred thousand times" 1 as op1 order edit "$order" --data <(python3 -c 'import sys; sys.stdout.write("{\"a\":" + "[" * 100000)')
is "five megabytes of JSON" 1 as op1 order edit "$order" --data <(exec 2>/dev/null; python3 -c 'print("{\"department\":\"" + "a" * 5000000 + "\"}")')
is "bytes that are not UTF-8" 1 as op1 order edit "$order" --data <(printf '{"department":"\xd5\xc5"}')
is "a number where text belongs" 1 as op1 order edit "$order" --data <(echo '{"department": 5}')
is "a field that can't be set" 1 as op1 order edit "$order" --data <(echo '{"account_name": "别的单位"}')
is "a code that its table lacks" 1 as op1 order edit "$order" --data <(echo '{"channel": "nowhere"}')
is "a wrong credit code" 1 as op1 order edit "$order" --data <(echo '{"uscc": "91350100M000100Y4Z"}')
is "one right and one wrong value" 1 as op1 order edit "$order" --data <(echo '{"department": "市场部", "agent_mobile": "1"}')
same "after wrong data"
for no in "' OR 1=1 --" "$(printf '%05000d' 1)" "../../etc/passwd" "%s%n"; do is "order ${no:0:20}" 1 as op1 order show "$no"; done
is "an empty order number" 1 as op1 order show ""
is "a name of control characters" 1 as root1 staff add x1 --name "$(printf 'a\033[2Jb')" --role operator --password-file "$work/pw"
is "and no site of such a name" 1 "$CERTDESK_BUILD/certdesk" -C "$work/other" init --site 1 --name "$(printf 'a\033[2Jb')" --admin root1 --password-file "$work/pw"
odd=$work/'a"b\c'
is "a site in a directory with quotes in its name" 0 "$CERTDESK_BUILD/certdesk" -C "$odd" init --site 1 --name a --admin root1 --password-file "$work/pw"
is "can be used" 0 "$CERTDESK_BUILD/certdesk" -C "$odd" --user root1 --password-file "$work/pw" staff list
is "one in a directory that is no UTF-8 is refused" 2 "$CERTDESK_BUILD/certdesk" -C "$work/$(printf '\xff')" init --site 1 --name a --admin root1 --password-file "$work/pw"
is "a login that is none" 1 as root1 staff add '../x' --name x --role operator --password-file "$work/pw"
is "a role that is none" 1 as root1 staff add x1 --name x --role king --password-file "$work/pw"
truth "a line without end is one mistake, and isn't kept" python3 -c 'import resource, subprocess, sys
zeros = subprocess.Popen(["head", "-c", "200000000", "/dev/zero"], stdout=subprocess.PIPE)
said = subprocess.run([sys.argv[1], "check", "text"], stdin=zeros.stdout, capture_output=True, text=True)
sys.exit(not (said.returncode == 0 and said.stdout.startswith("invalid") and said.stdout.count("\n") == 1 and
    resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 120000))' "$CERTDESK_BUILD/certdesk"

# files
truncate -s 200M "$work/huge.jpg"
is "200 MB called jpeg" 1 as op1 attach "$order" business-licence "$work/huge.jpg" --fit
is "a directory" 1 as op1 attach "$order" business-licence "$work"
is "an endless device" 1 as op1 attach "$order" business-licence /dev/zero
is "an empty file" 1 as op1 attach "$order" business-licence /dev/null
head -c 200 "$work/a.png" >"$work/cut.png"
is "a picture cut short" 1 as op1 attach "$order" business-licence "$work/cut.png"
is "a script called png" 1 as op1 attach "$order" business-licence "$0"
is "a kind that isn't asked for" 1 as op1 attach "$order" no-such-kind "$work/a.png"
same "after wrong files"
gbk=$(printf '\xc3\xfb\xb5\xa5') # a name as old Windows machines write it
is "a report under a name that is no UTF-8" 0 as mg1 --json report daily --date 2026-11-22 -o "$work/$gbk.xlsx"
truth "is there" test -s "$work/$gbk.xlsx"
is "a list to fill in under such a name" 0 as op1 order import new-person --template -o "$work/list-$gbk.xlsx"
is "a backup under such a name" 0 as root1 --json backup "$work/$gbk.tar"
is "is among the backups" 0 as root1 backups
says "with what can be shown of it" .tar
# what is asked for goes nowhere into the site, and takes the place of nothing else
key=$(sed -n 's/^store_key: "\(.*\)"$/\1/p' "$site/certdesk.yaml")
mkdir "$work/.ssh" && echo 'ssh-ed25519 AAAA' >"$work/keys.txt" && ln -s "$site" "$work/link"
mkdir -p "$site/print"; cp "$work/a.png" "$site/inbox/scan.png"
(cd "$site" && find . -type f ! -name 'certdesk.db*' -exec sha256sum {} + | sort) >"$work/site.before"
before=$HOME; export HOME=$work
echo "crl_file: \"$work/served.crl\"" >>"$site/certdesk.yaml"
openssl x509 -in "$site/ca/local-ca.pem" -outform DER -out "$work/ca.der"
for to in "$site/certdesk.db" "$site/certdesk.yaml" "$site/ca/local-ca.pem" "$site/inbox/../new.xlsx" "$site/print/new.pdf" "$site/inbox/scan.png" "$work/link/certdesk.db" "$work/x/../link/new" \
	"$work/site/../site/new" "$key" "$work/.ssh/authorized_keys" "$work/.profile" "$work/keys.txt" "$work/served.crl" "$work/ca.der"; do
	mkdir -p "$work/x"
	for command in "mg1 report daily --date 2026-11-22" "op1 order import new-person --template" "op1 print $order application" "op1 invoice export"; do
		# shellcheck disable=SC2086
		is "${command%% -*} in the place of ${to#"$work"/}" 1 as $command -o "$to"
		says "says so" "请换一个目录或文件名"
	done
	is "a backup in the place of ${to#"$work"/}" 1 as root1 backup "$to"
done
mkdir "$work/.local" && mv "$site" "$work/.local/site" && ln -s "$work/.local/site" "$site"
is "a workbook in the inbox, wherever the site lies" 0 as mg1 report daily --date 2026-11-22 -o "$site/inbox/day.xlsx"
rm "$site" "$work/.local/site/inbox/day.xlsx" && mv "$work/.local/site" "$site"
export HOME=$before
sed -i '$d' "$site/certdesk.yaml"
is "a hidden directory that no login obeys" 0 as mg1 report daily --date 2026-11-22 -o "$work/.local/day.xlsx"
is "a report by a relative name inside the site" 1 bash -c 'cd "$1" && exec "$0" -C "$1" --user mg1 --password-file "$2" report daily --date 2026-11-22 -o new.xlsx' \
	"$CERTDESK_BUILD/certdesk" "$site" "$work/pw"
(cd "$site" && find . -type f ! -name 'certdesk.db*' -exec sha256sum {} + | sort) >"$work/site.after"
truth "nothing of the site was touched" cmp "$work/site.before" "$work/site.after"
truth "nor the other file" grep -q ssh-ed25519 "$work/keys.txt"
is "the journal verifies still" 0 as au1 audit verify
is "a workbook" 0 as mg1 report daily --date 2026-11-22 -o "$work/again.xlsx"
is "over one from before" 0 as mg1 report daily --date 2026-11-22 -o "$work/again.xlsx"
mkfifo "$work/pipe"
is "a report in the place of a pipe" 1 as mg1 report daily --date 2026-11-22 -o "$work/pipe"
is "a paper in its place" 1 as op1 print - seal-sample -o "$work/pipe"
truth "the pipe is still there" test -p "$work/pipe"
is "a statement that isn't one" 1 as op1 statement import "$work/a.png"
is "nor this" 1 as op1 statement import "$0"
is "nor nothing" 1 as op1 statement import /dev/null
is "a table with a wrong column" 1 as mg1 table import prices <(echo 'business,nothing') --from 2030-01-01
says "names what it lacks" "缺少“kind”列"
is "a table with a wrong row" 1 as mg1 table import prices <(as mg1 table export prices | sed '2s/,[0-9][0-9]*,/,much,/') --from 2030-01-01
says "names what must be a number" "“amount”应是整数"
is "no such table" 1 as mg1 table import shoes "$work/a.png" --from 2030-01-01
says "says so" "没有“shoes”这个表"
is "the prices are as they were" 0 as mg1 --json table list
truth "no version of 2030" bash -c '! grep -q 2030 "$0"' "$work/out"

# the audit names what was altered
cp -r "$site" "$work/copy"; cp "$site/certdesk.db" "$work/good.db"
is "the journal is right" 0 as au1 audit verify
sql "$site/certdesk.db" "UPDATE staff SET roles = 'operator,manager' WHERE login = 'op1'"
is "a role given behind the program's back" 1 as au1 audit verify
says "is named" staff
cp "$work/good.db" "$site/certdesk.db"
is "put back it is right again" 0 as au1 audit verify

# the site itself
printf 'idle_seconds: [1,\n' >"$work/half.yaml"; cp "$site/certdesk.yaml" "$work/right.yaml"
cat "$work/right.yaml" "$work/half.yaml" >"$site/certdesk.yaml"
is "half-written YAML" 4 as op1 order list
says "names the file" certdesk.yaml
cp "$work/right.yaml" "$site/certdesk.yaml"
mv "$site.keys/store.key" "$work/store.key"
is "no store key" 4 as op1 order list
printf '%064d\n' 0 >"$site.keys/store.key"; chmod 600 "$site.keys/store.key"
is "another site's store key" 4 as op1 order show "$order"
mv "$work/store.key" "$site.keys/store.key"
same "with its own key"
sql "$site/certdesk.db" "UPDATE works_from SET schema = 9999"
sql "$site/certdesk.db" "PRAGMA user_version = 9999"
is "a database of a newer version" 4 as op1 order list
cp "$work/good.db" "$site/certdesk.db"
head -c 5000 /dev/urandom >"$site/certdesk.db"
is "a database that is none" 4 as op1 order list
: >"$site/certdesk.db"
is "an empty database" 4 as op1 order list
cp "$work/good.db" "$site/certdesk.db"
cp "$site/ca/local-ca.pem" "$work/ca.pem"; sed -i '5s/[A-Za-z]/x/g' "$site/ca/local-ca.pem"
is "a CA key that can't be opened" 4 as op1 cert chain
cp "$work/ca.pem" "$site/ca/local-ca.pem"
is "with the right one it opens" 0 as op1 cert chain

# no right to write, and no room: as another account where this is root, since root may write everything
plain=()
if [ "$(id -u)" = 0 ]; then plain=(setpriv --reuid=65534 --regid=65534 --clear-groups); chown -R 65534:65534 "$work"; fi
chmod -R a-w "$site"
is "a read-only site" 4 "${plain[@]}" "$CERTDESK_BUILD/certdesk" -C "$site" --user op1 --password-file "$work/pw" order new new-unit
chmod -R u+w "$site"
is "writable again" 0 "${plain[@]}" "$CERTDESK_BUILD/certdesk" -C "$site" --user op1 --password-file "$work/pw" order new new-unit
if unshare -Urm true 2>/dev/null || unshare -m true 2>/dev/null; then
	cat >"$work/full.sh" <<'SH'
mkdir -p "$work/small" && mount -t tmpfs -o size=8m tmpfs "$work/small" && cp -r "$work/copy" "$work/small/site" || exit 99
desk() { "$CERTDESK_BUILD/certdesk" -C "$work/small/site" --user op1 --password-file "$work/small/pw" "$@"; }
cp "$work/pw" "$work/small/pw" && chmod 600 "$work/small/pw"
desk order continue >/dev/null || exit 98
cat /dev/zero >"$work/small/filler" 2>/dev/null
desk order new new-unit --data "$1"; rc=$?
[ $rc = 4 ] || exit $((100 + rc))
desk --json doctor 2>/dev/null | jq -e 'any(.[]; (.what == "磁盘空间" or .what == "disk") and .state == "missing")' >/dev/null || exit 96
rm "$work/small/filler"
desk order new new-unit --data "$1" || exit 97
SH
	export work
	unit_json >"$work/unit.json"; chmod -R a+rX "$work"; chmod 600 "$work/pw" "$site.keys/store.key"
	wrap=(unshare -Urm); unshare -Urm true 2>/dev/null || wrap=(unshare -m)
	[ "$(id -u)" = 0 ] && { wrap=(unshare -m); chown -R 0:0 "$work"; }
	is "a full disk" 0 "${wrap[@]}" bash "$work/full.sh" "$work/unit.json"
	truth "says that it is full" grep -q "空间\|已满" "$work/err"
fi
done_testing
