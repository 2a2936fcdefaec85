#!/usr/bin/env bash
# Backup and restore of a site: whole or not at all, by the store key or the recovery key. Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d)
disk=$work/disk
. "$(dirname "$0")/../lib/faketime.sh"
trap 'umount "$disk" 2>/dev/null; faketime_rest; rm -rf "$work"' EXIT
. "$(dirname "$0")/../lib/desk.sh"

pair() { # NAME ALGORITHM… : a recovery key and its certificate
	openssl req -x509 -newkey "${@:2}" -nodes -keyout "$work/$1.key" -out "$work/$1.pem" -days 30 -subj "/CN=$1" 2>/dev/null
}
pair rsa rsa:2048 && pair ec ec -pkeyopt ec_paramgen_curve:P-256 && pair other rsa:2048 || exit 1
printf 'Key-Horse-7!\n' >"$work/keypw" && chmod 600 "$work/keypw"
openssl pkcs8 -topk8 -in "$work/rsa.key" -out "$work/locked.key" -passout file:"$work/keypw" 2>/dev/null || exit 1
openssl req -x509 -key "$work/rsa.key" -out "$work/old.pem" -days 1 -subj /CN=old -not_before 20200101000000Z -not_after 20200201000000Z 2>/dev/null ||
	FAKETIME='@2020-01-01 00:00:00' LD_PRELOAD=$faketime openssl req -x509 -key "$work/rsa.key" -out "$work/old.pem" -days 1 -subj /CN=old 2>/dev/null

init() { desk init --site 110114-01 --name 昌平受理点 --admin root1 --password-file "$work/pw" "$@"; }
nothing() { truth "$1" test ! -e "$site" -a ! -e "$site.keys/store.key"; }
is "a recovery certificate that isn't one" 1 init --recovery "$work/pw"
nothing "makes no site"
is "one that has expired" 1 init --recovery "$work/old.pem"
is "no such file" 1 init --recovery "$work/nowhere.pem"
rm -rf "$site" "$site.keys"
is "a site with its recovery certificate" 0 init --recovery "$work/rsa.pem"
truth "openssl opens what is beside the store" bash -c 'openssl cms -decrypt -inform DER -in "$1/recovery.cms" -inkey "$2/rsa.key" | cmp - "$1.keys/store.key"' _ "$site" "$work"
for who in op1:operator au1:auditor; do
	as root1 staff add "${who%%:*}" --name "${who%%:*}" --role "${who##*:}" --password-file "$work/pw" >/dev/null || exit 1
done
unit_json >"$work/unit.json"; picture >"$work/scan.png"
order=$(as op1 --json order new new-unit --data "$work/unit.json" | jq -r .order)
as op1 attach "$order" business-licence "$work/scan.png" >/dev/null || exit 1

backup=$work/site.backup
is "an operator makes no backup" 1 as op1 backup "$backup"
is "a backup" 0 as root1 --json backup "$backup"
truth "says where" jq -e --arg f "$backup" '.file == $f and .done' "$work/out"
sql() { sqlite3 -cmd '.timeout 5000' "$site/certdesk.db" "$1"; }
sql "CREATE TRIGGER unrecorded BEFORE INSERT ON backup_made BEGIN SELECT RAISE(ABORT, 'no'); END"
is "one that can't be recorded" 4 as root1 backup "$work/unrecorded.backup"
truth "isn't kept: nobody would be told to destroy it" test ! -e "$work/unrecorded.backup"
sql "DROP TRIGGER unrecorded"
is "never over another" 1 as root1 backup "$backup"
is "nor to a place that can't be written" 1 as root1 backup "$work/nowhere/site.backup"
for beside in part part.store; do # a file of that name that isn't ours
	echo precious >"$work/own.backup.$beside"
	is "nor over what lies beside it" 1 as root1 backup "$work/own.backup"
	truth "which stays" grep -q precious "$work/own.backup.$beside"
	rm "$work/own.backup.$beside"
done
echo precious >"$work/own.backup.store"
cp "$site/certdesk.db" "$work/own.backup.part.store"; cp "$backup" "$work/own.backup.part" # of a run that was cut
is "what a run that was cut has left is no hindrance" 0 as root1 backup "$work/own.backup"
truth "and goes" test ! -e "$work/own.backup.part" -a ! -e "$work/own.backup.part.store"
truth "another's file stays" grep -q precious "$work/own.backup.store"
rm "$work/own.backup" "$work/own.backup.store"
truth "any tar reads it" bash -c 'tar tf "$1" >"$2/list" && grep -qx certdesk.db "$2/list" && grep -qx recovery.cms "$2/list" && grep -q ^ca/ "$2/list" &&
	grep -q ^files/ "$2/list"' _ "$backup" "$work"
truth "the store key isn't in it" bash -c '! grep -qaF "$(cut -c1-64 "$1.keys/store.key")" "$2" && ! grep -q key "$3/list"' _ "$site" "$backup" "$work"
truth "nor anything half-made beside it" test -z "$(ls "$work" | grep -E '\.(part|store)$')"
head=$(as au1 --json audit verify | jq -r .entries)

original=$site
to() { site=$work/$1; }
restore() { as root1 restore "${file:-$backup}" "$@"; }
key=(--store-key "$original.keys/store.key")
is "over a living site" 1 restore "${key[@]}"
says "says never" "不覆盖"
truth "which goes on" as op1 order show "$order"

to byKey
is "without a key" 2 restore
is "with both" 2 restore "${key[@]}" --recovery-key "$work/rsa.key"
is "by nobody" 2 desk restore "$backup" "${key[@]}"
is "by an operator" 1 as op1 restore "$backup" "${key[@]}"
is "with a wrong password" 1 desk --user root1 --password-file "$work/wrong" restore "$backup" "${key[@]}"
openssl rand -hex 32 >"$work/stranger.key"
is "with another site's key" 1 restore --store-key "$work/stranger.key"
says "says whose is needed" "密钥打不开"
is "with a key that is none" 1 restore --store-key "$work/pw"
is "with another's recovery key" 1 restore --recovery-key "$work/other.key"
is "with a recovery key without its password" 1 restore --recovery-key "$work/locked.key"
file=$work/nowhere
is "no such backup" 1 restore "${key[@]}"
file=$original/certdesk.db
is "something else" 1 restore "${key[@]}"
unset file
nothing "after all of these nothing is there"
truth "nor beside it" test -z "$(ls "$work" | grep restore-)"

is "by the store key" 0 as root1 --json restore "$backup" "${key[@]}"
truth "says how new it is" jq -e '.site == "110114-01" and .name == "昌平受理点" and (.newest | test("^20.*Z$")) and .newest <= .made_at and .entries >= 3 and
	(.head | startswith("sha256:"))' "$work/out"
truth "its own key is beside it" cmp "$original.keys/store.key" "$site.keys/store.key"
is "it verifies" 0 as au1 --json audit verify
truth "with the restore in its journal" test "$(sqlite3 "$site/certdesk.db" "SELECT count(*) FROM journal WHERE instr(entry, '\"restore\"')")" = 1
truth "the order is there" as op1 order show "$order"
truth "and its document" bash -c '"$1/certdesk" -C "$2" --user op1 --password-file "$3/pw" export "$4" business-licence | cmp - "$3/scan.png" ||
	"$1/certdesk" -C "$2" --user op1 --password-file "$3/pw" attach export "$4" business-licence | cmp - "$3/scan.png"' _ "$CERTDESK_BUILD" "$site" "$work" "$order"
is "and it works" 0 as op1 order new new-unit --data "$work/unit.json"
is "its own backup" 0 as root1 backup "$work/again.backup"

to byRecovery
is "by the recovery key" 0 restore --recovery-key "$work/rsa.key" --keys "$work/elsewhere"
truth "the store key came back" cmp "$original.keys/store.key" "$work/elsewhere/store.key"
is "and opens it" 0 as au1 audit verify
to byLocked; mkdir "$site"
is "one with a password, into an empty directory, beside the same key" 0 restore --recovery-key "$work/locked.key" --recovery-password-file "$work/keypw" --keys "$work/elsewhere"
to otherKeys; mkdir "$work/taken"; cp "$work/stranger.key" "$work/taken/store.key"
is "never over another key" 1 restore "${key[@]}" --keys "$work/taken"
truth "which stays" cmp "$work/stranger.key" "$work/taken/store.key"
truth "and no site is there" test ! -e "$site"
file=$work/again.backup; to fromRestored
is "a backup of the restored one" 0 restore --recovery-key "$work/rsa.key"
unset file

to none; site=$work/none; init >/dev/null || exit 1
is "a site without recovery" 0 as root1 backup "$work/none.backup"
file=$work/none.backup; to noneAgain
is "has no wrap to open" 1 restore --recovery-key "$work/rsa.key"
says "says so" "没有恢复密钥"
unset file
to ec; init --recovery "$work/ec.pem" >/dev/null || exit 1
as root1 backup "$work/ec.backup" >/dev/null; file=$work/ec.backup; to ecAgain
is "an EC certificate does as well" 0 restore --recovery-key "$work/ec.key"
to inPlace; relative() { local program; program=$(realpath "$CERTDESK_BUILD/certdesk"); (cd "$work" && "$program" -C inPlace --user "$1" --password-file pw "${@:2}"); }
is "into a directory named from where one stands" 0 relative root1 restore ec.backup --recovery-key ec.key
is "which works, from there" 0 relative root1 staff list
is "and from elsewhere" 0 as root1 staff list
unset file

# cut, changed, newer, hostile
to cut; file=$work/bad.backup; bad=0 size=$(stat -c %s "$backup")
for at in 0 1 511 512 1000 5000 $((size / 2)) $((size - 1536)) $((size - 1024)) $((size - 1)); do
	head -c "$at" "$backup" >"$file"
	restore "${key[@]}" >/dev/null 2>"$work/err"; [ $? = 1 ] && grep -q 备份 "$work/err" || { bad=1; echo "# cut at $at"; }
done
truth "a truncated backup is refused wherever it was cut" test "$bad" = 0
bad=0
for at in 0 100 130 150 300 512 600 3000 $((size / 3)) $((size / 2)) $((size - 2500)) $((size - 1536)) $((size - 1500)) $((size - 900)) $((size - 1)); do
	cp "$backup" "$file"
	python3 -c 'import sys
f = open(sys.argv[1], "r+b"); f.seek(int(sys.argv[2])); b = f.read(1); f.seek(-1, 1); f.write(bytes([b[0] ^ 1]))' "$file" "$at"
	restore "${key[@]}" >/dev/null 2>"$work/err"; [ $? = 1 ] && grep -q 备份 "$work/err" || { bad=1; echo "# flipped at $at"; }
done
truth "a flipped byte is found wherever it is" test "$bad" = 0
{ cat "$backup"; echo more; } >"$file"
is "nor may anything follow" 1 restore "${key[@]}"
nothing "and nothing is there"
pack() { # CHANGE: the backup again with another content, and a right sum
	python3 - "$backup" "$file" "$1" <<'P'
import hashlib, io, json, sys, tarfile
old, new, change = sys.argv[1:]
members = [(m.name, tarfile.open(old).extractfile(m.name).read()) for m in tarfile.open(old) if m.name != "SHA256"]
out = []
for name, data in members:
    if change in ("newer", "silent") and name == "backup.json":
        about = json.loads(data); about["schema"] += 1; about["program"] = "9.0.0"
        if change == "newer":
            about["works_from"] = about["schema"]
        else: # one from before backups said how old a program may be
            del about["works_from"]
        data = json.dumps(about).encode()
    if change == "no-store" and name == "certdesk.db":
        continue
    if change == "altered" and name == "certdesk.db":
        data = data.replace("昌平受理点".encode(), "昌平受理店".encode())
    out.append((name, data))
if change == "outside":
    out.append(("../outside", b"x"))
if change == "absolute":
    out.append(("/tmp/certdesk-outside", b"x"))
if change == "twice":
    out.append(out[1])
buffer = io.BytesIO()
def add(name, data):
    info = tarfile.TarInfo(name); info.size = len(data)
    buffer.write(info.tobuf(tarfile.USTAR_FORMAT)); buffer.write(data); buffer.write(bytes(-len(data) % 512))
for name, data in out:
    add(name, data)
add("SHA256", (hashlib.sha256(buffer.getvalue()).hexdigest() + "\n").encode())
buffer.write(bytes(1024))
open(new, "wb").write(buffer.getvalue())
P
}
pack same; to same
is "packed again by other hands it is the same" 0 restore "${key[@]}"
to bad; pack newer
is "a backup of a newer version" 1 restore "${key[@]}"
says "says what to do" "先升级"
pack silent
is "one that doesn't say which program may read it" 1 restore "${key[@]}"
says "says so too" "先升级"
pack no-store
is "one without its store" 1 restore "${key[@]}"
says "names what is missing" "certdesk.db"
pack altered
is "one whose rows were altered before it was packed" 1 restore "${key[@]}"
says "names the row" "审计校验不通过"
pack outside
is "one that leads outside" 1 restore "${key[@]}"
truth "writes nothing there" test ! -e "$work/outside"
pack absolute
is "or anywhere" 1 restore "${key[@]}"
pack twice
is "or twice to one place" 1 restore "${key[@]}"
nothing "nothing of them is there"

# two administrators
site=$original; unset file
as root1 staff add root2 --name root2 --role admin --password-file "$work/pw" >/dev/null || exit 1
as root1 backup "$work/two.backup" >/dev/null || exit 1
file=$work/two.backup; to two
is "one of two administrators alone" 1 restore "${key[@]}"
says "two persons are needed" "两人"
nothing "restores nothing"
is "both" 0 restore "${key[@]}" --with root2 --with-password-file "$work/pw"
unset file

# a full disk
mkdir "$disk"
if mount -t tmpfs -o size=400k,mode=700 none "$disk" 2>/dev/null; then
	site=$original
	is "a backup to a full disk" 4 as root1 backup "$disk/x.backup"
	says "says so" "磁盘"
	truth "leaves nothing there" test -z "$(ls -A "$disk")"
	site=$disk/site
	is "a restore to a full disk" 4 restore "${key[@]}"
	says "says so" "磁盘"
	truth "leaves nothing there either" test -z "$(ls -A "$disk")"
else
	site=$original
	for limit in 64 400; do
		is "a backup that can't grow beyond $limit KiB" 4 bash -c 'trap "" XFSZ; ulimit -f "$1"; exec "$2/certdesk" -C "$3" --user root1 --password-file "$4/pw" backup "$4/full.backup"' \
			_ "$limit" "$CERTDESK_BUILD" "$site" "$work"
		truth "leaves nothing" test -z "$(ls "$work" | grep ^full)"
		is "a restore that can't" 4 bash -c 'trap "" XFSZ; ulimit -f "$1"; exec "$2/certdesk" -C "$4/full" --user root1 --password-file "$4/pw" restore "$5" --store-key "$3.keys/store.key"' \
			_ "$limit" "$CERTDESK_BUILD" "$site" "$work" "$backup"
		truth "leaves nothing either" test -z "$(ls "$work" | grep ^full)"
	done
fi
done_testing
