# A headquarters of its own on the loopback for shell tests. Sourced after desk.sh; the caller sets $work. Ends what it started by id.
#   hub COMMAND …            certdesk-hub of $hub_dir, JSON
#   hub_make                 init on a free port
#   hub_serve [ARG …]        starts it and waits until a request reaches a worker; its id is $hub_pid
#   hub_stop                 SIGTERM, and its exit status is the result
#   ask METHOD PATH [SITE] [curl ARG …]   the answer in $work/out, its status is printed; SITE "" is without a certificate
#   site_keys SITE           three pairs and requests under $work/sites/SITE
#   site_join SITE CODE      POST /v1/join with them; certificates beside them; prints the status
hub_dir=$work/hub hub_pid=
hub() { "$CERTDESK_BUILD/certdesk-hub" -C "$hub_dir" --json "$@"; }
free_port() { python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'; }
hub_make() { hub_port=$(free_port); hub_url=https://localhost:$hub_port; hub init --name 总部 --url "$hub_url" "$@"; }
listens() { (: <"/dev/tcp/127.0.0.1/$hub_port") 2>/dev/null; }
until_true() { local i; for i in $(seq 200); do "$@" >/dev/null 2>&1 && return; sleep 0.05; done; return 1; }
is_serving() { [ "$(hub status 2>/dev/null | jq .serving)" = true ]; }
hub_serve() {
	"$CERTDESK_BUILD/certdesk-hub" -C "$hub_dir" --json serve "$@" >>"$work/serve.log" 2>&1 &
	hub_pid=$!
	until_true is_serving || { cat "$work/serve.log" >&2; return 1; }
}
hub_stop() { local rc=0; [ -n "$hub_pid" ] || return 0; kill -TERM "$hub_pid" 2>/dev/null; wait "$hub_pid" || rc=$?; hub_pid=; return $rc; }
hub_kill() { [ -z "$hub_pid" ] || { kill -9 "$hub_pid"; wait "$hub_pid" 2>/dev/null; hub_pid=; }; return 0; }
ask() {
	local method=$1 path=$2 site=${3-} certificate=(); shift $(($# < 3 ? $# : 3))
	[ -z "$site" ] || certificate=(--cert "$work/sites/$site/tls.pem" --key "$work/sites/$site/tls.key")
	case $method in HEAD) set -- --head "$@" ;; *) set -- -X "$method" "$@" ;; esac
	curl -sS --max-time 20 --expect100-timeout 15 --cacert "$hub_dir/keys/root.pem" "${certificate[@]}" -o "$work/out" -w '%{http_code}\n' "$@" "$hub_url$path" 2>"$work/err"
}
# NAME STATUS METHOD PATH …: the answer must have that status
answers() { local name=$1 want=$2 got; shift 2; got=$(ask "$@"); if [ "$got" = "$want" ]; then report "$name" 1; else report "$name ($got, not $want)" 0; fi; }
site_keys() {
	local dir=$work/sites/$1 kind
	mkdir -p "$dir"
	for kind in tls sign encrypt; do
		openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$dir/$kind.key" -subj "/CN=$1" -out "$dir/$kind.req" 2>/dev/null || return
	done
}
join_body() { # SITE CODE
	jq -n --arg code "$2" --rawfile tls "$work/sites/$1/tls.req" --rawfile sign "$work/sites/$1/sign.req" --rawfile encrypt "$work/sites/$1/encrypt.req" \
		'{code: $code, name: "受理点", program: "0.1.0", tls: $tls, sign: $sign, encrypt: $encrypt}'
}
site_certificates() { local kind; for kind in tls sign encrypt; do jq -er ".certificates.$kind" "$work/out" >"$work/sites/$1/$kind.pem" || return; done; }
site_join() {
	local status
	join_body "$1" "$2" >"$work/join.json"
	status=$(ask POST /v1/join "" --data-binary @"$work/join.json")
	[ "$status" != 200 ] || site_certificates "$1" || return
	echo "$status"
}
code_of() { jq -er .code "$work/out"; }
