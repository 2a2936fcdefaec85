#!/usr/bin/env bash
# Devices that are missing, wrong or spoilt, and a CA that can't be opened: a sentence, a status, and the order goes on later. TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); empty=
trap 'reader_stop; [ -z "$empty" ] || kill "$empty"; rm -rf "$work"' EXIT
export PCSCLITE_CSOCK_NAME=$work/none.comm
. "$(dirname "$0")/lib.sh"
# Another unit from here on: each has one main key.
unit() { jq --arg u "$1" '.uscc = $u | .invoice_tax_number = $u' "$work/unit.json" >"$work/other.json" && mv "$work/other.json" "$work/unit.json"; }
staffed || exit 1
printf 'serial,medium\n1000000%s,UKEY-RS\n' 4 5 6 | awk 'NR == 1 || !/serial/' >"$work/more.csv"
as is1 key receive "$work/more.csv" >/dev/null
unit 91110114MA0007700A
order=$(order_at approved); unit 91110105MA01ABCD5F; other=$(order_at approved); early=$(order_at paid)
remember
issue() { as is1 issue "$@"; }
state() { as is1 --json key info "$1" 2>/dev/null | jq -r .state; }

met "no pcscd" 3 pcscd issue "$order" --serial 10000001
truth "none of the service's own English in a Chinese sentence" bash -c '! grep -qi "not available" "$0"' "$work/err"
is "the same in English" 3 desk --lang en --user is1 --password-file "$work/pw" issue "$order" --serial 10000001
says "in its words" "Service not available"
met "no pcscd: the list of keys" 3 pcscd as is1 key list

# a service without a reader
echo '# none' >"$work/empty.conf"
python3 - "$work" <<'PY' >"$work/empty.log" 2>&1 &
import os, socket, sys
s = socket.socket(socket.AF_UNIX); s.bind(os.path.join(sys.argv[1], "empty.comm")); s.listen(16)
os.dup2(s.fileno(), 3); os.set_inheritable(3, True)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv("/usr/sbin/pcscd", ["pcscd", "-f", "-c", os.path.join(sys.argv[1], "empty.conf")])
PY
empty=$!
for _ in $(seq 100); do [ -S "$work/empty.comm" ] && break; sleep 0.05; done
PCSCLITE_CSOCK_NAME=$work/empty.comm met "no reader" 3 "读卡器" issue "$order"
kill "$empty"; wait "$empty" 2>/dev/null; empty=

. "$(dirname "$0")/../lib/pcscd.sh"
reader || exit 1
met "no key" 3 "插好" issue "$order"
met "no key, though named" 3 "插好" issue "$order" --serial 10000001
insert 10000001 0; insert 10000002 1
met "two keys" 1 "10000001" issue "$order"
says "both are named" "10000002"
met "a key that isn't in" 3 "10000003" issue "$order" --serial 10000003
met "an order that isn't approved" 1 "$early" issue "$early" --serial 10000001
met "an operator" 1 "岗位" op issue "$order" --serial 10000001
pull 10000001
met "the wrong key" 3 "10000002" issue "$order" --serial 10000001
kept "none of it touched the store"

# keys in a state of their own
pull 10000002
insert 10000099 0
met "a key that is not in stock" 1 "10000099" issue "$order"
pull 10000099
insert 10000004 0
for _ in 1 2 3; do yubico-piv-tool -r '' -a verify-pin -P 999999 >/dev/null 2>&1; done
met "a blocked PIN" 1 "10000004" issue "$order"
pull 10000004
insert 10000005 0
for _ in 1 2 3; do yubico-piv-tool -r '' -a unblock-pin -P 99999999 -N 123456 >/dev/null 2>&1; done
met "a blocked PUK" 1 "10000005" issue "$order"
pull 10000005
kept "none of it was reserved"
insert 10000006 0
yubico-piv-tool -r '' -a set-mgm-key -n 0102030405060708010203040506070801020304050607FF >/dev/null 2>&1
met "a foreign management key" 1 "管理密钥" issue "$order"
truth "the order waits" test "$(where "$order")" = issuing
sound "after all of these"
pull 10000006

# the CA: found before a key is touched
ca=$site/ca/local-ca.pem
cp -a "$ca" "$work/ca.pem"
insert 10000001 0
remember_ca() { cp -a "$work/ca.pem" "$ca"; }
rm "$ca"; met "no CA key" 4 "CA" issue "$other" --serial 10000001; remember_ca
head -c 700 "$work/ca.pem" >"$ca"; met "half a CA key" 4 "CA" issue "$other" --serial 10000001; remember_ca
: >"$ca"; met "an empty CA key" 4 "CA" issue "$other" --serial 10000001; remember_ca
python3 -c 'import sys; b = bytearray(open(sys.argv[1], "rb").read()); b[400] ^= 1; open(sys.argv[1], "wb").write(b)' "$ca"
met "a CA key with a flipped bit" 4 "CA" issue "$other" --serial 10000001; remember_ca
(site=$work/elsewhere; desk init --site 1 --name 一 --admin root1 --password-file "$work/pw" >/dev/null)
cp "$work/elsewhere/ca/local-ca.pem" "$ca"
met "another site's CA key" 4 "CA" issue "$other" --serial 10000001
met "its list of revoked ones" 4 "CA" op cert crl
remember_ca
truth "the order waits still" test "$(where "$other")" = approved
truth "the key too" test "$(state 10000001)" = in-stock

# and then
is "the right CA" 0 issue "$other" --serial 10000001
met "the key of another order" 1 "10000001" issue "$order" --serial 10000001
met "handed over by another key's serial" 1 "10000001" op order handover "$other" --serial 10000002 --to agent --receipt H1
met "issued twice" 1 "$other" issue "$other" --serial 10000001
pull 10000001
met "handed over without a key in" 3 "插好" op order handover "$other" --serial 10000001 --to agent --receipt H1
insert 10000002 1
met "handed over while the wrong one is in" 3 "10000001" op order handover "$other" --serial 10000001 --to agent --receipt H1
is "the waiting order takes another key" 0 issue "$order" --serial 10000002
truth "the foreign one is free of it" test "$(state 10000006)" != reserved
insert 10000001 0
is "handed over with the right one" 0 op order handover "$other" --serial 10000001 --to agent --receipt H1
# several windows issue one order, the later ones while the first is in the middle of it
pull 10000001; pull 10000002
insert 10000003 0
unit 91350100M000100Y43
third=$(order_at approved)
pids=
for i in 1 2 3; do
	(issue "$third" --serial 10000003 >/dev/null 2>"$work/err-$i"; echo $? >"$work/rc-$i") & pids="$pids $!"
	for _ in $(seq 100); do [ "$(where "$third")" != approved ] && break; sleep 0.02; done
done
# shellcheck disable=SC2086
wait $pids
truth "each of three windows ends with a status from the table" bash -c '! cat "$0"/rc-? | grep -vxE "[0134]"' "$work"
[ "$(where "$third")" = issued ] || is "what got in each other's way goes on" 0 issue "$third" --serial 10000003
truth "one certificate counts" test "$(as is1 --json cert list --order "$third" | jq '[.[] | select(.status == "active")] | length')" = 1
op cert export --order "$third" >"$work/store.pem"
truth "it is the one on the key" cmp <(openssl x509 -in "$work/store.pem" -outform der) \
	<(yubico-piv-tool -r '' -s 9a -a read-certificate 2>/dev/null | openssl x509 -outform der)
pin=$(jq -r .text "$site"/outbox/sms/*.json | grep -oE '证书密码[^0-9]*[0-9]{8}' | grep -oE '[0-9]{8}$' | tail -n 1)
truth "the newest PIN sent opens it" yubico-piv-tool -r '' -a verify-pin -P "$pin"

# a key breaks in the middle, and the customer will come another day
pull 10000003
printf 'serial,medium\n10000007,UKEY-RS\n' >"$work/more.csv"; as is1 key receive "$work/more.csv" >/dev/null
insert 10000007 0 --vanish-at 36
unit 911101051234567883
fourth=$(order_at approved)
met "nothing to undo yet" 1 "$fourth" as mg1 issue "$fourth" --undo --reason 没有开始
is "a key that vanishes" 3 issue "$fourth" --serial 10000007
pull 10000007
truth "leaves the order in issue" test "$(where "$fourth")" = issuing
made=$(as is1 --json cert list --order "$fourth" | jq -r '.[0].serial')
met "an undo without a reason" 1 "$fourth" as mg1 issue "$fourth" --undo
met "an undo on a key" 2 "--serial" as mg1 issue "$fourth" --undo --reason 客户改期 --serial 10000007
met "a reason for issuing" 2 "--undo" issue "$fourth" --reason 客户改期
met "an undo by an operator" 1 "岗位" op issue "$fourth" --undo --reason 客户改期
truth "leaves it there" test "$(where "$fourth")" = issuing
is "the manager undoes it" 0 as mg1 issue "$fourth" --undo --reason 客户改期
truth "the order is approved again" test "$(where "$fourth")" = approved
truth "the key that nobody has counts as damaged" test "$(state 10000007)" = damaged
truth "its certificate is revoked" test "$(as is1 --json cert show "$made" | jq -r '.status + " " + .reason')" = "revoked cessation-of-operation"
truth "and on the list at once" bash -c 'openssl crl -noout -text <<<"$1" | grep -qi "$0"' "$made" \
	"$(sqlite3 "$site/certdesk.db" 'SELECT hex(der) FROM crl ORDER BY id DESC LIMIT 1' | xxd -r -p | openssl crl -inform der)"
truth "the reason is in the history" bash -c '"$@" | jq -e ".[] | select(.action == \"issue.undo\") | .facts.reason == \"客户改期\"" >/dev/null' _ \
	"$CERTDESK_BUILD/certdesk" -C "$site" --json order history "$fourth"
sound "at the end"
done_testing
