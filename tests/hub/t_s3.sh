#!/usr/bin/env bash
# Headquarters with its files in an S3-compatible store: the real hub behind nginx, a real site, and a store whose every signature is
# computed twice by others (tests/hub/s3.py). Put, given back in ranges, away for a while, silent, cut, refusing, lying, with other bytes;
# the secret is nowhere to be seen. Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
work=$(mktemp -d); trap 'hub_kill; store_kill; rm -rf "$work"' EXIT
. "$(dirname "$0")/../lib/desk.sh"
. "$(dirname "$0")/../lib/hub.sh"
. "$(dirname "$0")/../lib/orders.sh"

# --- the store
key_id=test:AKIDTEST0123456789 secret=wJalrXUtnFEMI-K7MDENG+bPxRfiCY/EXAMPLEKEY
store_port=0 store_pid=
echo "$secret" >"$work/secret" && chmod 600 "$work/secret"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/s3.key" -out "$work/s3.pem" -subj /CN=localhost -days 2 \
	-addext 'subjectAltName=DNS:localhost,DNS:files.localhost' 2>/dev/null
mkdir -p "$work/objects"
mode() { echo "$*" >"$work/mode.next" && mv "$work/mode.next" "$work/mode"; }
store_start() {
	: >"$work/store.port"
	S3_PORT=$store_port python3 "$(dirname "$0")/s3.py" "$work/objects" "$work/s3.pem" "$work/s3.key" "$work/mode" "$work/s3.log" cn-north-1 "$key_id" "$work/secret" files >"$work/store.port" 2>"$work/store.err" &
	store_pid=$!
	until_true [ -s "$work/store.port" ] || { cat "$work/store.err" >&2; return 1; }
	store_port=$(cat "$work/store.port")
}
store_kill() { [ -z "$store_pid" ] || { kill -9 "$store_pid"; wait "$store_pid" 2>/dev/null; store_pid=; }; return 0; }
asked() { grep -c "^$1 " "$work/s3.log"; } # METHOD: how many requests it got
: >"$work/s3.log"; mode pass
until_started() { local i; for i in 1 2 3; do store_start && return; done; return 1; }
until_started || { echo "1..1"; echo "not ok 1 - the store starts (python3-botocore?)"; exit 1; }

# --- what of hub.yaml can't be right is refused at the start
hub_make >/dev/null || exit 1
cp "$hub_dir/hub.yaml" "$work/hub.yaml"
install -m 600 "$work/secret" "$hub_dir/keys/s3.secret"
settings() { # NAME VALUE: these s3 settings, one of them another
	cp "$work/hub.yaml" "$hub_dir/hub.yaml"
	local row
	for row in "files s3://files/hub/one" "s3_endpoint https://localhost:$store_port" "s3_region cn-north-1" "s3_key $key_id" "s3_ca $work/s3.pem" "s3_timeout 2"; do
		[ "${row%% *}" = "${1-}" ] || echo "${row%% *}: ${row#* }" >>"$hub_dir/hub.yaml"
	done
	[ -z "${2-}" ] || echo "$1: $2" >>"$hub_dir/hub.yaml"
}
for wrong in "files s3://" "files s3://UP" "files s3://files/../x" "files s3://files/a//b" "files s3://files/a?b" \
	"s3_endpoint http://localhost:$store_port" "s3_endpoint https://localhost/path" "s3_endpoint https://u:p@localhost" "s3_region cn:north" \
	"s3_key A/B" "s3_key" "s3_endpoint" "s3_style other" "s3_ca $work/none"; do
	settings "${wrong%% *}" "$(case $wrong in *" "*) echo "${wrong#* }" ;; esac)"
	is "refused: $wrong" 4 hub status
	says "names the setting" "${wrong%% *}:"
done
settings s3_timeout 61; is "refused: a time out of range" 4 hub status
settings s3_secret "$work/none"; hub status >"$work/out" 2>"$work/err"; truth "no file of the secret" [ $? != 0 ]
says "is named" "$work/none"
settings; chmod 644 "$hub_dir/keys/s3.secret"; hub status >"$work/out" 2>"$work/err"; truth "a secret that others can read" [ $? != 0 ]
says "is named" s3.secret
rm "$hub_dir/keys/s3.secret"; mkfifo "$hub_dir/keys/s3.secret"; timeout 20 "$CERTDESK_BUILD/certdesk-hub" -C "$hub_dir" status >"$work/out" 2>"$work/err"; truth "a pipe that nobody writes to" [ $? = 1 ]
says "is named too" "管道 $hub_dir/keys/s3.secret"
rm "$hub_dir/keys/s3.secret"; install -m 600 "$work/secret" "$hub_dir/keys/s3.secret"
chmod 600 "$hub_dir/keys/s3.secret"; : >"$hub_dir/keys/s3.secret"; hub status >"$work/out" 2>"$work/err"; truth "an empty secret" [ $? != 0 ]
install -m 600 "$work/secret" "$hub_dir/keys/s3.secret"
is "and right ones are taken" 0 hub status

# --- the table of functions, straight
tap() { # NAME ENVIRONMENT…: cases of test_files as cases here
	local name=$1 line; shift
	env "$@" CERTDESK_TEST_S3_MODE="$work/mode" CMOCKA_MESSAGE_OUTPUT=TAP "$CERTDESK_BUILD/tests/hub/test_files" >"$work/tap" 2>"$work/tap.err" || sed 's/^/# /' "$work/tap.err" | tail -n 20
	while read -r line; do
		case $line in "not ok "*) report "$name: ${line#not ok * - }" 0 ;; "ok "*) report "$name: ${line#ok * - }" 1 ;; esac
	done <"$work/tap"
	truth "$name: all of them ran" [ "$(grep -c '^ok' "$work/tap")" = 7 ]
}
tap "by path" CERTDESK_TEST_S3="$hub_dir"
settings s3_style host
tap "by host" CERTDESK_TEST_S3="$hub_dir"
truth "the bucket was in the host" grep -q "^Host: files.localhost:$store_port" "$work/s3.log.heads"
settings

hub_serve --workers 2 || exit 1
for site_code in 110114-01 110114-02; do
	hub enrol $site_code --kind counter >"$work/out" && site_keys $site_code && site_join $site_code "$(code_of)" >/dev/null || exit 1
done

# --- put and given back
new_scan() { # BYTES
	size=$1; head -c "$size" /dev/urandom >"$work/scan"
	hex=$(sha256sum "$work/scan" | cut -d' ' -f1); digest=sha256:$hex at=/v1/files/$digest
	object=$work/objects/hub%2Fone%2F110114-01%2F${hex:0:2}%2F$hex part=$hub_dir/spool/110114-01/${hex:0:2}/$hex.part
}
put() { ask PUT "$at" 110114-01 -H "Upload-Length: $size" "$@"; }
header() { tr -d '\r' <"$work/head" | sed -n "s/^$1: //Ip"; }
offset() { ask HEAD "$at" 110114-01 -D "$work/head" >/dev/null; header Upload-Offset; }
get() { ask GET "$at?of=110114-01" 110114-01 -D "$work/head" "$@"; }
fault() { jq -e '.error == "fault"' "$work/out"; }
whole() { [ "$(get)" = 200 ] && cmp "$work/out" "$work/scan"; }

new_scan 3000000
head -c 1000000 "$work/scan" >"$work/first"; tail -c +1000001 "$work/scan" >"$work/rest"
before=$(asked PUT)
truth "the first million bytes" [ "$(put --data-binary @"$work/first")" = 204 ]
truth "lie in the spool" [ "$(stat -c %s "$part")" = 1000000 ]
truth "and the store heard of nothing" [ "$(asked PUT)" = "$before" ]
truth "where it stopped" [ "$(offset)" = 1000000 ]
truth "the rest" [ "$(put -H 'Upload-Offset: 1000000' --data-binary @"$work/rest")" = 201 ]
truth "is an object, as it was sent" cmp "$object" "$work/scan"
truth "the spool is empty" [ ! -e "$part" ]
truth "sent again it is there" [ "$(put --data-binary @"$work/first")" = 201 ]
truth "one PUT went to the store" [ "$(asked PUT)" = $((before + 1)) ]
truth "given back whole" whole
truth "with its length" [ "$(header Content-Length)" = 3000000 ]
truth "a part" [ "$(get -r 2999990-)" = 206 ]
truth "is that part" cmp "$work/out" <(tail -c 10 "$work/scan")
truth "and says which" [ "$(header Content-Range)" = "bytes 2999990-2999999/3000000" ]
truth "the store was asked for no more" grep -q "^GET .* bytes=2999990-2999999 206" "$work/s3.log"
truth "a part within" [ "$(get -r 1000-200999)" = 206 ]
truth "is that part" cmp "$work/out" <(tail -c +1001 "$work/scan" | head -c 200000)
truth "behind the end" [ "$(get -r 3000000-)" = 416 ]
truth "says how long it is" [ "$(header Content-Range)" = "bytes */3000000" ]
answers "another site doesn't get it" 404 GET "$at?of=110114-01" 110114-02
answers "nor by a path" 404 GET "/stored/110114-01/${hex:0:2}/$hex" 110114-01
answers "nor without a certificate" 403 GET "$at?of=110114-01"
is "verify reads it there" 0 hub verify
truth "one file" jq -e '.files == 1' "$work/out"
size=0 hex=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 at=/v1/files/sha256:$hex; : >"$work/scan"
truth "an empty file" [ "$(put --data-binary '')" = 201 ]
truth "comes back empty" whole
printf 'abc' >"$work/other"; size=3 at=/v1/files/sha256:$(printf 'abd' | sha256sum | cut -d' ' -f1); before=$(asked PUT)
truth "another content than its digest" [ "$(put --data-binary @"$work/other")" = 422 ]
truth "never gets to the store" [ "$(asked PUT)" = "$before" ]

# --- away for a while
new_scan 2000000
store_kill
truth "the store is away: a fault" [ "$(put --data-binary @"$work/scan")" = 503 ]
truth "is said so" fault
truth "the log says which" grep -q HUB_S3_AWAY "$work/serve.log"
truth "all of it is kept" cmp "$part" "$work/scan"
truth "it isn't whole" [ "$(sqlite3 "$hub_dir/hub.db" "SELECT whole FROM file WHERE digest = '$digest'")" = 0 ]
truth "the site is told that nothing is missing" [ "$(offset)" = 2000000 ]
truth "asked for it is unknown" [ "$(get)" = 404 ]
hub_kill; hub_serve --workers 2 || exit 1
truth "away still, after the hub was killed too" [ "$(put -H 'Upload-Offset: 2000000' --data-binary '')" = 503 ]
store_start || exit 1
truth "it is back: no byte is sent again" [ "$(put -H 'Upload-Offset: 2000000' --data-binary '')" = 201 ]
truth "and it is there" cmp "$object" "$work/scan"
truth "the spool is empty" [ ! -e "$part" ]
store_kill
truth "away when it is asked for" [ "$(get)" = 503 ]
truth "is a fault too" fault
is "verify says to try again" 3 hub verify
answers "so is how far it is" 503 HEAD "$at" 110114-01
answers "all else goes on without it" 200 POST /v1/time 110114-01 --data '{}'
store_start || exit 1
truth "and back" whole

# --- every way it may fail, for a PUT
put_fails() { # NAME ERROR MODE
	new_scan 100000; mode "$3"; : >"$work/serve.log"
	truth "PUT, $1: a fault" [ "$(put --data-binary @"$work/scan")" = 503 ]
	truth "PUT, $1: said so" fault
	truth "PUT, $1: $2 in the log" grep -q " $2:" "$work/serve.log"
	truth "PUT, $1: kept" cmp "$part" "$work/scan"
	mode pass
	truth "PUT, $1: ended without its bytes" [ "$(put -H "Upload-Offset: $size" --data-binary '')" = 201 ]
	truth "PUT, $1: as it was sent" cmp "$object" "$work/scan"
}
before=$(asked PUT)
put_fails "500" HUB_S3_AWAY "status 500"
truth "three tries and one, no more" [ "$(asked PUT)" = $((before + 4)) ]
put_fails "503" HUB_S3_AWAY "status 503"
put_fails "429" HUB_S3_AWAY "status 429"
before=$(asked PUT)
put_fails "403" HUB_S3 "status 403"
truth "a refusal is not tried again" [ "$(asked PUT)" = $((before + 2)) ]
put_fails "closes the line" HUB_S3_AWAY drop
put_fails "its clock is wrong" HUB_S3 skew
put_fails "sends elsewhere" HUB_S3 elsewhere
put_fails "says 200 and keeps nothing" HUB_S3 lie
new_scan 100000; mode status 507
truth "full: the site hears it" [ "$(put --data-binary @"$work/scan")" = 507 ]
mode status 503 2
truth "two refusals, then it goes: nobody notices" [ "$(put --data-binary @"$work/scan")" = 201 ]
new_scan 100000; mode silent; began=$(date +%s)
truth "silent: a fault" [ "$(put --data-binary @"$work/scan")" = 503 ]
truth "after its time" [ $(($(date +%s) - began)) -le 15 ]
mode pass
truth "then it goes" [ "$(put -H "Upload-Offset: $size" --data-binary '')" = 201 ]

# --- killed between the spool and the store
new_scan 300000; mode silent; before=$(asked PUT)
put --data-binary @"$work/scan" >"$work/status" & sending=$!
reached() { [ "$(asked PUT)" -gt "$before" ]; }
truth "the store is asked" until_true reached
hub_kill; wait "$sending"; mode pass; hub_serve --workers 2 || exit 1
truth "headquarters killed then: nothing is missing" [ "$(offset)" = 300000 ]
truth "and the next try ends it" [ "$(put -H "Upload-Offset: $size" --data-binary '')" = 201 ]
truth "as it was sent" cmp "$object" "$work/scan"

# --- and for a GET
get_fails() { # NAME STATUS ERROR MODE
	: >"$work/serve.log"; mode "$4"; rm -f "$work/out"
	truth "GET, $1: $2" [ "$(get)" = "$2" ]
	truth "GET, $1: never whole" bash -c '! cmp -s "$0" "$1"' "$work/out" "$work/scan"
	truth "GET, $1: $3 in the log" grep -q "$3:" "$work/serve.log"
	mode pass
}
new_scan 400000; put --data-binary @"$work/scan" >/dev/null
get_fails "500" 503 HUB_S3_AWAY "status 500"
get_fails "403" 503 HUB_S3 "status 403"
get_fails "closes the line" 503 HUB_S3_AWAY drop
get_fails "silent" 503 HUB_S3_AWAY silent
get_fails "an object that is longer" 503 HUB_FILE_WRONG long
get_fails "an object that is shorter" 503 HUB_FILE_WRONG short
hub_alarm() { hub alarms | jq -e --arg d "$digest" 'any(.[]; .kind == "file" and .detail == $d)'; }
truth "which is an alarm" hub_alarm
mode short; is "verify finds it" 4 hub verify; mode pass
says "and names it" "sha256:"
get_fails "elsewhere" 503 HUB_S3 elsewhere
cut_here() { ask "$@" >"$work/status"; local rc=$?; [ $rc = 18 ] || [ $rc = 56 ] || [ $rc = 92 ]; }
mode wrong; truth "other bytes: the line is cut before the last of them" cut_here GET "$at?of=110114-01" 110114-01
truth "so nobody has it whole" [ "$(stat -c %s "$work/out")" -lt 400000 ]
truth "again" cut_here GET "$at?of=110114-01" 110114-01
hub alarms >"$work/out"; truth "one alarm, that names it" jq -e --arg d "$digest" '[.[] | select(.kind == "file" and .detail == $d and .site == "110114-01")] | length == 1' "$work/out"
is "verify finds it" 4 hub verify
says "and names it" "sha256:"
mode cut 150000 1; truth "cut within: the rest is fetched from there" whole
truth "no byte twice" grep -q "^GET .*$hex bytes=150000-399999 206" "$work/s3.log"
mode cut 1000; truth "cut again and again: the site's line is cut too" cut_here GET "$at?of=110114-01" 110114-01
mode whole; truth "a Range that it doesn't know: a fault" [ "$(get -r 10-20)" = 503 ]
mode pass
rm "$object"
truth "an object that is lost: unknown" [ "$(get)" = 404 ]
is "verify names it" 4 hub verify
says "so" "$digest"
truth "the site is asked for it again" [ "$(ask HEAD "$at" 110114-01)" = 404 ]
truth "and sends it" [ "$(put --data-binary @"$work/scan")" = 201 ]
is "all is well" 0 hub verify

# --- who it is that answers
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/x.key" -out "$work/x.pem" -subj /CN=localhost -days 2 -addext 'subjectAltName=DNS:localhost' 2>/dev/null
hub_stop; settings s3_ca "$work/x.pem"; : >"$work/serve.log"; hub_serve --workers 2
before=$(wc -l <"$work/s3.log"); new_scan 1000
truth "a store with another certificate gets nothing" [ "$(put --data-binary @"$work/scan")" = 503 ]
truth "not even a request" [ "$(wc -l <"$work/s3.log")" = "$before" ]
truth "the log says why" grep -q 'HUB_S3:.*certificate' "$work/serve.log"
for other in "s3_key AKIDOTHER InvalidAccessKeyId" "s3_region cn-north-2 AuthorizationHeaderMalformed" "files s3://other/hub/one NoSuchBucket"; do
	set -- $other; hub_stop; settings "$1" "$2"; : >"$work/serve.log"; hub_serve --workers 2; new_scan 1000
	truth "another $1: refused" [ "$(put --data-binary @"$work/scan")" = 503 ]
	truth "the log says why" grep -q "HUB_S3:.*$3" "$work/serve.log"
	hub status >"$work/out"
	truth "and so does status" jq -e --arg w "$3" '.files_trouble | contains($w)' "$work/out"
done
hub_stop; settings; echo "another-secret-of-the-same-kind" >"$hub_dir/keys/s3.secret"; hub_serve --workers 2; new_scan 1000
truth "another secret: refused" [ "$(put --data-binary @"$work/scan")" = 503 ]
truth "by its signature" grep -q 'HUB_S3:.*SignatureDoesNotMatch' "$work/serve.log"
hub_stop; install -m 600 "$work/secret" "$hub_dir/keys/s3.secret"; hub_serve --workers 2 || exit 1
hub status >"$work/out"
truth "status: nothing wrong any more" jq -e '.files_trouble == ""' "$work/out"

# --- a stranger reads what headquarters keeps
cat >"$work/stranger.py" <<'PY'
import hashlib, sys
import botocore.session
port, ca, key, secret = sys.argv[1:]
s = botocore.session.get_session()
c = s.create_client("s3", region_name="cn-north-1", endpoint_url=f"https://localhost:{port}", verify=ca, aws_access_key_id=key,
    aws_secret_access_key=open(secret).readline().strip(), config=botocore.config.Config(s3={"addressing_style": "path"}, retries={"max_attempts": 0}))
n = 0
for row in c.list_objects_v2(Bucket="files", Prefix="hub/one/110114-01/")["Contents"]:
    body = c.get_object(Bucket="files", Key=row["Key"])["Body"].read()
    prefix, one, site, two, name = row["Key"].split("/")
    assert hashlib.sha256(body).hexdigest() == name and two == name[:2] and len(body) == row["Size"], row
    n += 1
print(n)
PY
truth "a stranger's client lists and reads them" python3 "$work/stranger.py" "$store_port" "$work/s3.pem" "$key_id" "$work/secret"
truth "all that the database calls whole, and no other" [ "$(cat "$work/seen")" = "$(sqlite3 "$hub_dir/hub.db" 'SELECT count(*) FROM file WHERE whole = 1')" ]
truth "the two computations of the signature never differed" bash -c '! grep -q TheTwoComputationsDiffer "$0"' "$work/s3.log"

# --- a real site
picture >"$work/scan.png"
code=$(hub enrol 110114-03 --kind counter | jq -er .code); site=$work/site3
site_make_as 110114-03 昌平三 op1:operator || exit 1
is "a site joins" 0 as root1 hub join "$hub_url" --code "$code"
is "and sends its journal" 0 json root1 sync --once
in_review >/dev/null
store_kill
is "the store is away: the site tries later" 3 as root1 --json sync --once
truth "its scan lies in the spool, whole" [ "$(find "$hub_dir/spool/110114-03" -name '*.part' | wc -l)" -ge 1 ]
received=$(sqlite3 "$hub_dir/hub.db" "SELECT count(*) FROM file WHERE site = '110114-03' AND received = size AND whole = 0")
truth "headquarters knows that nothing is missing" [ "$received" -ge 1 ]
store_start || exit 1
is "it is back" 0 as root1 --json sync --once
truth "nothing is left at the site" [ "$(as root1 --json sync status | jq -er .backlog)" = 0 ]
truth "nor in the spool" [ "$(find "$hub_dir/spool/110114-03" -name '*.part' | wc -l)" = 0 ]
truth "the store has it" [ "$(find "$work/objects" -name 'hub%2Fone%2F110114-03%2F*' | wc -l)" -ge 1 ]
is "headquarters verifies" 0 hub verify

# --- the secret, and what takes memory; how long fifty million bytes take is not what is asked here
hub_stop; settings s3_timeout 60; hub_serve --workers 2 || exit 1
new_scan 50000000
truth "fifty million bytes go" [ "$(put --data-binary @"$work/scan" --max-time 120)" = 201 ]
truth "and come" whole
heaviest() { local p most=0 n; for p in $(pgrep -P "$hub_pid"); do n=$(awk '/^VmHWM/ {print $2}' "/proc/$p/status" 2>/dev/null || echo 0); [ "${n:-0}" -gt "$most" ] && most=$n; done; echo "$most"; }
# a sanitizer keeps what was freed
if nm -D "$CERTDESK_BUILD/certdesk-hub" 2>/dev/null | grep -q __asan_init; then limit=400000; else limit=45000; fi
truth "with little memory" [ "$(heaviest)" -lt "$limit" ]
seen_in() { grep -rqF -e "$secret" "$@" 2>/dev/null; }
truth "the secret is in no argument and no environment" bash -c 's=$1; for p in $(pgrep -P "$0") $0; do ! tr "\0" "\n" <"/proc/$p/cmdline" | grep -qF -e "$s" && ! tr "\0" "\n" <"/proc/$p/environ" | grep -qF -e "$s" || exit 1; done' "$hub_pid" "$secret"
truth "in no log, database or configuration" bash -c '! grep -rqF -e "$0" "$@"' "$secret" "$work/serve.log" "$hub_dir/hub.db" "$hub_dir/hub.yaml" "$hub_dir/run" "$hub_dir/spool"
truth "nor in any request" bash -c '! grep -qF -e "$0" "$1"' "$secret" "$work/s3.log.heads"
truth "no request but signed ones" bash -c '! grep -q MissingSecurityHeader "$0"' "$work/s3.log"
truth "every byte by its hash" bash -c '! grep -q UNSIGNED "$0"' "$work/s3.log.heads"
is "it ends" 0 hub_stop
done_testing
