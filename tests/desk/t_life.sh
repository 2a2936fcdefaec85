#!/usr/bin/env bash
# A certificate's life by commands, for a unit and for a person who brings the key: every business from first command to done,
# judged by yubico-piv-tool and openssl. Prints TAP.   usage: CERTDESK_BUILD=DIR t_life.sh
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d)
. "$(dirname "$0")/../lib/desk.sh"
. "$(dirname "$0")/../lib/orders.sh"
. "$(dirname "$0")/../lib/pcscd.sh"
. "$(dirname "$0")/../lib/faketime.sh"
trap 'reader_stop; faketime_rest; rm -rf "$work"' EXIT
site_make op1:operator rv1:reviewer is1:issuer mg1:manager au1:auditor || exit 1
printf 'serial,medium\n10000001,UKEY-RS\n10000002,UKEY-RS\n' >"$work/stock.csv"
is "keys come into stock" 0 as is1 key receive "$work/stock.csv"
picture >"$work/scan.png"

# From here on the clock stands that many days from the certificate's end, and goes on.
clock() {
	export FAKETIME="+$(($(date -d "$end $1 days" +%s) - $(env -u LD_PRELOAD date +%s)))" FAKETIME_DONT_FAKE_MONOTONIC=1 LD_PRELOAD="$faketime"
	export ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0" # its library comes second then
}
new() { is "$1" 0 json op1 order new "${@:2}"; order=$(jq -r .order "$work/out"); }
status_is() { truth "$1" test "$(json op1 order show "$order" | jq -r .status)" = "$2"; }
state_of() { json is1 cert show "$1" | jq -r .status; }
on_key() { yubico-piv-tool -r '' -s 9a -a read-certificate 2>/dev/null; }
active_on() { json is1 cert list --key "$1" | jq -r '[.[] | select(.status == "active")][0].serial'; }
issue() { is "$1" 0 as is1 issue "$order" "${@:2}"; }
pin_file() { printf '%s\n' "$1" >"$work/pin" && chmod 600 "$work/pin"; }

insert 10000001 || exit 1
unit_json >"$work/unit.json"
new "a unit applies" new-unit --data "$work/unit.json"
attach_all "$order"; sign "$order"; pay "$order"; approve "$order"
issue "its certificate is issued" --serial 10000001
is "and handed over" 0 as op1 order handover "$order" --serial 10000001 --to agent --receipt H1
truth "people read a word for each part of a finished order, no name of the program's" test -z "$(json op1 order show "$order" |
	jq -r 'del(.fields) | [paths[] | strings] | unique[]' | while read -r name; do grep -q "^WORD($name," "$here/src/cli/words.def" || echo "$name"; done)"
first=$order; end=$(json is1 cert list --order "$order" | jq -r '.[0].not_after'); pin_file "$(said sms 证书密码 8)"
is "too early to renew" 1 json op1 order new renew-unit --key 10000001 --pin-file "$work/pin"
says "says within which days" "到期前 90 天"
mine=$(json is1 cert list --order "$first" | jq -r '.[0].serial')
printf '{"customer_kind":"person"}' >"$work/hidden.json"
printf '{"unit_name":"别的公司"}' >"$work/fixed.json"
is "data from outside set no hidden field" 1 json op1 order new suspend --cert "$mine" --data "$work/hidden.json"
says "names it" customer_kind
is "nor one that is read-only" 1 json op1 order new suspend --cert "$mine" --data "$work/fixed.json"
new "a loss report without them" suspend --cert "$mine"
is "order edit sets no hidden field" 1 json op1 order edit "$order" --data "$work/hidden.json"
is "nor one that is read-only" 1 json op1 order edit "$order" --data "$work/fixed.json"
truth "it says what is on file" test "$(json op1 order show "$order" | jq -r '.name + .customer')" = "$(json op1 order show "$first" | jq -r '.name + .customer')"
is "it is given up" 0 as op1 order cancel "$order"
truth "its status is said in words" bash -c '! grep -q 代码 "$0"' "$work/out"
is "what can be done with the key" 0 json is1 key about 10000001
truth "a renewal isn't possible yet, and why" jq -e '.businesses[] | select(.business == "renew") | (.allowed | not) and (.why | contains("90"))' "$work/out"
is "a key that isn't in has nothing done" 3 json is1 key about 10000009
is "a business about a key names it" 2 json op1 order new renew-unit

clock -30
new "renewal" renew-unit --key 10000001 --pin-file "$work/pin"
is "signed by the key itself" 0 as op1 sign "$order" --key 10000001 --pin-file "$work/pin"
is "a receipt of application where no document was asked for" 0 as op1 print "$order" acceptance -o "$work/acceptance.pdf"
pdftotext "$work/acceptance.pdf" "$work/acceptance.txt"; truth "it says what it costs" grep -qF "费用" "$work/acceptance.txt"
truth "and heads no list that isn't there" sh -c '! grep -qF "已收资料" "$1"' - "$work/acceptance.txt"
pay "$order"; status_is "needs no review" approved
paper() { as op1 print "$order" application -o "$work/application.pdf" >/dev/null && pdftotext "$work/application.pdf" "$work/application.txt"; }
paper; truth "its paper says nothing of a new phone" grep -qF "联系人信息" "$work/application.txt"
truth "where none is meant" sh -c '! grep -qE "换手机号|原手机号" "$1"' - "$work/application.txt"
is "without the PIN nothing is written" 1 as is1 issue "$order" --serial 10000001
says "the PIN is asked for" "证书密码"
issue "the pair gets a new certificate" --serial 10000001 --pin-file "$work/pin"
status_is "which the command accepts for nobody" issued
truth "it waits for the customer" test "$(json op1 order show "$order" | jq -r .next)" = accept
is "the customer has looked at it, and accepts" 0 as is1 issue "$order" --accept
status_is "which ends it" done
is "it is accepted once" 1 as is1 issue "$order" --accept
is "to accept is all that it does" 2 as is1 issue "$order" --accept --serial 10000001
truth "the old one is superseded" test "$(json is1 cert list --order "$first" | jq -r '.[0].status')" = superseded
truth "the new end is a year after the old" test "$(date -u -d "$(json is1 cert list --order "$order" | jq -r '.[0].not_after')" +%s)" = \
	"$(date -u -d "$end +1 year" +%s)"

for _ in 1 2 3 4; do yubico-piv-tool -r '' -a verify-pin -P 00000009 >/dev/null 2>&1; done
new "a blocked key is to be unlocked" unlock --key 10000001 --data <(echo '{"identity_seen":true,"consent":true}')
sign "$order"; status_is "the first time it is reviewed" in-review
approve "$order"; pin_file 24681357
is "the mail's code is needed" 1 as is1 key unlock "$order" --pin-file "$work/pin"
is "no second code within a minute" 1 as is1 key unlock "$order" --send
is "an operator has none sent" 1 as op1 key unlock "$order" --send
is "with it the key opens" 0 as is1 key unlock "$order" --code "$(said mail 解锁授权码 6)" --pin-file "$work/pin"
truth "to the customer's new PIN" yubico-piv-tool -r '' -a verify-pin -P 24681357
truth "the PUK is in no file" sh -c '! grep -rqaF "12345678" "$0" --include="*.json"' "$site/outbox"

new "a mail address" change-unit --key 10000001 --pin-file "$work/pin" --data <(echo '{"agent_email":"wangwu@example.com","consent":true}')
sign "$order"; status_is "changes at once" done
new "a phone that can't be reached" change-unit --key 10000001 --pin-file "$work/pin" --data <(echo '{"agent_mobile":"13900139001","old_phone_unreachable":true,"identity_seen":true,"consent":true}')
paper; truth "stands on its paper" grep -qF "原手机号收不到验证码" "$work/application.txt"
is "and is not gone on with" 0 as op1 order cancel "$order"
new "a new name" change-unit --key 10000001 --pin-file "$work/pin" --data <(echo '{"unit_name":"北京示例科技股份有限公司","consent":true}')
is "needs the new licence" 1 as op1 sign "$order" --send
attach_all "$order"; sign "$order"; pay "$order"; status_is "and a review" in-review
approve "$order"; issue "and a new certificate" --serial 10000001 --pin-file "$work/pin"
is "which is accepted" 0 as is1 issue "$order" --accept
truth "with that name" sh -c 'yubico-piv-tool -r "" -s 9a -a read-certificate 2>/dev/null | openssl x509 -noout -subject -nameopt utf8,sep_comma_plus | grep -qF 股份有限公司'

old=$(active_on 10000001); pull 10000001
new "the key is lost" replace-unit --cert "$old" --data <(echo '{"reason":"lost","identity_seen":true,"consent":true}')
attach_all "$order"; sign "$order"
truth "its certificate is suspended" test "$(state_of "$old")" = suspended
pay "$order"; approve "$order"; insert 10000002 || exit 1
issue "another key takes its place" --serial 10000002
truth "the lost one is revoked" test "$(state_of "$old")" = revoked
shown_is() { is "$1" 0 as is1 --lang "$2" "${@:4}"; truth "it reads: $3" grep -qE "$3" "$work/out"; }
shown_is "a certificate's status in words" zh '^状态 +已吊销$' cert show "$old"
shown_is "and why" zh '^原因 +密钥泄露$' cert show "$old"
shown_is "what it was sold as" zh '^证书商品 +1年期单位证书$' cert show "$old"
shown_is "and in English" en '^status +revoked$' cert show "$old"
is "an order of many parts" 0 as is1 order show "$first"
truth "each has a name" sh -c '! grep -qE "(^| )(custodian|position|price_version|taken_at|taker|to_whom|pin_deliveries)( |\$)" "$1"' - "$work/out"
truth "its certificate's step in words" grep -qE "主锁 .* 制证完成 " "$work/out"
truth "who took it, once" sh -c '! grep -qE "领取人类别| agent\$" "$1" && grep -qE "^  领取人 +经办人\$" "$1"' - "$work/out"
shown_is "its issuer is not who makes it" zh '^颁发者 ' cert show "$old"
shown_is "the certificates of a key" zh '有效' cert list --key 10000002
shown_is "a key's state in words" zh '^状态 +已制证$' key info 10000002
shown_is "and what can be done with it" zh '^介质状态 +已制证$' key about 10000002
is "which the list says" 0 as is1 cert crl
truth "to openssl too" sh -c 'openssl crl -noout -text <"$0" | grep -qiF "$1"' "$work/out" "$old"
is "handed over" 0 as op1 order handover "$order" --serial 10000002 --to agent --receipt H2

now=$(active_on 10000002)
new "a loss" suspend --cert "$now" --data <(echo '{"consent":true}')
sign "$order"; status_is "counts at once" done
truth "suspended" test "$(state_of "$now")" = suspended
new "and is lifted" resume --cert "$now" --data <(echo '{"consent":true}')
sign "$order"; truth "active again" test "$(state_of "$now")" = active
mkdir "$work/www"; echo "crl_file: $work/www/desk.crl" >>"$site/certdesk.yaml"
new "the unit gives it up" revoke-unit --cert "$now" --data <(echo '{"reason":"cessation-of-operation","identity_seen":true,"consent":true}')
attach_all "$order"; sign "$order"; approve "$order"; status_is "done with the decision" done
truth "revoked" test "$(state_of "$now")" = revoked
in_file() { openssl crl -inform der -in "$work/www/desk.crl" -noout -text | grep -qiF "$1"; }
truth "and the world is told at once" in_file "$now"
truth "whoever it is" test "$(stat -c %a "$work/www/desk.crl")" = 644
echo old >"$work/www/desk.crl"
is "the timer sees to the file" 0 desk tick
truth "that is the list again" in_file "$now"
sed -i "s|^crl_file: .*|crl_file: $work/www/desk.crl/no|" "$site/certdesk.yaml"
is "and says that it can't be written" 4 desk tick
says "where" "desk.crl/no"
desk doctor >"$work/out"
truth "so does the doctor" grep -q 'desk.crl/no' "$work/out"
sed -i '/^crl_file/d' "$site/certdesk.yaml"
is "one person alone revokes nothing" 1 as mg1 cert revoke "$old" --reason superseded --ground 核查
is "a query sends a code" 0 as op1 query --kind uscc --number 91110105MA01ABCD5F --send
is "and answers to it" 0 json op1 query --kind uscc --number 91110105MA01ABCD5F --code "$(said sms 查询订单，验证码 6)"
truth "with every order" jq -e '.orders | length == 9' "$work/out"
pull 10000002

# a person, with a key of their own
insert 55000001 || exit 1
new "a person applies" new-person --data "$here/tests/samples/new-person.json"
attach_all "$order"; sign "$order"; pay "$order"; approve "$order"
issue "on an own key" --serial 55000001
is "mailed" 0 as op1 order mail "$order" --tracking SF1234567
pin_file "$(said sms 证书密码 8)"; end=$(json is1 cert list --order "$order" | jq -r '.[0].not_after')
is "forms of units are not theirs" 1 json op1 order new renew-unit --key 55000001 --pin-file "$work/pin"
clock -10
new "a person renews" renew-person --key 55000001 --pin-file "$work/pin"
sign "$order"; pay "$order"; issue "on the same key" --serial 55000001 --pin-file "$work/pin"
new "a person's address" change-person --key 55000001 --pin-file "$work/pin" --data <(echo '{"person_email":"new@example.com","consent":true}')
sign "$order"; status_is "changes at once for a person too" done
new "a person's name" change-person --key 55000001 --pin-file "$work/pin" --data <(echo '{"person_name":"𠮷田·李梅","consent":true}')
attach_all "$order"; sign "$order"; pay "$order"; approve "$order"
issue "gets a new certificate" --serial 55000001 --pin-file "$work/pin"
truth "that says so" sh -c 'yubico-piv-tool -r "" -s 9a -a read-certificate 2>/dev/null | openssl x509 -noout -subject -nameopt utf8,sep_comma_plus | grep -qF 李梅'
new "a person's forgotten PIN" unlock --key 55000001 --data <(echo '{"identity_seen":true,"consent":true}')
sign "$order"; approve "$order"; pin_file 13572468
is "is set anew" 0 as is1 key unlock "$order" --code "$(said mail 解锁授权码 6)" --pin-file "$work/pin"
own=$(active_on 55000001); pull 55000001
new "a person's key breaks" replace-person --cert "$own" --data <(echo '{"reason":"damaged","own_medium":true,"identity_seen":true,"consent":true}')
attach_all "$order"; sign "$order"; pay "$order"; approve "$order"; insert 55000002 || exit 1
issue "another own key" --serial 55000002
truth "ends the old certificate" test "$(state_of "$own")" = revoked
own=$(active_on 55000002)
new "a person's loss" suspend --cert "$own" --data <(echo '{"consent":true}')
sign "$order"; truth "is suspended" test "$(state_of "$own")" = suspended
new "and found" resume --cert "$own" --data <(echo '{"consent":true}')
sign "$order"; truth "counts again" test "$(state_of "$own")" = active
new "a person gives it up" revoke-person --cert "$own" --data <(echo '{"reason":"superseded","identity_seen":true,"consent":true}')
attach_all "$order"; sign "$order"; approve "$order"
truth "for good" test "$(state_of "$own")" = revoked
is "a person's query" 0 as op1 query --kind resident-id --number 110105200002290013 --send
is "the journal verifies" 0 as au1 audit verify
done_testing
