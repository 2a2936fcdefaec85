#!/usr/bin/env bash
# Working days and deadlines by commands: the calendar's table, due dates, tick, doctor, the report.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/../lib/desk.sh"
site_make op1:operator mg1:manager mg2:manager
today=$(TZ=Asia/Shanghai date +%F) year=$(TZ=Asia/Shanghai date +%Y)

is "the tables are listed" 0 as mg1 --json table list
truth "calendar and deadlines among them" jq -e '[.[].name] | index("calendar") and index("deadlines")' "$work/out"
is "the calendar is exported" 0 as mg1 table export calendar
cp "$work/out" "$work/calendar.csv"
truth "make-up days and holidays" grep -q '^2026-02-14,workday,' "$work/calendar.csv"
truth "the Spring Festival" grep -q '^2026-02-17,holiday,春节,' "$work/calendar.csv"
is "an operator imports none" 1 as op1 table import calendar "$work/calendar.csv" --from "$today"
is "two managers, two persons" 1 as mg1 table import calendar "$work/calendar.csv" --from "$today"
second=(--with mg2 --with-password-file "$work/pw")
printf 'date,kind,zh,en\n%s-02-30,holiday,节,feast\n' "$year" >"$work/bad.csv"
is "a day that isn't is refused" 1 as mg1 "${second[@]}" table import calendar "$work/bad.csv" --from "$today"
says "with its line" "bad.csv:2"
printf 'date,kind,zh,en\n%s-02-03,feast,节,feast\n' "$year" >"$work/bad.csv"
is "an unknown kind too" 1 as mg1 "${second[@]}" table import calendar "$work/bad.csv" --from "$today"
is "no file" 1 as mg1 "${second[@]}" table import calendar "$work/none.csv" --from "$today"
is "a date that isn't" 2 as mg1 "${second[@]}" table import calendar "$work/calendar.csv" --from 2026-13-01

# the year that is now, wholly known, and the next
printf 'date,kind,zh,en\n%s-01-01,holiday,元旦,New Year\n%s-01-04,workday,补班,made up\n%s-01-01,holiday,元旦,New Year\n%s-01-04,workday,补班,made up\n' \
	"$year" "$year" $((year + 1)) $((year + 1)) >"$work/mine.csv"
is "a calendar is imported" 0 as mg1 "${second[@]}" --json table import calendar "$work/mine.csv" --from "$today"
truth "four rows" jq -e '.rows == 4' "$work/out"
is "and exported as it came" 0 as mg1 table export calendar
truth "the same" cmp "$work/out" "$work/mine.csv"
is "doctor knows the year" 0 desk --json doctor
truth "nothing to mend" jq -e '[.[] | select(.what == "工作日历" or .what == "working days")][0].state == "good"' "$work/out"
printf 'date,kind,zh,en\n2001-01-01,holiday,元旦,New Year\n' >"$work/old.csv"
is "a calendar of another year" 0 as mg1 "${second[@]}" table import calendar "$work/old.csv" --from "$today"
is "doctor warns" 0 desk --json doctor
truth "and says how" jq -e '[.[] | select(.what == "工作日历" or .what == "working days")][0] | .state == "warning" and (.mend | contains("table import calendar"))' "$work/out"

is "tick counts late ones" 0 desk --json tick
truth "none yet" jq -e '.late == 0' "$work/out"
is "the report of deadlines" 0 as mg1 --json report deadlines --date "$today" --to "$today" -o "$work/d.xlsx"
truth "three sheets" jq -e '.sheets == 3' "$work/out"
truth "is a workbook" test -s "$work/d.xlsx"
is "not for operators" 1 as op1 report deadlines --date "$today" -o "$work/d2.xlsx"
is "from a day that isn't" 2 as mg1 report deadlines --date 2026-02-30 -o "$work/d2.xlsx"
is "backwards" 2 as mg1 report deadlines --date "$today" --to 2001-01-01 -o "$work/d2.xlsx"
truth "nothing half-written" test ! -e "$work/d2.xlsx"
done_testing
