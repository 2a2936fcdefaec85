#!/usr/bin/env bash
# The real certdesk-hub with nginx on the loopback: made whole or not at all, certificates and none, codes that work once, a
# revoked site, and nothing that stays when it is killed. Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); trap 'hub_kill; [ -z "${other-}" ] || kill "$other" 2>/dev/null; rm -rf "$work"' EXIT
. "$(dirname "$0")/../lib/desk.sh"
. "$(dirname "$0")/../lib/hub.sh"
h() { "$CERTDESK_BUILD/certdesk-hub" -C "$hub_dir" "$@"; }

# init
is "no headquarters yet" 4 hub status
is "serve without one" 4 hub serve
is "a url that is none" 2 hub init --name 总部 --url http://localhost
is "a url with a path" 2 hub init --name 总部 --url https://localhost/x
is "a port that is none" 2 hub init --name 总部 --url https://localhost:99999
is "a name of control characters" 1 hub init --name "$(printf 'a\033b')" --url https://localhost
is "a database that is none" 4 hub init --name 总部 --url https://localhost --database mysql://x
truth "no directory was made" bash -c '! ls -d "$0"* 2>/dev/null' "$hub_dir"
for kib in 0 1 4 40 100; do
	is "a disk that is full at $kib KiB" 4 bash -c 'trap "" XFSZ; ulimit -f '$kib'; exec "$0" "$@"' "$CERTDESK_BUILD/certdesk-hub" -C "$hub_dir" init --name 总部 --url https://localhost:1
done
truth "leaves nothing" bash -c '! ls -d "$0"* 2>/dev/null' "$hub_dir"
mkdir "$hub_dir"
is "into an empty directory" 0 hub_make
is "not over another" 1 hub init --name 总部 --url "$hub_url"
says "says why" 总部数据已存在
truth "the directory is closed" bash -c '[ "$(stat -c %a "$0")" = 700 ] && [ "$(stat -c %a "$0/keys")" = 700 ]' "$hub_dir"
truth "and every key" bash -c '[ "$(stat -c %a "$0"/keys/*.key "$0"/hub.db "$0"/hub.yaml | sort -u)" = 600 ]' "$hub_dir"
for kind in root tls sign encrypt; do truth "the $kind pair is on P-256" bash -c 'openssl x509 -in "$0.pem" -noout -text | grep -q "ASN1 OID: prime256v1"' "$hub_dir/keys/$kind"; done

# configuration and port
cp "$hub_dir/hub.yaml" "$work/hub.yaml"
echo 'worker: 3' >>"$hub_dir/hub.yaml"
is "an option that is none" 4 hub serve
says "is named with its line" hub.yaml:3
cp "$work/hub.yaml" "$hub_dir/hub.yaml"; echo 'nginx: "/nonexistent/nginx"' >>"$hub_dir/hub.yaml"
is "no nginx" 4 hub serve
says "is said" nginx
cp "$work/hub.yaml" "$hub_dir/hub.yaml"; echo 'listen: "nowhere:x"' >>"$hub_dir/hub.yaml"
is "an address that is none" 4 hub serve
says "is named" nowhere:x
cp "$work/hub.yaml" "$hub_dir/hub.yaml"; echo 'listen: "localhost:443"' >>"$hub_dir/hub.yaml"
is "a name is none either" 4 hub serve
says "says what is" 192.0.2.1:443
cp "$work/hub.yaml" "$hub_dir/hub.yaml"; mv "$hub_dir/hub.db" "$work/hub.db"
is "no database, as where only part of a copy was put back" 4 hub status
says "says what to do" INSTALL
mv "$work/hub.db" "$hub_dir/hub.db"
cp "$work/hub.yaml" "$hub_dir/hub.yaml"
python3 -c 'import socket, sys, time
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("127.0.0.1", int(sys.argv[1]))); s.listen(); time.sleep(600)' "$hub_port" & other=$!
until_true listens
is "a port that is taken" 3 hub serve
says "is named" "$hub_port"
kill "$other"; wait "$other" 2>/dev/null; other=
mv "$hub_dir/keys/sign.key" "$work/sign.key"
is "a key that is missing" 4 hub serve
cp "$hub_dir/keys/encrypt.key" "$hub_dir/keys/sign.key"
is "a key of another pair" 4 hub status
mv "$work/sign.key" "$hub_dir/keys/sign.key"
is "not serving, it says so" 0 hub status
truth "as JSON" jq -e '.serving == false and .stations == []' "$work/out"

# serving
hub_serve --workers 3 || exit 1
truth "a request reached a worker" is_serving
files_are() { hub status | jq -e ".files_trouble$1"; }
truth "status: files can be stored" files_are ' == ""'
mv "$hub_dir/files" "$work/files"
truth "also where their directory is made with the first of them" files_are ' == ""'
echo >"$hub_dir/files"
truth "and not where it is none" files_are ' | contains("hub/files")'
rm "$hub_dir/files"; mv "$work/files" "$hub_dir/files"
is "a second one on the same directory" 1 hub serve
says "is refused" 已在运行
truth "the socket is private" bash -c '[ "$(stat -c %a "$0/run/worker.sock")" = 700 ] || [ "$(stat -c %a "$0/run/worker.sock")" = 600 ]' "$hub_dir"
ends() { # NAME WANTED METHOD PATH BODY [late]: how a worker ends what nginx asks it
	local got; got=$(python3 "$(dirname "$0")/worker.py" "$hub_dir/run/worker.sock" "${@:3}" 2>&1)
	truth "$1 ($got)" [ "$got" = "$2" ]
}
ends "without a body: the connection is closed with the answer" "200 closed" GET /v1/health 0
ends "where the input hasn't ended, it isn't waited for" "200 open" GET /v1/health 0 late
ends "a body that nobody read is taken, and the answer isn't lost" "403 open" POST /v1/time 1
ends "so is a long one" "403 open" POST /v1/time 100000
ends "and one that is on its way" "403 open" POST /v1/time 100000 late
ends "one that was read is at its end" "400 closed" POST /v1/join 10
ends "one that is too long for its route" "413 open" POST /v1/join 150000
answers "the root without a certificate" 200 GET /v1/root
truth "is the root" cmp "$work/out" "$hub_dir/keys/root.pem"
answers "health" 200 GET /v1/health
truth "is ok" grep -qx ok "$work/out"
cp "$hub_dir/keys/crl.pem" "$work/empty.pem"
for path in "POST /v1/time" "GET /v1/head" "POST /v1/journal" "GET /v1/feed?after=0" "POST /v1/renew" "PUT /v1/files/sha256:0" "GET /v1/nothing"; do
	answers "no certificate: $path" 403 ${path%% *} "${path#* }" "" --data ''
	truth "says which: $path" jq -e '.error == "certificate"' "$work/out"
done
answers "another place" 404 GET /
truth "is unknown" jq -e '.error == "unknown"' "$work/out"
is "plain HTTP is no way in" 0 curl -sS --max-time 10 "http://127.0.0.1:$hub_port/v1/health"
truth "no worker answers it" bash -c '! grep -qx ok "$0"' "$work/out"

# enrolment
is "a site of a wrong kind" 2 hub enrol 110114-01 --kind shop
is "a site in no region" 2 hub enrol 110114-01 --kind counter --region 昌平
is "in a region that there isn't" 2 hub enrol 110114-01 --kind counter --region 999999
is "a site with a wrong code" 2 hub enrol '../x' --kind counter
is "a site" 0 hub enrol 110114-01 --kind counter --name 昌平受理点 --region 110114
first=$(code_of)
truth "its code has 42 letters in groups of six" bash -c '[[ "$0" =~ ^([A-Z2-7]{6}-){6}[A-Z2-7]{6}$ ]]' "$first"
is "the same again" 0 hub enrol 110114-01 --kind counter --name 昌平受理点
code=$(code_of)
is "nobody's name" 1 hub site 999999-99 --name x
is "a region that is none" 2 hub site 110114-01 --region 1101
is "another region" 0 hub site 110114-01 --region 110115
truth "that is shown, and the name as before" jq -e '.region == "110115" and .name == "昌平受理点" and .state == "enrolled"' "$work/out"
is "another name" 0 hub site 110114-01 --name 昌平服务大厅
is "both together" 0 hub status
truth "stay" jq -e '.stations[0] | .region == "110115" and .name == "昌平服务大厅"' "$work/out"
is "as they were" 0 hub site 110114-01 --region 110114 --name 昌平受理点
site_keys 110114-01
answers "the code before the newest" 403 POST /v1/join "" --data "$(join_body 110114-01 "$first")"
truth "is no code" jq -e '.error == "code"' "$work/out"
answers "a request that proves nothing" 400 POST /v1/join "" --data "$(join_body 110114-01 "$code" | jq '.sign = "x"')"
answers "a request with another's signature" 400 POST /v1/join "" --data "$(join_body 110114-01 "$code" | jq --arg bad "$(openssl req -in "$work/sites/110114-01/sign.req" -outform DER | python3 -c 'import base64, sys
d = bytearray(sys.stdin.buffer.read()); d[-5] ^= 1; print("-----BEGIN CERTIFICATE REQUEST-----\n" + base64.encodebytes(bytes(d)).decode() + "-----END CERTIFICATE REQUEST-----")')" '.sign = $bad')"
answers "one key for all" 400 POST /v1/join "" --data "$(join_body 110114-01 "$code" | jq '.sign = .tls')"
openssl req -new -newkey rsa:2048 -nodes -keyout "$work/rsa.key" -subj /CN=x -out "$work/rsa.req" 2>/dev/null
answers "an RSA key" 400 POST /v1/join "" --data "$(join_body 110114-01 "$code" | jq --rawfile r "$work/rsa.req" '.tls = $r')"
answers "no JSON" 400 POST /v1/join "" --data 'x'
answers "much too long" 413 POST /v1/join "" --data-binary @<(head -c 200000 /dev/zero)
truth "says so" jq -e '.error == "size"' "$work/out"
truth "nothing joined by those" bash -c '"$0" -C "$1" --json status | jq -e ".stations[0].state == \"enrolled\""' "$CERTDESK_BUILD/certdesk-hub" "$hub_dir"
truth "the right code, in small letters and with spaces" [ "$(site_join 110114-01 "$(echo "$code" | tr 'A-Z-' 'a-z ')")" = 200 ]
truth "names site, kind and headquarters" jq -e '.site == "110114-01" and .kind == "counter" and .hub == "总部"' "$work/out"
for kind in tls sign encrypt; do
	truth "the $kind certificate is headquarters'" openssl verify -CAfile "$hub_dir/keys/root.pem" "$work/sites/110114-01/$kind.pem"
	truth "and names the site" bash -c '[ "$(openssl x509 -in "$0" -noout -subject -nameopt RFC2253)" = "subject=CN=110114-01,O=certdesk" ]' "$work/sites/110114-01/$kind.pem"
done
serials=$(for kind in tls sign encrypt; do openssl x509 -in "$work/sites/110114-01/$kind.pem" -noout -serial; done | sort -u | wc -l)
truth "three serials, long and random" bash -c '[ "$0" = 3 ] && [ "$(openssl x509 -in "$1" -noout -serial | wc -c)" = 40 ]' "$serials" "$work/sites/110114-01/tls.pem"
cp "$work/sites/110114-01/tls.pem" "$work/first.pem"
truth "the answer was lost: asked again with the same keys" [ "$(site_join 110114-01 "$code")" = 200 ]
truth "it is the same certificate" cmp "$work/first.pem" "$work/sites/110114-01/tls.pem"
answers "the clock, with the certificate" 200 POST /v1/time 110114-01 --data '{"now":1}'
truth "is near ours" bash -c 'd=$(($(jq .now "$0") - $(date +%s))); [ ${d#-} -le 5 ]' "$work/out"
truth "the code works once" [ "$(site_join 110114-01 "$code")" = 403 ]
site_keys other
answers "for others too" 403 POST /v1/join "" --data "$(join_body other "$code")"
is "status for people" 0 "$CERTDESK_BUILD/certdesk-hub" -C "$hub_dir" --lang zh status
says "says what it is, in words" "受理点"
says "and that it has joined" "已接入"
truth "no code" bash -c '! grep -qE "counter|joined|enrolled" "$0"' "$work/out"
is "and in English" 0 "$CERTDESK_BUILD/certdesk-hub" -C "$hub_dir" --lang en status
says "too" "has joined"
is "a site that joined is not enrolled again" 1 hub enrol 110114-01 --kind counter
is "status" 0 hub status
people() { "$CERTDESK_BUILD/certdesk-hub" -C "$hub_dir" --lang zh "$@" >"$work/text" && [ -s "$work/text" ]; } # as people read it
no_english() { ! grep -wE 'alarms|at|closed|database|epoch|files|joined_at|program|serving|states|stations|until' "$work/text"; }
for said in status verify; do
	truth "$said for people" people "$said"
	truth "$said is in Chinese" no_english
done
truth "shows it" jq -e '.stations[0] | .site == "110114-01" and .state == "joined" and .kind == "counter" and .name == "昌平受理点" and .head == "" and .seq == 0 and .program == "0.1.0" and .last_seen != null and .backlog == null' "$work/out"

# only the TLS certificate opens, and only headquarters' own
mkdir -p "$work/sites/wrong"
for kind in sign encrypt; do
	cp "$work/sites/110114-01/$kind.pem" "$work/sites/wrong/tls.pem"; cp "$work/sites/110114-01/$kind.key" "$work/sites/wrong/tls.key"
	answers "the $kind certificate opens nothing" 403 POST /v1/time wrong --data '{}'
done
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/sites/wrong/tls.key" -subj "/O=certdesk/CN=110114-01" -days 2 -out "$work/sites/wrong/tls.pem" 2>/dev/null
answers "nor one that names the site and is not ours" 403 POST /v1/time wrong --data '{}'
truth "says which" jq -e '.error == "certificate"' "$work/out"

# renew
site_keys 110114-01.new
cp "$work/sites/110114-01.new/"*.req "$work/new.req" 2>/dev/null || true
answers "renew: new requests" 200 POST /v1/renew 110114-01 --data "$(join_body 110114-01.new x | jq '{tls, encrypt, sign: null}')"
truth "the old certificate works until the new one did" [ "$(cp "$work/out" "$work/renewed"; ask POST /v1/time 110114-01 --data '{}')" = 200 ]
jq -er .certificates.tls "$work/renewed" >"$work/sites/110114-01.new/tls.pem"
truth "the signing certificate is the same one" bash -c 'jq -er .certificates.sign "$0" | cmp - "$1"' "$work/renewed" "$work/sites/110114-01/sign.pem"
seen_new() { [ "$(ask POST /v1/time 110114-01.new --data '{}')" = 200 ] && [ "$(ask POST /v1/time 110114-01 --data '{}')" = 403 ]; }
truth "the new one works; after that the old one is refused" seen_new
cp "$work/sites/110114-01.new/tls."* "$work/sites/110114-01/"

# two keep-alive requests on one connection around the revocation
is "a review site" 0 hub enrol 000000-R1 --kind review
site_keys 000000-R1; truth "joins" [ "$(site_join 000000-R1 "$(code_of)")" = 200 ]
cat >"$work/two.py" <<'PY'
import http.client, ssl, sys, subprocess
port, root, cert, key, *command = sys.argv[1:]
c = ssl.create_default_context(cafile=root); c.load_cert_chain(cert, key)
h = http.client.HTTPSConnection("localhost", int(port), context=c, timeout=20)
def ask():
    h.request("POST", "/v1/time", "{}"); r = h.getresponse(); return r.status, r.read().decode()
first = ask()[0]
subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
try:
    second, body = ask()
except (http.client.HTTPException, OSError):
    h.close(); second, body = ask()
print(first, second, "revoked" if "revoked" in body else body)
PY
truth "a revoked site gets nothing from the next request on, over the same connection" bash -c '[ "$("$@")" = "200 403 revoked" ]' x python3 "$work/two.py" "$hub_port" "$hub_dir/keys/root.pem" \
	"$work/sites/000000-R1/tls.pem" "$work/sites/000000-R1/tls.key" "$CERTDESK_BUILD/certdesk-hub" -C "$hub_dir" revoke 000000-R1
for path in "POST /v1/time" "GET /v1/head" "GET /v1/feed?after=0" "POST /v1/journal" "POST /v1/renew"; do
	answers "revoked, a new connection: $path" 403 ${path%% *} "${path#* }" 000000-R1 --data '{}'
	truth "says so: $path" jq -e '.error == "revoked"' "$work/out"
done
truth "it stands in the list" bash -c '[ "$(openssl crl -in "$0" -noout -text | grep -c "Serial Number")" -ge 3 ]' "$hub_dir/keys/crl.pem"
truth "the other site goes on" [ "$(ask POST /v1/time 110114-01 --data '{}')" = 200 ]
is "no such site" 1 hub revoke 999999-99
is "a revoked one is not enrolled" 1 hub enrol 000000-R1 --kind review
is "but renewed" 0 hub renew 000000-R1
site_keys 000000-R1; truth "with new keys it is in again" [ "$(site_join 000000-R1 "$(code_of)")" = 200 ]
truth "and works" [ "$(ask POST /v1/time 000000-R1 --data '{}')" = 200 ]
is "no such site to renew" 1 hub renew 999999-99

# killed, nothing stays
children() { local p=$1 c; for c in $(cat /proc/"$p"/task/"$p"/children 2>/dev/null); do echo "$c"; children "$c"; done; }
gone() { local p; for p in $1; do [ ! -e /proc/"$p" ] || grep -q '^State:[[:space:]]*Z' /proc/"$p"/status 2>/dev/null || return 1; done; }
guard_of_nginx() { local c; for c in $(cat /proc/"$hub_pid"/task/"$hub_pid"/children); do grep -q hub-guard /proc/"$c"/comm && echo "$c"; done; }
nginx_master() { local g; g=$(guard_of_nginx); tr -d ' ' </proc/"$g"/task/"$g"/children; }
some=$(children "$hub_pid")
truth "it has nginx, its workers, and our workers" [ "$(echo "$some" | wc -l)" -ge 5 ]
hub_kill
truth "killed: nobody listens" until_true bash -c '! (: <"/dev/tcp/127.0.0.1/'"$hub_port"'") 2>/dev/null'
truth "killed: no process stays" until_true gone "$some"
hub_serve --workers 2 || exit 1
truth "it comes up again at once, over what the killed one left" is_serving
master=$(nginx_master); its=$(children "$master")
kill -9 "$master"
truth "nginx's master killed: its workers don't stay" until_true gone "$its"
back() { [ -n "$(nginx_master)" ] && [ "$(nginx_master)" != "$master" ] && is_serving; }
truth "and it is started again" until_true back
worker=$(for c in $(cat /proc/"$hub_pid"/task/"$hub_pid"/children); do grep -q certdesk-hub /proc/"$c"/comm && echo "$c"; done | head -n 1)
kill -9 "$worker"
replaced() { [ "$(for c in $(cat /proc/"$hub_pid"/task/"$hub_pid"/children); do grep -q certdesk-hub /proc/"$c"/comm && echo "$c"; done | wc -l)" = 18 ] && gone "$worker"; }
truth "a worker killed is replaced" until_true replaced
master=$(nginx_master); its=$(children "$master"); some=$(children "$hub_pid")
kill -9 "$hub_pid" "$master"; wait "$hub_pid" 2>/dev/null; hub_pid=
truth "both killed at once: no process stays" until_true gone "$some"
hub_serve --workers 2 || exit 1
guard=$(guard_of_nginx); some=$(children "$guard")
kill -9 "$guard"
truth "the one between them killed: nginx doesn't stay" until_true gone "$some"
again() { [ -n "$(guard_of_nginx)" ] && [ "$(guard_of_nginx)" != "$guard" ] && is_serving; }
truth "and is started again" until_true again
guard=$(guard_of_nginx); some=$(children "$hub_pid")
kill -9 "$hub_pid" "$guard"; wait "$hub_pid" 2>/dev/null; hub_pid=
truth "it and the hub killed at once: no process stays" until_true gone "$some"

# SIGTERM
hub_serve || exit 1
some=$(children "$hub_pid")
is "SIGTERM ends it" 0 hub_stop
truth "with everything" gone "$some"
truth "and no socket" bash -c '! ls "$0"/run/*.sock' "$hub_dir"
is "verify" 0 hub verify
is "backup" 0 hub backup "$work/copy.db"
truth "is the database" bash -c '[ "$(sqlite3 "$0" "SELECT count(*) FROM site")" = 2 ]' "$work/copy.db"
is "not over a file" 1 hub backup "$work/copy.db"
is "nor where nothing can be written" 1 hub backup "$work/nowhere/copy.db"

# expired, and too many wrong ones
is "another site" 0 hub enrol 110114-02 --kind counter
code=$(code_of); site_keys 110114-02
sqlite3 "$hub_dir/hub.db" "UPDATE site SET code_until = strftime('%s', 'now') - 1 WHERE code = '110114-02'; DELETE FROM wrong_code"
cp "$work/empty.pem" "$hub_dir/keys/crl.pem"
hub_serve || exit 1
truth "a list that lacks some is made anew at the start" bash -c '[ "$(openssl crl -in "$0" -noout -text | grep -c "Serial Number")" -ge 3 ]' "$hub_dir/keys/crl.pem"
truth "an expired code" [ "$(site_join 110114-02 "$code")" = 403 ]
for i in 1 2 3 4; do site_join 110114-02 "AAAAAA-AAAAAA-AAAAAA-AAAAAA-AAAAAA-AAAAAA-AAAAA$i" >/dev/null; done
is "a new one for it" 0 hub renew 110114-02
code=$(code_of)
truth "after five wrong ones in a minute even the right one waits" [ "$(site_join 110114-02 "$code")" = 429 ]
truth "says how long" jq -e '.error == "slow" and .retry == 60' "$work/out"
join_body 110114-02 "AAAAAA-AAAAAA-AAAAAA-AAAAAA-AAAAAA-AAAAAA-AAAAA9" >"$work/join.json"
truth "who comes from elsewhere doesn't wait for that" [ "$(ask POST /v1/join "" --interface 127.0.0.2 --data-binary @"$work/join.json")" = 403 ]
is "which is an alarm, once" 0 hub alarms
truth "of headquarters itself" jq -e '[.[] | select(.kind == "code")] | length == 1 and .[0].site == "" and (.[0].detail | endswith("127.0.0.1"))' "$work/out"
sqlite3 "$hub_dir/hub.db" "UPDATE wrong_code SET at = at - 61"
truth "a minute later it works" [ "$(site_join 110114-02 "$code")" = 200 ]
hub_stop
printf 'url: "https://127.0.0.1:%s"\nlisten: "127.0.0.1:%s"\n' "$hub_port" "$hub_port" >"$hub_dir/hub.yaml"
hub_url=https://127.0.0.1:$hub_port
hub_serve || exit 1
truth "another host in the url: the server has a certificate for it" [ "$(ask POST /v1/time 110114-02 --data '{}')" = 200 ]
hub_stop

# as an account of its own, never as root
if [ "$(id -u)" = 0 ]; then
	chmod 711 "$work"; mv "$hub_dir" "$work/old"; mkdir -m 700 "$work/place"; chown 65534:65534 "$work/place"; hub_dir=$work/place/hub
	nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups -- "$CERTDESK_BUILD/certdesk-hub" -C "$hub_dir" --json "$@"; }
	hub_port=$(free_port) hub_url=https://localhost:$hub_port
	owners() { for p in $(children "$hub_pid"); do stat -c %u /proc/"$p"; done | sort -u; }
	is "init by an account without rights" 0 nobody init --name 总部 --url "$hub_url"
	setpriv --reuid=65534 --regid=65534 --clear-groups -- "$CERTDESK_BUILD/certdesk-hub" -C "$hub_dir" serve --workers 2 >>"$work/serve.log" 2>&1 & hub_pid=$!
	until_true is_serving; tail -n 20 "$work/serve.log" >"$work/out"
	truth "serves without root" is_serving
	is "and ends" 0 hub_stop
	echo "user: $(id -un 65534)" >>"$hub_dir/hub.yaml"
	hub_serve --workers 2 || exit 1
	truth "started by root it becomes the account named" [ "$(owners)" = 65534 ]
	hub_stop
	sed -i "s/^user:.*/user: nobody-of-this-name/" "$hub_dir/hub.yaml"
	is "an account that there is not" 4 hub serve
	says "is named" nobody-of-this-name
fi

# usage
is "no command" 2 h
is "an unknown one" 2 h shine
is "a counter's option" 2 h --user root1 status
is "help" 0 h --help
says "names the commands" "enrol SITE --kind KIND"
is "in English" 0 h --lang en --help
says "is English" "serve until SIGTERM"
done_testing
