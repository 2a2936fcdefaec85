# What the tests of faults share: a site with orders where a test wants them, and the verdicts on a command that meets a
# fault. Sourced, not run, after $work is made; brings ../lib/desk.sh with it.
#   staffed                       a site with op1, rv1, is1, mg1, au1 and keys 10000001 … 10000003 in stock; op1 logged in
#   op CMD …                      op, without another login
#   order_at STATUS               brings a new unit order there (draft complete signed paid claimed approved); prints its number
#   fork_site NAME                a copy of the site as it stands under $work/NAME, which becomes $site; `back` returns
#   met NAME STATUS WORD CMD …    ends with STATUS, prints nothing on standard output, and a sentence with WORD on standard error
#   kept NAME                     since `remember`: no row and no file of the site has changed
#   sound NAME                    the journal verifies, every document is there whole, nothing else lies about
. "$(dirname "${BASH_SOURCE[0]}")/../lib/desk.sh"
home=$site
document_kinds="business-licence agent-id-head agent-id-emblem seal-sample legal-authorisation"

staffed() {
	site_make op1:operator rv1:reviewer is1:issuer mg1:manager au1:auditor || return
	printf 'serial,medium\n1000000%s,UKEY-RS\n' 1 2 3 | awk 'NR == 1 || !/serial/' >"$work/stock.csv"
	as is1 key receive "$work/stock.csv" >/dev/null
	unit_json >"$work/unit.json"
	desk login op1 --password-file "$work/pw" >/dev/null || return # in this terminal session, also in copies: scrypt takes its time
	picture >"$work/scan.png"
}
op() { desk "$@"; }
code_sent() { # ORDER: the code of the newest message that names it; messages are files in the order of their names
	local f; f=$(grep -lF -e "$1" "$site"/outbox/sms/*.json | tail -n 1) && jq -er .text "$f" | grep -oE '验证码[^0-9]*[0-9]{6}' | grep -oE '[0-9]{6}$'
}
due() { op --json order show "$1" | jq -er .amount; }
where() { op --json order show "$1" | jq -er .status; }
order_at() {
	local o kind have data=$work/unit.json
	have=$(sqlite3 "$site/certdesk.db" 'SELECT count(*) FROM orders')
	[ ! -e "$work/complete" ] || have=$((have + $(wc -l <"$work/complete"))) # they will be signed
	[ "$1" != complete ] || echo one >>"$work/complete"
	if [ "$have" -gt 0 ] && cmp -s "$data" <(unit_json); then # a unit has one main key
		data=$work/unit-$have.json
		other_unit_json "$have" >"$data"
	fi
	o=$(op --json order new new-unit --data "$data" | jq -er .order) || return
	[ "$1" != draft ] && for kind in $document_kinds; do op attach "$o" "$kind" "$work/scan.png" >/dev/null || return; done
	case $1 in draft | complete) echo "$o"; return ;; esac
	{ op sign "$o" --send && op sign "$o" --code "$(code_sent "$o")"; } >/dev/null || return
	[ "$1" = signed ] || op pay "$o" --method cash --receipt "R$o" --amount "$(due "$o")" >/dev/null || return
	case $1 in claimed | approved) as rv1 review claim "$o" >/dev/null || return ;; esac
	[ "$1" != approved ] || as rv1 review approve "$o" >/dev/null || return
	echo "$o"
}
# Copies keep the store key's absolute path.
fork_site() { rm -rf "${work:?}/$1"; cp -a "$home" "$work/$1"; site=$work/$1; }
back() { site=$home; }

met() {
	local name=$1 want=$2 word=$3 rc=0 why=
	shift 3
	"$@" >"$work/out" 2>"$work/err" </dev/null || rc=$?
	[ "$rc" = "$want" ] || why="status $rc, not $want"
	[ ! -s "$work/out" ] || why="$why; output"
	grep -qF -e "$word" "$work/err" || why="$why; no “$word”"
	! grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' "$work/err" || why="$why; control characters"
	iconv -f UTF-8 -t UTF-8 "$work/err" >/dev/null 2>&1 || why="$why; not UTF-8"
	[ "$(wc -c <"$work/err")" -lt 4000 ] || why="$why; endless"
	if [ -z "$why" ]; then report "$name" 1; else report "$name ($why)" 0; fi
}
# Rows are compared by their content: a checkpoint may move them between files. Sessions and tries come and go by themselves.
contents() {
	sqlite3 "$site/certdesk.db" .dump | grep -avE '^INSERT INTO (session|attempt|login_attempt)'
	(cd "$site" && find . -type f ! -name 'certdesk.db*' ! -name issuing.lock -exec sha256sum {} + | sort -k 2)
}
remember() { contents >"$work/before"; }
kept() { if contents | diff "$work/before" - >"$work/seen" 2>&1; then report "$1" 1; else report "$1" 0; fi; }

verifies() { as au1 audit verify; }
nothing_astray() { # what no document, draft or message names, and what a cut write leaves
	sqlite3 "$site/certdesk.db" 'SELECT file FROM document UNION SELECT file FROM draft_document' | sort -u >"$work/named"
	(cd "$site/files" && find . -type f | tr -d './') | sort >"$work/lying"
	diff "$work/named" "$work/lying" && ! (cd "$site" && find . -name '*.??????' ! -name '*.db-*' -type f | grep -E '\.[A-Za-z0-9]{6}$') &&
		! find "$site" -name '*.json' -path '*/outbox/*' -empty | grep .
}
sound() { truth "$1: the journal verifies" verifies; truth "$1: nothing lies astray" nothing_astray; }

# As the owner of the files but without root's right to pass over their permissions.
plain() {
	if [ "$(id -u)" = 0 ]; then setpriv --inh-caps=-all --bounding-set=-dac_override,-dac_read_search,-fowner "$@"; else "$@"; fi
}
program() { "$CERTDESK_BUILD/certdesk" -C "$site" "$@"; }
as_plain() { local user=$1; shift; plain "$CERTDESK_BUILD/certdesk" -C "$site" --user "$user" --password-file "$work/pw" "$@"; }
