#!/usr/bin/env bash
# Papers by command, read back as text. Golden texts are tests/desk/print/KIND.txt; GOLDEN=write makes them again. Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/../fault/lib.sh"
golden=$(dirname "$0")/print
staffed
draft=$(order_at draft)
order=$(order_at signed)
op pay "$order" --method cash --receipt R0001 --amount "$(due "$order")" >/dev/null

# Numbers of orders, days and times differ from run to run; digests follow texts and forms.
plain() { # FILE.pdf: its text
	pdftotext -raw "$1" - | sed -E "s/$order/ORDER/g; s/[0-9]{4}-[0-9]{2}-[0-9]{2}/DATE/g; s/[0-9]{2}:[0-9]{2}/TIME/g; s/[0-9A-F]{4}(-[0-9A-F]{4}){3}/CODE/g" | tr -d '\f'
}
golden_is() { # KIND: as the golden text says
	plain "$work/$1.pdf" >"$work/$1.all"
	sed '/^申请声明$/q' "$work/$1.all" >"$work/$1.txt" # the texts themselves are tested where they are read
	[ "${GOLDEN:-}" != write ] || cp "$work/$1.txt" "$golden/$1.txt"
	truth "$1 reads as it should" diff -u "$golden/$1.txt" "$work/$1.txt"
}

# what there is
is "the kinds of a draft" 0 op --json print "$draft"
truth "the application first, no receipt" jq -e '.[0].kind == "application" and all(.[]; .kind != "receipt" and .kind != "acceptance")' "$work/out"
is "the kinds of a paid order" 0 op --json print "$order"
truth "each with its members" jq -e 'all(.[]; keys == ["about", "kind", "printed", "printer", "title"]) and any(.[]; .kind == "receipt")' "$work/out"
is "a file without a kind" 2 op print "$order" -o "$work/x.pdf"
is "blank forms without an order" 0 op --json print -
truth "they and the day's list" jq -e '[.[].about] | unique == ["blank", "day"]' "$work/out"

# to a file
for kind in acceptance receipt application seal-sample; do
	is "print $kind" 0 op --json print "$order" "$kind" -o "$work/$kind.pdf"
	truth "its object" jq -e --arg k $kind 'keys == ["file", "kind", "lacking", "number", "order", "pages", "printer", "reprint", "title"] and
		.kind == $k and .number == 1 and .reprint == false and .printer == null and .lacking == ""' "$work/out"
	golden_is $kind
done
truth "the file is the owner's alone" test "$(stat -c %a "$work/receipt.pdf")" = 600
truth "the amount in words" grep -qF "人民币贰佰捌拾元整" "$work/receipt.txt"
truth "numbers masked on the receipt of application" grep -qF "139****9000" "$work/acceptance.txt"
truth "and nowhere whole" bash -c '! grep -q 13900139000 "$1"' - "$work/acceptance.txt"
truth "whole on what is signed" grep -qF "110101199003071233" "$work/application.txt"
truth "the demonstration calls itself so on every page" test "$(grep -cE '^示$' "$work/application.all")" = \
	"$(pdfinfo "$work/application.pdf" | awk '/^Pages/ {print $2}')"
truth "the Chinese is embedded" bash -c 'pdffonts "$1" | tail -n +3 | awk "{exit !(\$0 ~ /CJK/ && \$0 ~ /yes yes yes/)}"' - "$work/receipt.pdf"
truth "an acceptance is A4" bash -c 'pdfinfo "$1" | grep -q "A4"' - "$work/acceptance.pdf"
if command -v zbarimg >/dev/null && command -v pdftoppm >/dev/null; then
	pdftoppm -r 150 -png "$work/acceptance.pdf" "$work/page"
	truth "its QR code is the order's number" test "$(zbarimg -q --raw "$work"/page-1.png 2>/dev/null)" = "$order"
else
	number=$((number + 1)); echo "ok $number - its QR code is the order's number # SKIP no zbarimg"
fi

# again
is "again" 0 op --json print "$order" acceptance -o "$work/again.pdf"
truth "is a reprint" jq -e '.number == 2 and .reprint' "$work/out"
plain "$work/again.pdf" >"$work/again.txt"
truth "with mark, number and time" grep -qxF "补打 REPRINT 第 2 次 DATE TIME" "$work/again.txt"
truth "the first had none" bash -c '! grep -q REPRINT "$1"' - "$work/acceptance.txt"
is "a blank form again" 0 op print "$order" seal-sample -o "$work/blank.pdf"
truth "is no reprint" bash -c '! pdftotext "$1" - | grep -q REPRINT' - "$work/blank.pdf"
is "the journal knows all" 0 op --json order history "$order"
truth "kind and number" jq -e '[.[] | select(.action == "print" and .facts.kind == "acceptance") | .facts.copy] == [1, 2]' "$work/out"
is "in English" 0 op --lang en print "$order" receipt -o "$work/en.pdf"
truth "the paper is English" bash -c 'pdftotext "$1" - | grep -q "Received of"' - "$work/en.pdf"

# refusals
is "a status that has no such paper" 1 op print "$draft" receipt -o "$work/no.pdf"
says "names it" "收据"
is "an unknown kind" 2 op print "$order" shoe -o "$work/no.pdf"
is "an unknown order" 1 op print 11011401-261123-00016 receipt -o "$work/no.pdf"
is "an auditor changes nothing" 1 as au1 print "$order" receipt -o "$work/no.pdf"
says "says what is not allowed" "打印"
is "an administrator sees no customer" 1 as root1 print "$order" receipt -o "$work/no.pdf"
is "a directory that isn't there" 1 op print "$order" receipt -o "$work/none/no.pdf"
says "names the path" "$work/none/no.pdf"
truth "no file was left" test ! -e "$work/no.pdf"
is "the day's list without a parcel" 1 op print - courier-day -o "$work/no.pdf"
is "a draft that isn't complete" 0 op --json order new new-unit --data <(echo '{"unit_name": "缺这缺那公司"}')
gap=$(jq -r .order "$work/out")
is "has no application" 1 op print "$gap" application -o "$work/no.pdf"
is "a complete one has, before its documents are there" 0 op print "$draft" application -o "$work/draft.pdf"
truth "with the texts" bash -c 'pdftotext "$1" - | grep -q "电子认证服务协议"' - "$work/draft.pdf"

# to a printer
is "no printer is named" 3 op print "$order" acceptance
says "says where" "certdesk.yaml"
echo 'printer: office' >>"$site/certdesk.yaml"
mkdir "$work/bin"
printf '#!/bin/sh\nprintf "%%s|" "$@" >"%s/args"\ncat >"%s/spooled"\n' "$work" "$work" >"$work/bin/lp"; chmod +x "$work/bin/lp"
is "a printer" 0 env PATH="$work/bin:$PATH" "$CERTDESK_BUILD/certdesk" -C "$site" --json print "$order" acceptance
truth "got the document" bash -c 'head -c 5 "$1/spooled" | grep -q %PDF- && grep -qF -- "-d|office|-t|certdesk" "$1/args"' - "$work"
truth "and is named" jq -e '.printer == "office" and .file == null' "$work/out"
printf '#!/bin/sh\necho "lp: Error - 打印机停用" >&2\nexit 1\n' >"$work/bin/lp"
is "a printer that refuses" 3 env PATH="$work/bin:$PATH" "$CERTDESK_BUILD/certdesk" -C "$site" print "$order" acceptance
says "with its own words" "打印机停用"
rm "$work/bin/lp"
is "no lp" 3 env PATH="$work/bin" "$CERTDESK_BUILD/certdesk" -C "$site" print "$order" acceptance
says "names the package" "cups-client"
is "what failed doesn't count" 0 op --json print "$order"
truth "three papers" jq -e '.[] | select(.kind == "acceptance") | .printed == 3' "$work/out"

# papers are set by a program of its own
truth "certdesk itself is linked with no Pango" bash -c '! ldd "$1" | grep -qE "pango|cairo"' - "$CERTDESK_BUILD/certdesk"
mkdir "$work/alone" && cp "$CERTDESK_BUILD/certdesk" "$work/alone/"
alone() { env CERTDESK_SHARE="$here" "$work/alone/certdesk" -C "$site" "$@"; }
is "without it nothing is printed" 4 alone print "$order" receipt -o "$work/no.pdf"
says "and it is named" "certdesk-paper"
truth "no file was left then" test ! -e "$work/no.pdf"
is "doctor finds it missing" 0 alone doctor
says "and names it" "certdesk-paper"
mkdir -p "$work/libexec/certdesk" && cp "$CERTDESK_BUILD/certdesk-paper" "$work/libexec/certdesk/"
is "it is found in libexec too" 0 alone print "$order" receipt -o "$work/elsewhere.pdf"
truth "and made the paper" bash -c 'head -c 5 "$1" | grep -q %PDF-' - "$work/elsewhere.pdf"
printf '#!/bin/sh\necho no paper\n' >"$work/alone/certdesk-paper"; chmod +x "$work/alone/certdesk-paper"
is "what it says is not believed" 4 alone print "$order" receipt -o "$work/no.pdf"
printf '#!/bin/sh\nkill -9 $$\n' >"$work/alone/certdesk-paper"
is "nor that it was killed" 4 alone print "$order" receipt -o "$work/no.pdf"
truth "no file was left by these" test ! -e "$work/no.pdf"
is "by itself it does nothing" 2 script -qec "$CERTDESK_BUILD/certdesk-paper" /dev/null

# templates are definitions
mkdir -p "$work/share/reports" && cp -R "$here/forms" "$work/share/" && cp -R "$here/reports" "$work/share/"
sed -i 's/\${paid_words}/${payd_words}/; s/type: sign/type: sing/' "$work/share/forms/print/receipt.yaml"
line() { grep -nF "$1" "$work/share/forms/print/receipt.yaml" | cut -d: -f1; }
is "what is shipped has none" 0 desk conf check
is "conf check finds mistakes of a template" 4 env CERTDESK_SHARE="$work/share" "$CERTDESK_BUILD/certdesk" -C "$site" conf check
says "with file and line" "forms/print/receipt.yaml:$(line payd_words): "
says "each of them" "forms/print/receipt.yaml:$(line sing): "
is "nothing is printed by it" 4 env CERTDESK_SHARE="$work/share" "$CERTDESK_BUILD/certdesk" -C "$site" print "$order" receipt -o "$work/no.pdf"
sed -i 's/\${unit_name:46}/${unit_nome:46}/' "$work/share/forms/print/seal-sample.yaml"
cp "$here/forms/print/receipt.yaml" "$work/share/forms/print/"
is "a form's field that isn't there" 4 env CERTDESK_SHARE="$work/share" "$CERTDESK_BUILD/certdesk" -C "$site" conf check
says "is named" 'unit_nome'
mkdir -p "$work/tests/bin" && cp "$CERTDESK_BUILD"/certdesk "$CERTDESK_BUILD"/certdesk-paper "$work/tests/bin/"
is "the program finds its helper wherever both lie" 0 env CERTDESK_SHARE="$CERTDESK_BUILD/share" "$work/tests/bin/certdesk" -C "$site" \
	--user op1 --password-file "$work/pw" print - seal-sample -o "$work/there.pdf"
is "the journal verifies" 0 as au1 audit verify
done_testing
