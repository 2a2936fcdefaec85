#!/usr/bin/env bash
# certdesk.conf(5) and certdesk-forms(5) name what the code reads, no more and no less. Prints TAP.
set -u
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
root=$(cd "$(dirname "$0")/../.." && pwd)
number=0
same() { # NAME: the lists $work/code and $work/manual
	number=$((number + 1))
	if [ -s "$work/code" ] && diff "$work/code" "$work/manual" >"$work/diff"; then echo "ok $number - $1"; else
		echo "not ok $number - $1 (< code, > manual)"; sed 's/^/# /' "$work/diff"
	fi
}
# the words of ".It Cm WORD" between two headings
words() { sed -n "/^\.Sh $2/,/^\.Sh /p" "$root/man/$1" | sed -n 's/^\.It Cm \([a-z_]*\).*/\1/p' | sort -u; }

sed -n '/options\[\] = {/,/^};/s/^[[:space:]]*{"\([a-z_]*\)", YAML_.*/\1/p' "$root/src/desk/config.c" | sort -u >"$work/code"
words certdesk.conf.5 OPTIONS >"$work/manual"
same "every option of certdesk.yaml"
rules() { sed -n "/ $1_rules\[\] = {/,/^};/s/.*\.name = \"\([a-z_0-9]*\)\".*/\1/p" "$root/src/rules/form_load.c" | sort -u; }
for part in form section field; do
	rules $part >"$work/code"
	heading=$(echo $part | tr a-z A-Z); [ $part = form ] && heading="THE FORM" || heading=${heading}S
	words certdesk-forms.5 "$heading" >"$work/manual"
	[ $part = field ] && { sed -n '/type_words\[\]/,/NULL/p' "$root/src/rules/form_load.c" | grep -oE '"[a-z_]+"' | tr -d '"' | sort -u - "$work/code" -o "$work/code"; }
	same "every member of a $part"
done
for page in "$root"/man/*; do
	number=$((number + 1))
	if ! command -v man >/dev/null; then echo "ok $number - ${page##*/} # SKIP man-db is not installed"
	elif man -l --warnings=all "$page" 2>&1 >/dev/null | grep -v "can't break line\|cannot break line" | grep -q .; then echo "not ok $number - ${page##*/} is set without warnings"
	else echo "ok $number - ${page##*/} is set without warnings"; fi
done
echo "1..$number"
