#!/usr/bin/env bash
# What commands promise to scripts: exit statuses, sentences, JSON, bytes. Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/../lib/desk.sh"

# the command line itself
is "--version" 0 desk --version
is "--help" 0 desk --help
says "help names every group" "order new FORM"
is "help of a command" 0 desk pay --help
says "it lists the options" "--receipt RECEIPT"
is "help in English" 0 desk --lang en --help
says "and it is English" "take a payment"
is "no command, no terminal" 2 desk </dev/null
is "no command, but --json" 2 desk --json
is "an unknown command" 2 desk ordr list
says "names the nearest" "order"
is "half a command" 2 desk order
says "names what follows" "continue"
is "an unknown option" 2 desk order list --statsu draft
says "names the nearest option" "--status"
is "a missing argument" 2 desk order show
is "an argument too many" 2 desk order show 1 2
is "an amount that is none" 2 desk pay 1 --method cash --receipt 1 --amount 1.5
is "a date that is none" 2 desk report daily --date 2026-02-30 -o "$work/x"
is "usage in English" 2 desk --lang en ordr
says "the sentence is English" "is “order” meant"

# without a site
is "no site" 4 desk order list
says "says so" "certdesk init"
is "doctor works without" 0 desk --json doctor
truth "every finding has its members" jq -e 'length > 8 and all(.[]; (keys == ["detail", "mend", "state", "what"]) and
	(.state | IN("good", "warning", "missing")))' "$work/out"
truth "no pcscd is named" jq -e 'any(.[]; .state == "missing" and (.mend | contains("pcscd")))' "$work/out"
is "conf check works without" 0 desk conf check

# identity checks
cut -f1 "$here/tests/unit/rules/identity-checks.tsv" | grep -v '^#' | sort -u | while read -r kind; do
	awk -F'\t' -v k="$kind" '$1 == k {print $2}' "$here/tests/unit/rules/identity-checks.tsv" | desk check "$kind" | cut -f1 >"$work/got"
	awk -F'\t' -v k="$kind" '$1 == k {print $3}' "$here/tests/unit/rules/identity-checks.tsv" | cmp - "$work/got" || echo "$kind" >>"$work/differs"
done
truth "every vector as it should be" test ! -e "$work/differs"
is "values as arguments" 0 desk check mobile 13800138000 1380013800
truth "a line each" test "$(cut -f1 "$work/out" | tr '\n' ' ')" = "valid invalid "
is "no such kind" 2 desk check shoe 42
is "check as JSON" 0 desk --json check mobile 13800138000
truth "an array" jq -e '.[0].verdict == "valid" and .[0].value == "13800138000"' "$work/out"
is "a zero byte" 0 bash -c 'printf "1380013\0008000\n" | "$0" check mobile' "$CERTDESK_BUILD/certdesk"
says "is invalid" invalid

# a site
is "init" 0 desk init --site 110114-01 --name 昌平受理点 --admin root1 --password-file "$work/pw"
is "init twice is refused" 1 desk init --site 110114-01 --name 昌平受理点 --admin root1 --password-file "$work/pw"
says "with a sentence" "$site"
is "nobody is logged in" 1 desk order list
is "staff" 0 as root1 staff add op1 --name 王受理 --role operator --password-file "$work/pw"
is "a readable password file" 1 bash -c 'chmod 644 "$1"; "$0" -C "$2" --user op1 --password-file "$1" whoami; rc=$?; chmod 600 "$1"; exit $rc' \
	"$CERTDESK_BUILD/certdesk" "$work/pw" "$site"
says "says chmod" "chmod 600"
is "an administrator keys nothing in" 1 as root1 order new new-unit
is "an operator adds no staff" 1 as op1 staff add x1 --name x --role operator --password-file "$work/pw"
says "names what is not allowed" "人员管理"
is "no such form" 2 as op1 order new no-such-form
is "no such order" 1 as op1 order show 11011401-261123-00016x

is "sign two ways at once" 2 as op1 sign 1 --send --paper

# data from files, pipes, standard input
is "data from a pipe" 0 bash -c '"$0" -C "$1" --json --user op1 --password-file "$2" order new new-unit --data <(cat "$3")' \
	"$CERTDESK_BUILD/certdesk" "$site" "$work/pw" "$here/tests/unit/rules/new-unit.json"
order=$(jq -r .order "$work/out")
truth "order new's object" jq -e 'keys == ["order", "status"] and .status == "draft"' "$work/out"
is "data from standard input" 0 as op1 --json order edit "$order" --data - <<<'{"department": "市场部"}'
truth "edit prints the order" jq -e '.fields.department == "市场部"' "$work/out"
is "data from a socket" 0 python3 -c 'import socket, subprocess, sys
a, b = socket.socketpair(); a.sendall(b"{}"); a.shutdown(socket.SHUT_WR); sys.exit(subprocess.call(sys.argv[1:], stdin=b))' \
	"$CERTDESK_BUILD/certdesk" -C "$site" --user op1 --password-file "$work/pw" order edit "$order" --data -
is "no data at all" 1 as op1 order new new-unit --data - </dev/null
is "broken JSON" 1 as op1 order new new-unit --data - <<<'{"uscc": '
is "JSON that is no object" 1 as op1 order new new-unit --data - <<<'[1]'
is "JSON with a key twice" 1 as op1 order new new-unit --data - <<<'{"uscc": "1", "uscc": "2"}'
is "a field that the form lacks" 1 as op1 order new new-unit --data - <<<'{"no_such_field": "1"}'
says "names it" no_such_field
is "a file that is missing" 1 as op1 order new new-unit --data "$work/none.json"

# the demonstration: only where what it needs was built
mkdir -p "$work/bin" && cp "$CERTDESK_BUILD/certdesk" "$work/bin/" && ln -sfn "$(readlink -f "$CERTDESK_BUILD/share")" "$work/bin/share"
is "no demonstration here" 1 "$work/bin/certdesk" -C "$work/demo" demo
says "says where it is" "make demo"
printf '#!/bin/sh\necho "opened $1"\n' >"$work/bin/certdesk-demo" && chmod 755 "$work/bin/certdesk-demo"
is "it is opened" 0 "$work/bin/certdesk" -C "$work/demo" demo
says "in its directory" "opened $work/demo"
is "a site with real keys isn't" 1 "$work/bin/certdesk" -C "$site" demo
says "says what to do" "-C"

# JSON is stable
is "order show" 0 as op1 --json order show "$order"
truth "its members" jq -e '["order","form","business","business_title","status","status_title","name","customer","channel","amount","paid",
	"due","delivery","waiting","fields","mistakes","items","lines","documents","signature","payments","texts","identity_checks","handover",
	"staff","reviewer","issuer","decision","created_at","signed_at","pay_due_at","review_due_at","decided_at","issued_at","done_at"]
	- keys == []' "$work/out"
truth "personal numbers are masked" jq -e '.fields.legal_id_number | contains("*")' "$work/out"
is "whole on demand" 0 as op1 --json order show "$order" --reveal
truth "then not masked" jq -e '.fields.legal_id_number | contains("*") | not' "$work/out"
for list in "op1 order list" "op1 order search 示例" "op1 order continue" "op1 order history $order" "root1 staff list" "op1 cert list" \
	"op1 table list" "op1 attach list $order"; do
	# shellcheck disable=SC2086
	set -- $list
	user=$1; shift
	is "$*" 0 as "$user" --json "$@"
	truth "$* is an array" jq -e 'type == "array"' "$work/out"
done
for l in zh en; do
	is "text for people ($l)" 0 as op1 --lang $l order show "$order"
	truth "no word stands twice" test -z "$(sed -n 's/^\([^ ]\+\( [^ ]\+\)*\)  .*/\1/p' "$work/out" | sort | uniq -d)"
	truth "and no code" bash -c '! grep -qE "  (unit|counter|awaiting-payment)$" "$0"' <(sed 's/^customer type  *unit$//; s/^customer  *unit$//' "$work/out")
done
is "text for people" 0 as op1 order show "$order"
truth "every member has a name in it" bash -c '! grep -E "^[a-z_]+  " "$0"' "$work/out"
says "in the form's words" "法定代表人信息 · 法定代表人姓名"
is "whoami" 0 as op1 --json whoami
truth "its members" jq -e '.login == "op1" and .roles == ["operator"] and .site == "110114-01" and .demonstration == true' "$work/out"

# bytes go to standard output whatever --json says
picture >"$work/a.png"
is "attach" 0 as op1 --json attach "$order" business-licence "$work/a.png"
truth "its members" jq -e '.kind == "business-licence" and .mime == "image/png" and .width == 200 and .refit == false' "$work/out"
is "attach export" 0 as op1 --json attach export "$order" business-licence
truth "the same bytes" cmp "$work/out" "$work/a.png"
is "cert chain" 0 as op1 --json cert chain
truth "is PEM" openssl x509 -noout -in "$work/out"
is "cert crl" 0 as op1 --json cert crl
truth "is PEM" openssl crl -noout -in "$work/out"
is "table export" 0 as op1 --json table export prices
truth "is CSV" grep -q '^business,kind,product' "$work/out"
is "a document that isn't there" 1 as op1 attach export "$order" seal-sample
is "detach" 0 as op1 detach "$order" business-licence
is "nothing to export any more" 1 as op1 attach export "$order" business-licence

# what comes from outside stays outside
cp "$work/a.png" "$work/$(printf 'a\033[31m\302\233b.txt')"
is "a name with escape sequences" 1 as op1 attach "$order" business-licence "$work/$(printf 'none\033]0;x\007\302\233.png')"
truth "doesn't reach the terminal" bash -c '! grep -qP "[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]" "$0"' "$work/err"
is "the same in an argument" 2 desk "$(printf 'a\033[31mb')"
truth "not raw either" bash -c '! grep -qP "\x1b" "$0"' "$work/err"
is "control characters in data" 1 as op1 order edit "$order" --data - <<<'{"department": "a\u001b[31mb"}'

# devices and lines that are missing
is "issuer" 0 as root1 staff add is1 --name 钱制证 --role issuer --password-file "$work/pw"
is "no pcscd" 3 as is1 key list
says "says what to do" pcscd
is "stock" 0 as is1 key receive <(printf 'serial,medium\n10000001,UKEY-RS\n')
is "again is refused" 1 as is1 key receive <(printf 'serial,medium\n10000001,UKEY-RS\n')
is "not a stock list" 1 as is1 key receive "$work/a.png"
is "an order that isn't approved" 1 as is1 issue "$order"

# standard streams
is "a reader that goes away" 0 bash -c '"$0" -C "$1" --user op1 --password-file "$2" order continue | true; exit ${PIPESTATUS[0]}' \
	"$CERTDESK_BUILD/certdesk" "$site" "$work/pw"
is "a full standard output" 4 bash -c '"$0" --help >/dev/full' "$CERTDESK_BUILD/certdesk"
is "closed standard streams" 0 bash -c '"$0" -C "$1" --user op1 --password-file "$2" order continue <&- >&- 2>&-' \
	"$CERTDESK_BUILD/certdesk" "$site" "$work/pw"
mkfifo "$work/fifo"
"$CERTDESK_BUILD/certdesk" check mobile <"$work/fifo" >"$work/got" &
pid=$!
exec 9>"$work/fifo"
truth "no core file can be written" bash -c 'for _ in $(seq 100); do grep -qE "core file size +0 +0" "/proc/$0/limits" && exit 0; sleep 0.05; done; exit 1' $pid
exec 9>&-
wait $pid

# the journal, last
is "an operator doesn't audit" 1 as op1 audit verify
is "an auditor" 0 as root1 staff add au1 --name 周审计 --role auditor --password-file "$work/pw"
is "audit verify" 0 as au1 --json audit verify
truth "its members" jq -e '.entries > 3 and .records > 3 and (.head | startswith("sha256:"))' "$work/out"
is "an auditor changes nothing" 1 as au1 order cancel "$order"
is "cancel" 0 as op1 --json order cancel "$order"
is "a draft is gone" 1 as op1 order show "$order"
is "tick without login" 0 desk --json tick
truth "its members" jq -e 'keys == ["cancelled", "codes", "expired", "expiry_notices", "late", "late_notices", "old_backups", "pins", "purged", "refunds", "revoked", "swept"]' "$work/out"

# configuration
printf 'idle_secnds: 5\nescape_ms: 99999\n' >>"$site/certdesk.yaml"
is "a wrong configuration" 4 desk conf check
says "names the line" "certdesk.yaml:"
says "and the word that was meant" idle_seconds
is "stops every command" 4 as op1 order list
cp -r "$here/forms" "$work/" && sed -i 's/^business: new$/busines: new/; s/type: text/type: txt/' "$work/forms/new-unit.yaml"
is "wrong forms" 4 env CERTDESK_SHARE="$work" "$CERTDESK_BUILD/certdesk" conf check
truth "every mistake is a line with its place" bash -c '[ "$(grep -cE "forms/new-unit.yaml:[0-9]+: " "$0")" -gt 10 ]' "$work/err"
done_testing
