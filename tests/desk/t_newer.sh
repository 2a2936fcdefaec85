#!/usr/bin/env bash
# Neighbours: this program on the store of the next version's, which only added, and back; and on one that it is too old for. Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/../fault/lib.sh"
export CERTDESK_SHARE=$CERTDESK_BUILD/share CERTDESK_KEYS=$work/keys
staffed || exit 1
ours=$CERTDESK_BUILD/certdesk adds=$CERTDESK_BUILD/newer/adds/certdesk breaks=$CERTDESK_BUILD/newer/breaks/certdesk
program=$ours
desk() { "$program" -C "$site" "$@"; }
schema() { sqlite3 "$site/certdesk.db" 'PRAGMA user_version'; }
row() { sqlite3 "$site/certdesk.db" "$1"; }
own=$(schema)
before=$(order_at signed) || exit 1

# the next version comes, and with it a backup of what was
program=$adds
is "the next version opens the store" 0 as au1 audit verify
truth "and brings it on" test "$(schema)" = $((own + 1))
truth "with the store as it was beside it" test "$(sqlite3 "$site/certdesk.db.before-$((own + 1))" 'PRAGMA user_version')" = "$own"
middle=$(order_at approved) || exit 1

# … and goes: the program before works on, the whole story
program=$ours
is "the program before opens it" 0 op order show "$middle"
truth "what it was about stands" test "$(where "$middle")" = approved
is "it goes on with an order from before" 0 op pay "$before" --method cash --receipt "R$before" --amount "$(due "$before")"
is "a draft" 0 op --json order new new-unit --data <(other_unit_json 40)
draft=$(jq -r .order "$work/out")
for kind in $document_kinds; do op attach "$draft" "$kind" "$work/scan.png" >/dev/null || exit 1; done
is "a code for the signature" 0 op sign "$draft" --send
is "the signature" 0 op sign "$draft" --code "$(code_sent "$draft")"
is "the payment" 0 op pay "$draft" --method cash --receipt "R$draft" --amount "$(due "$draft")"
is "a claim" 0 as rv1 review claim "$draft"
is "the review" 0 as rv1 review approve "$draft"
truth "is done" test "$(where "$draft")" = approved
is "a return" 0 as rv1 review claim "$before"
is "of another" 0 as rv1 review return "$before" --reason 材料不清
is "a refund is asked for" 0 op order refund "$middle" --reason 客户撤回
is "a person of staff" 0 as root1 staff add op2 --name 李四 --role operator --password-file "$work/pw"
is "keys come" 0 as is1 key receive <(printf 'serial,medium\n10000011,UKEY-RS\n')
is "prices are exported" 0 as mg1 table export prices
is "a report" 0 as mg1 report daily --date "$(date -d '8 hours' -u +%F)" -o "$work/daily.xlsx"
is "a print" 0 op print "$draft" receipt -o "$work/receipt.pdf"
is "the timer's work" 0 desk --json tick
is "the journal verifies" 0 as au1 --json audit verify
truth "all of it was judged" jq -e '.unjudged == 0' "$work/out"
is "doctor" 0 desk --json doctor
truth "says whose schema it is" jq -e 'any(.[]; .what == "数据库结构" and .state == "warning")' "$work/out"
truth "nothing was brought back or on" test "$(schema)" = $((own + 1))
sound "the old program's work"

# a state holds the columns that the program doesn't know: what the next version set survives this one's changes
row "UPDATE orders SET shade = 'green' WHERE no = '$draft'"
met "a change behind the journal is seen, whatever column it is in" 1 "orders" as au1 audit verify
row "UPDATE orders SET shade = '' WHERE no = '$draft'"
is "put right" 0 as au1 audit verify

# backups of the newer store by the older program, and of the next version's for the older one
is "a backup by the program before" 0 as root1 backup "$work/old.backup"
program=$adds
is "the next version's own" 0 as root1 backup "$work/new.backup"
truth "both say which schema it is and how old a program may be" bash -c 'for b in old new; do
	tar xOf "$1/$b.backup" backup.json | jq -e --argjson s "$2" ".schema == \$s and .works_from > 0 and .works_from < \$s" || exit 1; done' _ "$work" $((own + 1))
key=$(sed -n 's/^store_key: "\(.*\)"$/\1/p' "$site/certdesk.yaml")
for name in new old; do # each by the other
	if [ "$name" = new ]; then program=$ours; else program=$adds; fi
	site=$work/from-$name
	is "the $name backup is restored" 0 as root1 restore "$work/$name.backup" --store-key "$key"
	is "and verifies ($name)" 0 as au1 audit verify
	truth "with the order ($name)" test "$(where "$draft")" = approved
	site=$home
done

# the next version again
program=$adds
is "the next version takes what the program before wrote" 0 as au1 audit verify
is "and goes on" 0 as mg1 refund approve "$middle"
program=$ours
is "once more the program before" 0 as au1 audit verify

# a version that breaks
fork_site broken
program=$breaks
is "a version that breaks what was" 0 as au1 audit verify
truth "says so" test "$(row "SELECT schema FROM works_from")" = $((own + 2))
sqlite3 "$site/certdesk.db" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
is "its backup" 0 as root1 backup "$work/broken.backup"
cp "$site/certdesk.db" "$work/bytes"
program=$ours
met "the program before reads nothing there" 4 "升级" op order list
met "nor does it take a step" 4 "升级" op pay "$draft" --method cash --receipt R9 --amount 1
met "nor does it verify" 4 "升级" as au1 audit verify
truth "the store is left as it was" cmp "$site/certdesk.db" "$work/bytes"
site=$work/from-broken
met "nor does it restore that backup" 1 "升级" as root1 restore "$work/broken.backup" --store-key "$key"
truth "nothing is left of it" test ! -e "$site"
done_testing
