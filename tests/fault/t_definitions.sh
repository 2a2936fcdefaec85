#!/usr/bin/env bash
# Definitions that are wrong or half-written: each mistake is named with its file and line, and the site stays as it was. TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/lib.sh"
staffed || exit 1
order=$(order_at signed) || exit 1
remember

# the site's configuration
config=$site/certdesk.yaml; cp "$config" "$work/good.yaml"
configured() { # NAME WORD TEXT: certdesk.yaml with that text after what is right
	{ cat "$work/good.yaml"; printf '%b' "$3"; } >"$config"
	met "$1" 4 "$2" op order list
	cp "$work/good.yaml" "$config"
}
configured "an unknown option" "certdesk.yaml:3" 'pin_digit: 8\n'
says "names the nearest" pin_digits
configured "an option twice" "certdesk.yaml:4" 'pin_digits: 8\npin_digits: 7\n'
configured "an option twice, and what is wrong beside it" "certdesk.yaml:4" 'pin_digits: 8\npin_digits: 7\nphoen: 1\n'
says "names that too" "certdesk.yaml:5"
configured "a number that is none" "certdesk.yaml:3" 'pin_digits: many\n'
configured "a number out of range" "certdesk.yaml:3" 'pin_digits: 4\n'
configured "a list where a number belongs" "certdesk.yaml:3" 'pin_digits: [1, 2]\n'
configured "a text cut in its middle" "certdesk.yaml:" 'phone: "010-'
configured "tabs for blanks" "certdesk.yaml:" 'a:\n\tb: 1\n'
configured "bytes that are not UTF-8" "certdesk.yaml" 'phone: \0377\0376\n'
configured "a zero byte" "certdesk.yaml" 'phone: a\0000b\n'
configured "escape sequences" "certdesk.yaml" 'phone: "\\e[31m"\na\033[31mb: 1\n'
configured "two documents" "certdesk.yaml" '---\nphone: "1"\n'
configured "an alias to itself" "certdesk.yaml" 'phone: &a [*a]\n'
configured "two mistakes: the first" "certdesk.yaml:3" 'pin_digits: 4\nidle: 1\n'
says "and the second" "certdesk.yaml:4"
python3 -c 'print("phone: " + "[" * 200000)' >>"$config"
met "endless nesting" 4 certdesk.yaml op order list
python3 -c '
print("a0: &a0 [x]")
for i in range(1, 40): print("a%d: &a%d [%s]" % (i, i, ", ".join(["*a%d" % (i - 1)] * 9)))' >"$config"
met "a thousand laughs" 4 certdesk.yaml timeout 20 "$CERTDESK_BUILD/certdesk" -C "$site" --user op1 --password-file "$work/pw" order list
truncate -s 64M "$config"
met "64 MB of zeros" 4 certdesk.yaml op order list
rm "$config"; mkdir "$config"
met "a directory" 4 certdesk.yaml op order list
rmdir "$config"; cp -a "$work/good.yaml" "$config"
kept "a wrong configuration changes nothing"

# what is shipped: a copy of it, with one file spoilt at a time
mkdir "$work/share" && cp -rL "$CERTDESK_BUILD/share/." "$work/share/"
export CERTDESK_SHARE=$work/share
is "the copy serves" 0 op order list
spoilt() { # NAME FILE STATUS WORD HOW COMMAND …: HOW is a Python expression over the file's text t
	local name=$1 file=$work/share/$2 want=$3 word=$4 how=$5
	shift 5
	cp "$file" "$work/kept"
	python3 - "$file" "$how" <<'PY'
import sys
t = open(sys.argv[1], encoding="utf-8").read()
made = eval(sys.argv[2])
open(sys.argv[1], "wb").write(made if isinstance(made, bytes) else made.encode())
PY
	met "$name" "$want" "$word" "$@"
	is "$name: conf check tells too" 4 program conf check
	cp "$work/kept" "$file"
}
half='t[:len(t) // 2].rsplit(":", 1)[0] + ": \"half"'
new="op order new new-unit --data $work/unit.json"
spoilt "a half-written form" forms/new-unit.yaml 4 "new-unit.yaml:" "$half" $new
spoilt "an empty form" forms/new-unit.yaml 4 "new-unit.yaml" '""' $new
spoilt "a form with an unknown type" forms/new-unit.yaml 4 "new-unit.yaml:" 't.replace("type: select_one", "type: select_on", 1)' $new
spoilt "a form with a key twice" forms/new-unit.yaml 4 "重复了" 't.replace("type: select_one", "type: select_on\n        type: select_one", 1)' $new
says "and the type that isn't known" "select_on”"
spoilt "a form of bytes" forms/new-unit.yaml 4 "new-unit.yaml" 'bytes(range(256)) * 9' $new
spoilt "a form whose condition is half" forms/new-unit.yaml 4 "new-unit.yaml:" 't.replace("relevant: ", "relevant: (", 1)' $new
spoilt "a code table cut in a row" forms/codes/media.tsv 4 "media.tsv:" 't.rstrip()[:-3].rsplit("\t", 1)[0]' $new
spoilt "a code table of bytes" forms/codes/media.tsv 4 "media.tsv" 'bytes(range(256)) * 9' $new
truth "the order is as it was" test "$(where "$order")" = awaiting-payment
spoilt "half-written messages" forms/texts/messages.tsv 4 "messages.tsv:" 't[:t.index("sign-code") + 30]' op sign "$(order_at complete)" --send
spoilt "messages of bytes" forms/texts/messages.tsv 4 "messages.tsv" 'bytes(range(256)) * 9' op sign "$(order_at complete)" --send
printf '日期,金额\n2026-11-22,1.00\n' >"$work/bank.csv"
spoilt "half-written bank formats" forms/tables/statements.tsv 4 "statements.tsv:" 't.rstrip().rsplit("\t", 1)[0]' op statement import "$work/bank.csv"
spoilt "bank formats of bytes" forms/tables/statements.tsv 4 "statements.tsv" 'bytes(range(256)) * 9' op statement import "$work/bank.csv"
approved=$(order_at approved)
remember
spoilt "half-written certificate profiles" forms/tables/profiles.yaml 4 "profiles.yaml:" "$half" as is1 issue "$approved" --serial 10000001
spoilt "profiles of bytes" forms/tables/profiles.yaml 4 "profiles.yaml" 'bytes(range(256)) * 9' as is1 issue "$approved" --serial 10000001
kept "nothing is issued by half"
rm -r "$work/share/forms/texts"
met "no texts at all" 4 "texts" op sign "$(order_at complete)" --send
CERTDESK_SHARE=$work/none met "no definitions at all" 4 "none" op order new new-unit
unset CERTDESK_SHARE
sound "with the right ones"
done_testing
