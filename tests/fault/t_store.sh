#!/usr/bin/env bash
# A store that is not what it should be: newer, not a store, cut, damaged, read-only, with another key. TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
. "$(dirname "$0")/lib.sh"
staffed || exit 1
order=$(order_at signed) || exit 1
price=$(due "$order")
db=certdesk.db
all_refuse() { # NAME STATUS WORD: reading, a step, a draft and the audit meet it alike
	met "$1: reading" "$2" "$3" op order list
	met "$1: a step" "$2" "$3" op pay "$order" --method cash --receipt R1 --amount "$price"
	met "$1: a draft" "$2" "$3" op order new new-unit --data "$work/unit.json"
	met "$1: audit" "$2" "$3" as au1 audit verify
}
same_bytes() { truth "$1" cmp "$site/$db" "$work/bytes"; }

fork_site newer
sqlite3 "$site/$db" 'PRAGMA journal_mode = DELETE; PRAGMA user_version = 9999; UPDATE works_from SET schema = 9999' >/dev/null
cp "$site/$db" "$work/bytes"
all_refuse "a newer version" 4 "升级"
same_bytes "it is left as it was"
sqlite3 "$site/$db" 'PRAGMA user_version = 9999; DROP TABLE works_from' >/dev/null
cp "$site/$db" "$work/bytes"
all_refuse "one that doesn't say how old a program may be" 4 "升级"
same_bytes "it is left as it was too"

fork_site other
rm "$site/$db"; sqlite3 "$site/$db" 'CREATE TABLE t (x); INSERT INTO t VALUES (1)'
cp "$site/$db" "$work/bytes"
all_refuse "another program's database" 4 "$db"
same_bytes "it is left as it was"

fork_site text
echo 'not a database, but long enough for the header of one, and a little more than that for good measure; so there.' >"$site/$db"
cp "$site/$db" "$work/bytes"
all_refuse "not a database" 4 "$db"
same_bytes "it is left as it was"

fork_site nothing
: >"$site/$db"
all_refuse "an empty file" 4 "$db"
truth "it is not made a store of" test ! -s "$site/$db"
rm "$site/$db"; mkdir "$site/$db"
all_refuse "a directory" 4 "$db"

fork_site cut
truncate -s 60000 "$site/$db"
met "a cut file: the audit" 4 "备份" as au1 audit verify
fork_site hole
sqlite3 "$site/$db" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
python3 - "$site/$db" <<'PY'
import os, sys
size = os.path.getsize(sys.argv[1])
with open(sys.argv[1], "r+b") as f:
    for page in range(1, size // 4096): # the first one, with schema's root and version, stays
        f.seek(page * 4096); f.write(b"\xa5" * 4096)
PY
cp "$site/$db" "$work/bytes"
met "every page but the first damaged: the audit" 4 "备份" as au1 audit verify
met "a step" 4 "备份" op pay "$order" --method cash --receipt R1 --amount "$price"
same_bytes "nothing is written into it"

# one flipped byte anywhere: no crash, and the audit names it or nothing of the journalled is touched
fork_site flips
sqlite3 "$site/$db" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
cp "$site/$db" "$work/bytes"
crashes=0 found=0
for i in $(seq 12); do
	python3 - "$work/bytes" "$site/$db" "$i" <<'PY'
import random, sys
b = bytearray(open(sys.argv[1], "rb").read())
r = random.Random(int(sys.argv[3]))
at = r.randrange(100, len(b)); b[at] ^= 1 << r.randrange(8)
open(sys.argv[2], "wb").write(b)
PY
	rm -f "$site/$db"-*
	rc=0; as au1 audit verify >"$work/out" 2>"$work/err" || rc=$?
	case $rc in 0) ;; 1 | 4) found=$((found + 1)); [ -s "$work/err" ] || crashes=$((crashes + 1)) ;; *) crashes=$((crashes + 1)) ;; esac
done
truth "flipped bits crash nothing ($found of 12 found)" test "$crashes" = 0

# permissions: the owner's, without root's right to pass over them
fork_site readonly
remember
chmod a-w "$site/$db"
met "a read-only file" 4 "只读" as_plain op1 order list
met "a read-only file, a step" 4 "只读" as_plain op1 pay "$order" --method cash --receipt R1 --amount "$price"
chmod u+w "$site/$db"; chmod a-w "$site"
met "a read-only directory" 4 "$site" as_plain op1 pay "$order" --method cash --receipt R1 --amount "$price"
chmod u+w "$site"; chmod -R a-w "$site/files" "$site/outbox"
met "documents' directory read-only" 4 "files" as_plain op1 attach "$(order_at draft)" business-licence "$work/scan.png"
chmod -R u+w "$site"; chmod 000 "$site/$db"
met "an unreadable file" 4 "$db" as_plain op1 order list
chmod 600 "$site/$db"
is "then it goes on" 0 as_plain op1 pay "$order" --method cash --receipt R1 --amount "$price"
sound "afterwards"
fork_site closed; chmod 000 "$site"
met "a directory of somebody else's" 4 "closed" as_plain op1 order list
chmod 700 "$site"

# the store key
fork_site key
key=$(sed -n 's/^store_key: "\(.*\)"$/\1/p' "$site/certdesk.yaml")
use_key() { cp "$1" "$work/other.key"; chmod "${2:-600}" "$work/other.key"; sed -i "s|^store_key: .*|store_key: \"$work/other.key\"|" "$site/certdesk.yaml"; }
use_key "$key"; remember
is "a key somewhere else" 0 op order list
rm "$work/other.key"
met "a missing key" 4 "store_key" op order list
tr 0-9a-f 1-9a-f0 <"$key" >"$work/turned"; use_key "$work/turned"
met "another site's key: reading" 4 "store_key" op order list
met "another site's key: a step" 4 "store_key" op pay "$order" --method cash --receipt R1 --amount "$price"
met "another site's key: a draft" 4 "store_key" op order new new-unit --data "$work/unit.json"
head -c 40 "$key" >"$work/half"; use_key "$work/half"
met "half a key" 4 "store_key" op order list
: >"$work/half"; use_key "$work/half"
met "an empty key" 4 "store_key" op order list
head -c 100 "$key" | tr 0-9a-f 'g-z' >"$work/half"; use_key "$work/half"
met "a key of letters" 4 "store_key" op order list
{ cat "$key"; echo more; } >"$work/half"; use_key "$work/half"
met "a key with something behind it" 4 "store_key" op order list
use_key "$key" 644
met "a key that others can read" 4 "chmod 600" op order list
use_key "$key" 640
met "a key that the group can read" 4 "chmod 600" op order list
use_key "$key"
kept "the store stays as it was"
is "with the right key it goes on" 0 op pay "$order" --method cash --receipt R1 --amount "$price"
sound "afterwards"
done_testing
