#!/usr/bin/env bash
# The house: which folder may include which, where libraries may be used, no SQL in C, no file that grew too long.
set -u
cd "$(dirname "$0")/../../.."
n=0 bad=0
check() { # NAME OUTPUT: right when there is no output
	n=$((n + 1))
	if [ -z "$2" ]; then echo "ok $n - $1"; else bad=1; echo "not ok $n - $1"; printf '%s\n' "$2" | head -20 | sed 's/^/# /'; fi
}
may() { # FOLDER "ALLOWED …": includes of src/FOLDER that name another folder
	local allowed; allowed=$(printf '%s|' $2); allowed=${allowed%|}
	check "src/$1 includes only: $2" "$(grep -nE '#include "[a-z]+/' -r "src/$1" | grep -vE "#include \"($1|$allowed)/" )"
}
may base "base"
may rules "base"
may store "base"
may token "base"
may picture "base"
may sheet "base"
may notify "base"
may ca "base"
may pay "base"
may net "base"
may report "base rules store"
may print "base rules"
may desk "base rules store token ca pay net notify picture report print sheet"
may sync "base rules store net desk"
may ui "base rules picture desk token sync"
may cli "base rules desk ui sync"
layered() { # FOLDER: which file of it calls which, in some order from the top down
	check "src/$1: no file stands on itself by way of others" "$(objects=$(ls src/"$1"/*.c | sed 's/c$/o/'); cd "${CERTDESK_BUILD:?}" && nm -A $objects |
		awk '{ split($1, at, ":") } $2 == "U" { calls[at[1], $3] } $2 ~ /[TDRB]/ { of[$3] = at[1] }
		END { for (c in calls) { split(c, pair, SUBSEP); if (pair[2] in of && of[pair[2]] != pair[1]) print pair[1], of[pair[2]] } }' | sort -u | tsort 2>&1 >/dev/null)"
}
for folder in base rules store token picture sheet notify ca pay net report print desk sync hub cli; do layered $folder; done
only() { # LIBRARY'S HEADER, FOLDER
	check "<$1> only in $2" "$(grep -rnE "#include <$1" src | grep -vE "^$2[/:]")"
}
only '(n?curses|ncursesw/.*)\.h' src/ui
only 'yajl/' 'src/base/json_read.c'
only 'sqlite3\.h' '(src/store|src/hub/db_sqlite.c)'
only 'libpq-fe\.h' 'src/hub/db_pg.c'
only '(PCSC/)?winscard\.h' src/token
only 'xlsxwriter\.h' src/report
only '(pango|cairo)' src/print
only 'qrencode\.h' src/print
only '(expat|unzip)\.h' src/sheet
only 'curl/' '(src/net|src/hub/files_s3.c)'
only '(jpeglib|png|gif_lib|chafa)\.h' src/picture
# a row by its table's name is put together from the schema (replica.c), and a database is asked for its own (db_pg.c)
check "no SQL in C" "$(grep -rnE '"[^"]*\b(SELECT .* FROM|INSERT INTO|UPDATE [a-z_]+ SET|DELETE FROM)\b' src --include='*.c' --include='*.h' | grep -vE '^src/(store/replica|hub/db_pg)\.c:')"
check "no file over 700 lines" "$(find src tools -name "*.[ch]" -exec wc -l {} + | awk '$2 != "total" && $1 > 700')"
check "no error that nothing says" "$(comm -23 <(sed -nE 's/^ERR\(([A-Z0-9_]+),.*/\1/p' src/base/errors/*.def | sort) \
	<(grep -rhoE '\bERR_[A-Z0-9_]+' src --include='*.[ch]' --include='*.def' | sed 's/^ERR_//' | sort -u))"
# What a test alone may call: the walk over a table, the database's word on every statement, a disk that is full.
for_tests="db_check_statements hub_option_name journal_table key_move_at messages_count messages_id store_limit_pages"
# The driver's interface as the design has it.
of_the_design="token_import token_reset"
# An external function that no other object refers to is called by its own file, and by a test or a tool besides; else it is static, or gone.
outside() { # FUNCTION OBJECT
	local file; file=$(grep -lE "^[a-z].*\b$1\(" src/*/"${2%.o}.c")
	if [ "$(grep -cw "$1" "$file")" = 1 ]; then grep -rqw "$1" tools --include='*.c' || echo "$file: nothing calls $1"
	else grep -rqw "$1" tests tools --include='*.[ch]' || echo "$file: $1 can be static"; fi
}
check "no function that no program calls" "$(nm -A "${CERTDESK_BUILD:?}"/libcertdesk.a "$CERTDESK_BUILD"/src/main*.o |
	awk '$2 == "U" { used[$3] = 1 } $2 == "T" { split($1, at, ":"); of[$3] = at[2] } END { for (f in of) if (f != "main" && !(f in used)) print f, of[f] }' |
	grep -vE "^(${for_tests// /|}|${of_the_design// /|}) " | sort | while read -r f object; do outside "$f" "$object"; done)"
check "every module's header has its contract" "$(for h in src/*/*.h; do head -1 "$h" | grep -q '^/\*' || echo "$h"; done)"
# src/ui/plain.c leaves commands named in brackets out of the screens, by the names of their groups.
groups=$("$CERTDESK_BUILD"/certdesk --help | sed -nE 's/^  ([a-z]+) [a-z].*/\1/p' | sort -u | paste -sd'|')
check "every command that a sentence names in brackets stays out of the screens" "$(grep -rhoE "（($groups) [a-z]+" src --include='*.def' --include='*.c' |
	sed -E 's/^（([a-z]+) .*/\1/' | sort -u | while read -r group; do grep -qF "\"$group \"" src/ui/plain.c || echo "$group"; done)"
check "names of prices and documents fit their columns on the screen" "$(python3 -c '
import csv, unicodedata
def width(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
for table in "prices", "documents":
    for row in csv.DictReader(open("forms/tables/%s.csv" % table)):
        if width(row["en"]) > 30 or width(row["zh"]) > 24:
            print(table, row["zh"], row["en"])')"
echo "1..$n"
exit $bad
