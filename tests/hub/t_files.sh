#!/usr/bin/env bash
# Files through the real nginx: sent whole and in parts, resumed where a line was cut, never longer or other than they said, given back
# in ranges to who may have them; and how much one address may ask. Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); elsewhere=; trap '[ -z "$elsewhere" ] || rm -rf "$elsewhere"; hub_kill; [ -z "${slow_pids-}" ] || kill $slow_pids 2>/dev/null; rm -rf "$work"' EXIT
. "$(dirname "$0")/../lib/desk.sh"
. "$(dirname "$0")/../lib/hub.sh"
hub_make >/dev/null && hub_serve --workers 3 || exit 1
for site in 110114-01 110114-02 110114-03; do
	hub enrol $site --kind counter >"$work/out" && site_keys $site && site_join $site "$(code_of)" >/dev/null || exit 1
done
head -c 3000000 /dev/urandom >"$work/scan"; size=3000000
digest=sha256:$(sha256sum "$work/scan" | cut -d' ' -f1); at=/v1/files/$digest
header() { # NAME: of the last answer's head
	tr -d '\r' <"$work/head" | sed -n "s/^$1: //Ip"
}
put() { ask PUT "$at" 110114-01 -H "Upload-Length: $size" "$@"; }
offset() { ask HEAD "$at" 110114-01 -D "$work/head" >"$work/status"; [ "$(cat "$work/status")" = 204 ] && header Upload-Offset; }

answers "not begun" 404 HEAD "$at" 110114-01
head -c 1000000 "$work/scan" >"$work/first"
truth "the first million bytes" [ "$(put --data-binary @"$work/first")" = 204 ]
truth "are there" [ "$(offset)" = 1000000 ]
truth "and how long it gets" [ "$(header Upload-Length)" = 3000000 ]
answers "at another offset" 409 PUT "$at" 110114-01 -H "Upload-Length: $size" -H "Upload-Offset: 5" --data-binary @"$work/first"
truth "is told so" jq -e '.error == "offset"' "$work/out"
tail -c +1000001 "$work/scan" >"$work/rest"
ask PUT "$at" 110114-01 -H "Upload-Length: $size" -H "Upload-Offset: 1000000" --data-binary @"$work/rest" --limit-rate 1M --max-time 0.7 >"$work/status" || true
grown() { now=$(offset) && [ "$now" -gt 1000000 ] && [ "$now" -lt 3000000 ]; }
truth "a line that is cut within: what came is kept" until_true grown
still() { local before; before=$(offset); [ "$(offset)" = "$before" ]; }
until_true still
have=$(offset)
hub_kill
hub_serve --workers 3 || exit 1
truth "also when headquarters is killed" [ "$(offset)" = "$have" ]
tail -c +$((have + 1)) "$work/scan" >"$work/rest"
truth "the rest from there" [ "$(put -H "Upload-Offset: $have" --data-binary @"$work/rest")" = 201 ]
truth "it lies there as it was sent" cmp "$work/scan" "$hub_dir/files/110114-01/$(echo "$digest" | cut -c8-9)/${digest#sha256:}"
answers "another site has not sent it" 404 HEAD "$at" 110114-02
answers "nor gets it" 404 GET "$at?of=110114-01" 110114-02
answers "nor by a path" 404 GET "/stored/110114-01/$(echo "$digest" | cut -c8-9)/${digest#sha256:}" 110114-02
answers "nor with a climb" 404 GET "/v1/files/../../stored/x" 110114-02 --path-as-is
sqlite3 "$hub_dir/hub.db" "INSERT INTO custody_file (receiver, site, digest, order_no) VALUES ('110114-02', '110114-01', '$digest', 'X')"
answers "the receiver of its order does" 200 GET "$at?of=110114-01" 110114-02
truth "whole" cmp "$work/out" "$work/scan"
answers "a part of it" 206 GET "$at?of=110114-01" 110114-02 -r 2999990-
truth "is that part" cmp "$work/out" <(tail -c 10 "$work/scan")
rm -f "$hub_dir/files/110114-01/$(echo "$digest" | cut -c8-9)/${digest#sha256:}"
is "a file that is lost" 4 hub verify
says "is named" "$digest"

# in one piece: no Upload-Offset, and short
piece() { # NAME BYTES: a file of so many, its digest in $at and where it lies in $lies
	head -c "$2" /dev/urandom >"$work/$1"; size=$2
	local hex; hex=$(sha256sum "$work/$1" | cut -d' ' -f1)
	at=/v1/files/sha256:$hex lies=110114-01/${hex:0:2}/$hex
}
piece piece 150000
truth "a short file in one piece" [ "$(put --data-binary @"$work/piece")" = 201 ]
truth "lies there as it was sent" cmp "$work/piece" "$hub_dir/files/$lies"
truth "is nobody else's to read" [ "$(stat -c %a "$hub_dir/files/$lies")" = 600 ]
truth "has come whole" [ "$(offset)" = 150000 ]
truth "and again" [ "$(put --data-binary @"$work/piece")" = 201 ]
truth "leaves nothing behind" [ -z "$(find "$hub_dir/run/body" -type f)" ]
answers "not without a certificate" 403 PUT "$at" "" -H "Upload-Length: $size" --data-binary @"$work/piece"
answers "its place has no name outside" 404 PUT "/one-piece/${at#/v1/files/}" 110114-01 -H "Upload-Length: $size" --data-binary @"$work/piece"
sqlite3 "$hub_dir/hub.db" "DELETE FROM file WHERE digest = '${at#/v1/files/}'"
truth "is found where the database has lost it" [ "$(offset)" = 150000 ]
piece longest 250000
truth "the longest that goes in one piece" [ "$(put --data-binary @"$work/longest")" = 201 ]
truth "lies there too" cmp "$work/longest" "$hub_dir/files/$lies"
for bytes in 259999 260000 262145; do
	piece long $bytes
	truth "$bytes bytes" [ "$(put --data-binary @"$work/long")" = 201 ]
	truth "lie there" cmp "$work/long" "$hub_dir/files/$lies"
done
piece nothing 0
truth "nothing at all" [ "$(put --data-binary @"$work/nothing")" = 201 ]
piece cut 100000
ask PUT "$at" 110114-01 -H "Upload-Length: $size" -H "Upload-Offset: 0" --data-binary @"$work/cut" --limit-rate 50k --max-time 0.7 >"$work/status" || true
came() { now=$(offset) && [ "$now" -gt 0 ] && [ "$now" -lt 100000 ]; }
truth "with an offset, what came of a short one is kept" until_true came
until_true still
have=$(offset); tail -c +$((have + 1)) "$work/cut" >"$work/rest"
truth "and it goes on from there" [ "$(put -H "Upload-Offset: $have" --data-binary @"$work/rest")" = 201 ]
truth "to the whole" cmp "$work/cut" "$hub_dir/files/$lies"

printf 'abc' >"$work/other"; size=3 at=/v1/files/sha256:$(printf 'abd' | sha256sum | cut -d' ' -f1)
truth "another content than its digest" [ "$(put --data-binary @"$work/other")" = 422 ]
answers "is forgotten" 404 HEAD "$at" 110114-01
truth "more than was announced" [ "$(size=2; put --data-binary @"$work/other")" != 201 ]
size=$((64 << 20)); truth "more than a file may have" [ "$(size=$((size + 1)); put --data-binary @"$work/other")" = 413 ]
truncate -s $(((64 << 20) + 1)) "$work/huge"
answers "or than a body may have" 413 PUT "$at" 110114-01 -H "Upload-Length: $size" --data-binary @"$work/huge"
truth "says so" jq -e '.error == "size"' "$work/out"
head -c 9000000 /dev/zero >"$work/long"
answers "a journal that is too long" 413 POST /v1/journal 110114-01 --data-binary @"$work/long"
truth "says so too" jq -e '.error == "size"' "$work/out"
gzip -9 <"$work/long" >"$work/long.gz"
answers "or that gets too long" 413 POST /v1/journal 110114-01 -H 'Content-Encoding: gzip' --data-binary @"$work/long.gz"
answers "a place that isn't one, with a certificate" 404 GET /v1/nothing 110114-01
# slow lines: more uploads that wait for their next byte than there are workers for anything else
cat >"$work/slow.py" <<'PY'
import ssl, socket, sys, time
port, root, cert, key, path = sys.argv[1:]
c = ssl.create_default_context(cafile=root); c.load_cert_chain(cert, key)
held = []
for i in range(8):
    s = c.wrap_socket(socket.create_connection(("localhost", int(port))), server_hostname="localhost")
    s.sendall(f"PUT {path}{i:02d} HTTP/1.1\r\nHost: localhost\r\nUpload-Length: 1000000\r\nContent-Length: 1000000\r\n\r\n".encode() + b"x" * 1000)
    held.append(s)
print("held", flush=True)
time.sleep(600)
PY
slow_pids=
for site in 110114-01 110114-02; do
	python3 "$work/slow.py" "$hub_port" "$hub_dir/keys/root.pem" "$work/sites/$site/tls.pem" "$work/sites/$site/tls.key" "/v1/files/sha256:$(head -c 62 /dev/zero | tr '\0' a)" >"$work/held.$site" &
	slow_pids="$slow_pids $!"
	until_true grep -q held "$work/held.$site"
done
begun() { [ "$(sqlite3 "$hub_dir/hub.db" "SELECT count(*) FROM file WHERE size = 1000000")" = "$1" ]; }
truth "eight slow uploads are under way" until_true begun 8
answers "and nobody else waits for them" 200 POST /v1/time 110114-02 --data '{}' --max-time 3
truth "no site has more than a fourth of the workers for files" [ "$(sqlite3 "$hub_dir/hub.db" "SELECT max(n) FROM (SELECT count(*) AS n FROM file WHERE size = 1000000 GROUP BY site)")" = 4 ]
piece more 300000
answers "one of them is told to wait with more" 429 PUT "$at" 110114-01 -H "Upload-Length: $size" --data-binary @"$work/more" --max-time 3
truth "another site's files come in meanwhile" [ "$(ask PUT "$at" 110114-03 -H "Upload-Length: $size" --data-binary @"$work/more" --max-time 10)" = 201 ]
kill $slow_pids; wait $slow_pids 2>/dev/null; slow_pids=
truth "a head has its time" grep -q 'client_header_timeout 15s' "$hub_dir/run/nginx.conf"
truth "and so has each byte of a body" grep -q 'client_body_timeout 60s' "$hub_dir/run/nginx.conf"
answers "a head of many fields that is too long" 400 GET /v1/head 110114-01 $(for i in 1 2 3 4 5 6; do echo "-H X-$i:$(head -c 7000 /dev/zero | tr '\0' x)"; done)
answers "a head that is too long" 414 GET "/v1/head?$(head -c 12000 /dev/zero | tr '\0' x)" 110114-01
hub_stop

# files on another filesystem: what is in one piece goes there by a copy
if [ -w /dev/shm ] && [ "$(stat -f -c %T /dev/shm)" != "$(stat -f -c %T "$hub_dir")" ]; then
	elsewhere=$(mktemp -d /dev/shm/t_files.XXXXXX)
	cp "$hub_dir/hub.yaml" "$work/hub.yaml"
	echo "files: \"$elsewhere\"" >>"$hub_dir/hub.yaml"
	hub_serve || exit 1
	piece far 100000
	truth "a file for another filesystem" [ "$(put --data-binary @"$work/far")" = 201 ]
	truth "lies there as it was sent" cmp "$work/far" "$elsewhere/$lies"
	truth "and nowhere else" [ -z "$(find "$hub_dir/run/body" "$elsewhere" -type f ! -path "*/$lies")" ]
	hub_stop
	rm -rf "$elsewhere"; cp "$work/hub.yaml" "$hub_dir/hub.yaml"
fi

# limits for one address
echo 'requests_a_second: 1' >>"$hub_dir/hub.yaml"
hub_serve || exit 1
slow() { [ "$(ask GET /v1/health)" = 429 ]; }
truth "too many requests from one address" until_true slow
truth "says when to try again" jq -e '.error == "slow" and .retry == 1' "$work/out"
hub_stop
done_testing
