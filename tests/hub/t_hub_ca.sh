#!/usr/bin/env bash
# Issuing under the CA that headquarters holds, end to end: a counter without a CA, a line that is cut, a hub that is killed, and never two
# certificates; the list of revoked ones at every site. Judged by yubico-piv-tool and openssl. Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d)
trap 'reader_stop; hub_kill; [ -z "${proxy-}" ] || kill "$proxy" 2>/dev/null; rm -rf "$work"' EXIT
. "$(dirname "$0")/../fault/lib.sh"
. "$(dirname "$0")/../lib/pcscd.sh"
. "$(dirname "$0")/../lib/hub.sh"

at() { site=$work/$1; }
sync() { as root1 --json sync --once; }
line() { echo "$*" >"$work/line"; }
on_key() { yubico-piv-tool -r '' -s 9a -a read-certificate 2>/dev/null; }
there() { hub ca list | jq -er "$1"; } # FILTER over what headquarters issued
of_order() { hub ca list | jq -er --arg o "$1" "[.[] | select(.order == \$o)] | $2"; }
serial_on_key() { on_key | openssl x509 -noout -serial | cut -d = -f 2; }
step_of() { as is1 --json order show "$1" | jq -r '.items[0].step'; }
alone() { # NAME ORDER: one certificate for the order, at headquarters, here and on the key
	truth "$1: one certificate at headquarters" of_order "$2" 'length == 1'
	truth "$1: it is the one here" test "$(as is1 --json cert list --order "$2" | jq -r '[.[].serial] | join(" ")')" = "$(of_order "$2" '.[0].serial')"
	truth "$1: and on the key" test "$(serial_on_key)" = "$(of_order "$2" '.[0].serial')"
}
lose_answer() { # ORDER: lines are cut ever later on the way down, until headquarters has signed and the counter doesn't know
	local n rc
	for n in 100 $(seq 1500 150 8000); do
		line back "$n"
		rc=0; as is1 issue "$1" >"$work/out" 2>"$work/err" || rc=$?
		line pass
		[ "$rc" = 3 ] || { cat "$work/err"; return 1; }
		! of_order "$1" 'length == 1' >/dev/null || { [ "$(step_of "$1")" = requested ]; return; }
	done
	return 1
}
verifies_by() { # FLAG …: the key's certificate against headquarters' CA
	on_key >"$work/leaf.pem" && openssl verify -CAfile "$work/chain.pem" "$@" "$work/leaf.pem"
}
listed() { openssl crl -in "$1" -noout -text | grep -q "Serial Number: $2"; }
counter() { # DIR SITE: a joined counter with staff and keys, whose CA is headquarters'
	at "$1"
	site_make_as "$2" "受理点 $2" op1:operator rv1:reviewer is1:issuer mg1:manager au1:auditor || return
	printf 'serial,medium\n%s\n' "$3" >"$work/stock.csv"
	as is1 key receive "$work/stock.csv" >/dev/null || return
	desk login op1 --password-file "$work/pw" >/dev/null || return
	as root1 hub join "$hub_url" --ca --code "$(hub enrol "$2" --kind counter | jq -er .code)" >/dev/null
}
picture >"$work/scan.png"
unit_json | jq '. + {key_role: "secondary"}' >"$work/unit.json"
document_kinds="business-licence agent-id-head agent-id-emblem legal-authorisation"

# headquarters behind a line of which the test is master
line pass
port=$(free_port) proxy_port=$(free_port)
hub init --name 总部 --url "https://localhost:$proxy_port" >/dev/null
echo "listen: \"127.0.0.1:$port\"" >>"$hub_dir/hub.yaml"
cp "$hub_dir/hub.yaml" "$work/hub.yaml"
echo 'ca_crl_url: file:///etc/passwd' >>"$hub_dir/hub.yaml"
is "an address that no certificate may carry" 4 hub status
truth "is named with its line" grep -q 'hub.yaml:[0-9]*: ca_crl_url' "$work/err"
cp "$work/hub.yaml" "$hub_dir/hub.yaml"
echo 'ca_crl_url: http://ca.example.com/hub.crl' >>"$hub_dir/hub.yaml"
mkdir "$work/www"; echo "crl_file: $work/www/hub.crl" >>"$hub_dir/hub.yaml"
hub_port=$proxy_port hub_url=https://localhost:$proxy_port
python3 "$(dirname "$0")/proxy.py" "$proxy_port" "$port" "$work/line" >"$work/proxy.log" 2>&1 & proxy=$!
until_true grep -q ready "$work/proxy.log"
hub_serve --workers 3 || exit 1

counter one 110114-01 $'10000001,UKEY-RS\n10000002,UKEY-RS\n10000003,UKEY-RS' || exit 1
truth "joining says who issues" grep -qx 'ca: hub' "$site/certdesk.yaml"
is "no CA at headquarters yet" 3 as is1 cert chain
says "says what to do" "sync --once"
is "headquarters has none" 1 hub ca status
is "it makes one" 0 hub ca init --name 总部CA
truth "that calls itself a demonstration" jq -e '.demonstration and .crl > 0 and .revoked == 0' "$work/out"
in_file() { cmp <(openssl crl -inform der -in "$work/www/hub.crl" 2>/dev/null) <(hub ca crl); }
truth "its first list lies where the world finds it" in_file
truth "whoever it is" test "$(stat -c %a "$work/www/hub.crl")" = 644
is "once" 1 hub ca init
truth "its key lies sealed" grep -q 'BEGIN ENCRYPTED PRIVATE KEY' "$hub_dir/ca/local-ca.pem"
hub ca chain >"$work/chain.pem"
is "the counter hears of it" 0 sync
is "its chain" 0 as is1 cert chain
truth "is headquarters'" cmp "$work/out" "$work/chain.pem"
is "its list" 0 as is1 cert crl
truth "is signed by it" openssl crl -in "$work/out" -CAfile "$work/chain.pem" -noout

# without a line the request waits; with it, it goes on
insert 10000001 || exit 1
order=$(order_at approved)
line down
is "no line: it waits" 3 as is1 issue "$order"
says "says that it goes on" 接着办
truth "headquarters has issued nothing" there 'length == 0'
truth "up to the request all is done" test "$(step_of "$order")" = requested
line pass
is "it goes on" 0 as is1 issue "$order"
alone "after no line" "$order"
is "openssl verifies it" 0 verifies_by
truth "and finds headquarters' list by it" bash -c 'openssl x509 -in "$0" -noout -ext crlDistributionPoints | grep -q URI:http://ca.example.com/hub.crl' "$work/leaf.pem"
hub ca crl >"$work/crl.pem"
is "and by the list" 0 verifies_by -crl_check -CRLfile "$work/crl.pem"
first=$(serial_on_key)
jq -er .text "$site"/outbox/sms/*.json | grep -oE '证书密码[^0-9]*[0-9]{8}' | grep -oE '[0-9]{8}$' | tail -n 1 >"$work/pin"; chmod 600 "$work/pin"
truth "nobody of the site signed it" bash -c '! openssl verify -CAfile "$0/ca/local-ca.pem" "$1"' "$site" "$work/leaf.pem"

# the line is cut after so many bytes up, and after so many down: the answer is lost when headquarters has signed
pull 10000001; insert 10000002 || exit 1
order=$(order_at approved)
for n in 0 300 900 1500 2100 2700 3300 4200 5200 6500; do
	line cut "$n"
	rc=0; as is1 issue "$order" >"$work/out" 2>"$work/err" || rc=$?
	[ "$rc" = 3 ] || [ "$rc" = 0 ] || report "cut after $n bytes up: status $rc" 0
	[ "$rc" = 0 ] && break
done
line pass
[ "$rc" = 0 ] || is "goes on after cuts up" 0 as is1 issue "$order"
alone "after cuts up" "$order"
pull 10000002; insert 10000003 || exit 1
order=$(order_at approved)
truth "the answer was lost when headquarters had signed" lose_answer "$order"
signed=$(of_order "$order" '.[0].serial')
is "the counter is told again" 0 as is1 issue "$order"
alone "after a lost answer" "$order"
truth "and it is the one that was signed then" test "$(serial_on_key)" = "$signed"
third=$order third_serial=$(serial_on_key)
is "the journal is whole" 0 as au1 audit verify
is "sync" 0 sync
is "and whole at headquarters" 0 hub verify

# what was asked for and given up counts no more, whether the answer came or not
at two
counter two 110114-02 $'10000011,UKEY-RS\n10000012,UKEY-RS' || exit 1
pull 10000003; insert 10000011 || exit 1
is "another counter hears of the CA with joining" 0 sync
order=$(order_at approved)
sync >/dev/null
line down
is "asked, not heard" 3 as is1 issue "$order"
line pass
sqlite3 "$site/certdesk.db" "SELECT key FROM ca_request WHERE state = 'asked'" >"$work/asked"
truth "recorded" test -s "$work/asked"
is "undone" 0 as mg1 issue "$order" --undo --reason 客户改日再来
is "told" 0 sync
truth "headquarters issued nothing" of_order "$order" 'length == 0'
truth "asked, answered, not heard" lose_answer "$order"
lost=$(of_order "$order" '.[0].serial')
is "undone too" 0 as mg1 issue "$order" --undo --reason 客户改日再来
truth "the certificate that nobody holds still counts" test "$(of_order "$order" '.[0].state')" = active
is "told of it" 0 sync
truth "and it is revoked" test "$(of_order "$order" '.[0].state')" = revoked
truth "and listed" listed <(hub ca crl) "$lost"
is "issued anew" 0 as is1 issue "$order"
truth "under another key" test "$(sqlite3 "$site/certdesk.db" "SELECT count(DISTINCT key) FROM ca_request")" = 3
truth "one that counts" of_order "$order" '[.[] | select(.state == "active")] | length == 1'
truth "which is on the key" test "$(serial_on_key)" = "$(of_order "$order" '[.[] | select(.state == "active")][0].serial')"

# revoked at one counter: on the list at the other after its sync
at one
cp "$work/www/hub.crl" "$work/before.crl"
is "the first counter revokes" 0 as rv1 --with mg1 --with-password-file "$work/pw" cert revoke "$third_serial" --reason key-compromise --ground 测试
is "the entry goes" 0 sync
hub ca crl >"$work/crl.pem"
truth "on headquarters' list at once" listed "$work/crl.pem" "$third_serial"
truth "and where the world finds it" in_file
hub status >"$work/out"
truth "status says where" jq -e --arg f "$work/www/hub.crl" '.crl_file == $f and .crl_file_good and .crl_file_trouble == ""' "$work/out"
troubled() { # WHY: what status says of the file
	hub status >"$work/out"
	truth "the file isn't good: $1" jq -e --arg why "$1" '.crl_file_good == false and (.crl_file_trouble | contains($why))' "$work/out"
}
echo old >"$work/www/hub.crl"
troubled "不是这个 CA 的吊销列表"
cp "$work/before.crl" "$work/www/hub.crl"
troubled "比最新的列表旧"
rm "$work/www/hub.crl"
troubled "不存在"
mkdir "$work/www/hub.crl"
troubled "读不了"
is "for people" 0 "$CERTDESK_BUILD/certdesk-hub" -C "$hub_dir" --lang en status
says "too" "$work/www/hub.crl can't be read"
rmdir "$work/www/hub.crl"
is "the timer sees to the file" 0 hub tick
truth "that is the list again" in_file
cp -p "$hub_dir/ca/local-ca.pem" "$work/ca.pem"; echo damaged >"$hub_dir/ca/local-ca.pem"
is "an authority that can't be opened" 4 hub ca status
is "keeps nobody from the rest of the status" 0 hub status
truth "all of it" jq -e '(.stations | length) > 0' "$work/out"
troubled "CA 密钥打不开"
cp -p "$work/ca.pem" "$hub_dir/ca/local-ca.pem"
cp "$hub_dir/hub.yaml" "$work/hub.yaml"
sed -i "s|^crl_file: .*|crl_file: $work/www/hub.crl/no|" "$hub_dir/hub.yaml"
is "and says that it can't be written" 4 hub tick
says "where" "hub.crl/no"
troubled "不存在"
hub_stop
truth "which keeps nobody from being served" hub_serve --workers 3
truth "its log says so" grep -q 'hub.crl/no' "$work/serve.log"
hub_stop; cp "$work/hub.yaml" "$hub_dir/hub.yaml"
truth "with the file again" hub_serve --workers 3
is "headquarters knows" 0 hub ca list
truth "why" jq -e --arg s "$third_serial" '.[] | select(.serial == $s) | .state == "revoked" and .reason == "key-compromise"' "$work/out"
at two
is "the other counter syncs" 0 sync
as is1 cert crl >"$work/two.pem"
truth "on its list" listed "$work/two.pem" "$third_serial"
truth "which is headquarters'" cmp "$work/two.pem" "$work/crl.pem"
truth "and no other certificate" bash -c '! openssl crl -in "$0" -noout -text | grep -q "Serial Number: $1"' "$work/two.pem" "$first"
pull 10000011; insert 10000003 || exit 1
is "openssl refuses the revoked one" 2 verifies_by -crl_check -CRLfile "$work/two.pem"

# a change keeps end and pair, as headquarters finds in what it knows of the certificate before
at one
pull 10000003; insert 10000001 || exit 1
on_key | openssl x509 -noout -pubkey -enddate >"$work/was"
is "a change begins" 0 as op1 --json order new change-unit --key 10000001 --pin-file "$work/pin" --data <(echo '{"unit_name":"北京示例科技股份有限公司","consent":true}')
order=$(jq -r .order "$work/out")
for kind in $(as op1 --json attach list "$order" | jq -r '.[] | select(.required) | .kind'); do as op1 attach "$order" "$kind" "$work/scan.png" >/dev/null; done
is "signed" 0 as op1 sign "$order" --key 10000001 --pin-file "$work/pin"
is "paid" 0 as op1 pay "$order" --method cash --receipt R99 --amount "$(as op1 --json order show "$order" | jq -r .due)"
as rv1 review claim "$order" >/dev/null; is "approved" 0 as rv1 review approve "$order"
is "headquarters issues it" 0 as is1 issue "$order" --serial 10000001 --pin-file "$work/pin"
alone "after a change" "$order"
truth "the end and the pair are the old one's" cmp <(on_key | openssl x509 -noout -pubkey -enddate) "$work/was"
is "sync" 0 sync
truth "nothing was refused" test "$(sqlite3 "$hub_dir/hub.db" "SELECT count(*) FROM entry WHERE refused <> ''")" = 0

# a product that asks for a new pair: the old one goes only when headquarters' CA has answered
printf 'code,zh,en,customer,term_months,profile,slot,rekey\nunit-1y,单位证书,unit,unit,12,unit-1y,9a,1\nperson-1y,个人证书,person,person,12,person-1y,9a,0\n' >"$work/products.csv"
is "headquarters asks for new pairs" 0 hub publish --table products="$work/products.csv" --from "$(TZ=UTC-8 date +%F)"
is "the counter takes it" 0 sync
on_key >"$work/was.pem"; openssl x509 -in "$work/was.pem" -noout -pubkey >"$work/was.pub"
is "another change" 0 as op1 --json order new change-unit --key 10000001 --pin-file "$work/pin" --data <(echo '{"unit_name":"北京示例信息技术有限公司","consent":true}')
order=$(jq -r .order "$work/out")
for kind in $(as op1 --json attach list "$order" | jq -r '.[] | select(.required) | .kind'); do as op1 attach "$order" "$kind" "$work/scan.png" >/dev/null; done
is "signed" 0 as op1 sign "$order" --key 10000001 --pin-file "$work/pin"
is "paid" 0 as op1 pay "$order" --method cash --receipt R100 --amount "$(as op1 --json order show "$order" | jq -r .due)"
as rv1 review claim "$order" >/dev/null; is "approved" 0 as rv1 review approve "$order"
pair_stands() { # the key holds the old certificate and its pair
	on_key | cmp - "$work/was.pem" && yubico-piv-tool -r '' -a verify-pin -P "$(cat "$work/pin")" -a test-signature -s 9a <"$work/was.pem"
}
line down
is "no line: no new pair" 3 as is1 issue "$order" --serial 10000001 --pin-file "$work/pin"
says "says that the key is as it was" 没有生成新密钥对
says "one sentence behind the other" "。线路恢复后请再次制证"
truth "it is" pair_stands
truth "the order can be undone still" test "$(step_of "$order")" = reserved
line pass
mv "$hub_dir/ca" "$hub_dir/ca.away"; hub_stop; hub_serve --workers 3 || exit 1
is "a line, and no CA behind it" 1 as is1 issue "$order" --serial 10000001 --pin-file "$work/pin"
truth "the pair stands" pair_stands
mv "$hub_dir/ca.away" "$hub_dir/ca"; hub_stop; hub_serve --workers 3 || exit 1
is "with both it goes" 0 as is1 issue "$order" --serial 10000001 --pin-file "$work/pin"
alone "after a new pair" "$order"
truth "which it is" bash -c '! cmp -s "$0" "$1"' "$work/was.pub" <(on_key | openssl x509 -noout -pubkey)
is "sync" 0 sync
truth "nothing was refused" test "$(sqlite3 "$hub_dir/hub.db" "SELECT count(*) FROM entry WHERE refused <> ''")" = 0
first=$(serial_on_key)

# suspended and resumed
at one
is "suspended" 0 as rv1 --with mg1 --with-password-file "$work/pw" cert suspend "$first" --ground 测试
sync >/dev/null
hub ca crl >"$work/crl.pem"; truth "held" listed "$work/crl.pem" "$first"
is "resumed" 0 as rv1 --with mg1 --with-password-file "$work/pw" cert resume "$first" --ground 测试
sync >/dev/null
hub ca crl >"$work/crl.pem"; truth "no more" bash -c '! openssl crl -in "$0" -noout -text | grep -q "Serial Number: $1"' "$work/crl.pem" "$first"
truth "each list has its number" test $((16#$(openssl crl -in "$work/crl.pem" -noout -crlnumber | sed 's/.*0x//'))) = "$(hub ca status | jq .crl)"
is "nothing is due" 0 hub tick
truth "so no list is made" jq -e '.crl_made == false' "$work/out"

# a unit's main key at both counters
at two
unit_json | jq '. + {key_role: "main"}' >"$work/unit.json"
document_kinds="$document_kinds seal-sample"
printf 'serial,medium\n10000031,UKEY-RS\n' >"$work/stock.csv"; as is1 key receive "$work/stock.csv" >/dev/null
second=$(order_at approved)
at one
printf 'serial,medium\n10000021,UKEY-RS\n' >"$work/stock.csv"; as is1 key receive "$work/stock.csv" >/dev/null
pull 10000001; insert 10000021 || exit 1
order=$(order_at approved); sync >/dev/null
is "the first counter makes it" 0 as is1 issue "$order"
at two; pull 10000021; insert 10000031 || exit 1
is "the second one gets none" 1 as is1 issue "$second"
says "says that the unit has one" 主锁
truth "headquarters made one" [ "$(hub ca list | jq --arg a "$order" --arg b "$second" '[.[] | select(.order == $a or .order == $b)] | length')" = 1 ]
is "the issue is undone" 0 as mg1 issue "$second" --undo --reason 别处已有主锁
is "and the money asked back" 0 as op1 order refund "$second" --reason 别处已有主锁
is "approved" 0 as mg1 refund approve "$second"
truth "it is on its way" test "$(as op1 --json order show "$second" | jq -r .status)" = refunding
is "headquarters hears of it" 0 sync
truth "and refuses nothing of it" bash -c '! jq -e "any(.[]; .kind == \"refused\" and .site == \"110114-02\")" >/dev/null' < <(hub alarms)

# a revoked site gets nothing more
hub revoke 110114-02 >/dev/null
at two
is "a revoked site" 1 sync
for s in one two; do at "$s"; is "the journal of $s is whole" 0 as au1 audit verify; done
is "headquarters is whole" 0 hub verify
is "SIGTERM ends headquarters" 0 hub_stop
done_testing
