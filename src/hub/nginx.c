#include "hub/nginx.h"

#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "hub/files.h"

enum { LISTEN_MOST = 16, OUTPUT_MOST = 16384, UPLOADS_SHARE = 4 /* of the workers for files, one site has at most a fourth */ };

struct listens {
	char text[LISTEN_MOST][300]; /* "127.0.0.1:8443", "[::]:443" */
	int count;
};

static const char *const sockets[POOLS] = {[POOL_WORK] = "worker", [POOL_FILES] = "files"};

char *nginx_socket(const struct hub *hub, enum pool pool)
{
	char *path = NULL;
	return asprintf(&path, "%s/run/%s.sock", hub->dir, sockets[pool]) > 0 ? path : NULL;
}

static enum err split(const char *address, char host[256], char port[8], struct error *e)
{
	const char *colon = strrchr(address, ':');
	size_t n = colon ? (size_t)(colon - address) : 0;
	const char *from = address;
	if (n >= 2 && address[0] == '[' && colon[-1] == ']') {
		from++;
		n -= 2;
	}
	if (!colon || n >= 256 || strlen(colon + 1) > 5 || !colon[1] || strspn(colon + 1, "0123456789") != strlen(colon + 1) ||
	    strspn(from, "0123456789abcdefABCDEF.:*") < n)
		return error_set(e, ERR_HUB_LISTEN, "%s", address);
	memcpy(host, from, n);
	host[n] = '\0';
	snprintf(port, 8, "%s", colon + 1);
	return OK;
}

/* Bound for a moment: 0 or errno. */
static int try_bind(const char *address, struct error *e)
{
	char host[256], port[8];
	struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM}, *found = NULL;
	if (split(address, host, port, e) || getaddrinfo(*host && strcmp(host, "*") != 0 ? host : "0.0.0.0", port, &hints, &found) != 0)
		return EINVAL;
	int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1, rc = 0;
	if (fd < 0)
		rc = errno;
	else {
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
		if (found->ai_family == AF_INET6)
			setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
		rc = bind(fd, found->ai_addr, found->ai_addrlen) == 0 && listen(fd, 1) == 0 ? 0 : errno;
		close(fd);
	}
	freeaddrinfo(found);
	return rc;
}

static bool has_ipv6(const char *address)
{
	int rc = try_bind(address, NULL);
	return rc != EAFNOSUPPORT && rc != EADDRNOTAVAIL && rc != EINVAL;
}

/* What is asked for, else the url's port: on the loopback for localhost, on all addresses for any other name. */
static void find_listens(const struct hub *hub, struct listens *l)
{
	const struct hub_options *o = &hub->options;
	l->count = 0;
	for (const char *p = o->listen; *p && l->count < LISTEN_MOST;) {
		p += strspn(p, " ,");
		size_t n = strcspn(p, " ,");
		if (n && n < sizeof l->text[0])
			snprintf(l->text[l->count++], sizeof l->text[0], "%.*s", (int)n, p);
		p += n;
	}
	if (l->count)
		return;
	bool local = strcmp(o->host, "localhost") == 0;
	snprintf(l->text[l->count++], sizeof l->text[0], "%s:%d", local ? "127.0.0.1" : "0.0.0.0", o->port);
	snprintf(l->text[l->count], sizeof l->text[0], "[%s]:%d", local ? "::1" : "::", o->port);
	if (has_ipv6(l->text[l->count]))
		l->count++;
}

enum err nginx_ports_free(const struct hub *hub, struct error *e)
{
	struct listens l;
	find_listens(hub, &l);
	for (int i = 0; i < l.count; i++) {
		int rc = try_bind(l.text[i], e);
		if (rc == EINVAL)
			return error_set(e, ERR_HUB_LISTEN, "%s", l.text[i]);
		if (rc)
			return error_set(e, ERR_HUB_PORT, "%s (%s)", l.text[i], strerror(rc));
	}
	return OK;
}

bool nginx_address(const struct hub *hub, char host[256], char port[8])
{
	struct listens l;
	find_listens(hub, &l);
	if (split(l.text[0], host, port, NULL))
		return false;
	if (!*host || strcmp(host, "0.0.0.0") == 0 || strcmp(host, "*") == 0)
		snprintf(host, 256, "127.0.0.1");
	else if (strcmp(host, "::") == 0)
		snprintf(host, 256, "::1");
	return true;
}

/* One process's output and exit status. */
static int run(char *const argv[], struct bytes *out)
{
	int ends[2], status = -1;
	char block[4096];
	ssize_t n;
	if (pipe(ends) != 0)
		return -1;
	pid_t child = fork();
	if (child == 0) {
		dup2(ends[1], STDOUT_FILENO);
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		close(ends[1]);
		execvp(argv[0], argv);
		_exit(127);
	}
	close(ends[1]);
	while (child > 0 && ((n = read(ends[0], block, sizeof block)) > 0 || (n < 0 && errno == EINTR)))
		if (n > 0 && out->length < OUTPUT_MOST)
			bytes_add(out, block, (size_t)n);
	close(ends[0]);
	if (!out->data)
		bytes_add(out, "", 0);
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Every module makes its directory of temporary files at start, those that are never used too. */
static enum err temporary_paths(const struct hub *hub, struct bytes *c, struct error *e)
{
	static const char *const modules[] = {"proxy", "uwsgi", "scgi"};
	char *argv[] = {hub->options.nginx, "-V", NULL}, without[64];
	struct bytes about = {0};
	enum err r = run(argv, &about) == 0 ? OK : error_set(e, ERR_HUB_NGINX, "%s -V", hub->options.nginx);
	if (!r)
		r = bytes_format(c, "\tclient_body_temp_path \"%s/run/body\" 1;\n\tfastcgi_temp_path \"%s/run/fastcgi\";\n", hub->dir, hub->dir);
	for (size_t i = 0; !r && i < 3; i++) {
		snprintf(without, sizeof without, "--without-http_%s_module", modules[i]);
		if (!strstr((char *)about.data, without))
			r = bytes_format(c, "\t%s_temp_path \"%s/run/%s\";\n", modules[i], hub->dir, modules[i]);
	}
	bytes_free(&about);
	return r;
}

static enum err head(const struct hub *hub, struct bytes *c, struct error *e)
{
	const struct hub_options *o = &hub->options;
	enum err r = bytes_format(c,
		"# made by certdesk-hub serve; changes are lost\n"
		"%s"
		"worker_processes auto;\n"
		"worker_shutdown_timeout 10s;\n"
		"pid \"%s/run/nginx.pid\";\n"
		"error_log stderr warn;\n"
		"events {\n\tworker_connections 4096;\n}\n"
		"http {\n",
		geteuid() == 0 ? "user root;\n" : "", hub->dir); /* DIR is closed to nobody, nginx's preset */
	if (r || (r = temporary_paths(hub, c, e)))
		return r;
	return bytes_format(c,
		"\tserver_tokens off;\n"
		"\taccess_log off;\n"
		"\tdefault_type application/octet-stream;\n"
		"\tsendfile on;\n"
		"\ttcp_nopush on;\n"
		"\tkeepalive_timeout 75s;\n"
		"\tkeepalive_requests 100000;\n"
		"\tclient_header_timeout 15s;\n"
		"\tclient_body_timeout 60s;\n"
		"\tsend_timeout 60s;\n"
		"\treset_timedout_connection on;\n"
		"\tclient_header_buffer_size 2k;\n"
		"\tlarge_client_header_buffers 4 8k;\n"
		"\tclient_body_buffer_size 256k;\n"
		"\tlimit_req_zone $binary_remote_addr zone=requests:10m rate=%dr/s;\n"
		"\tlimit_req_status 429;\n"
		"\tlimit_conn_zone $binary_remote_addr zone=connections:10m;\n"
		"\tlimit_conn_zone $ssl_client_serial zone=uploads:10m;\n"
		"\tlimit_conn_status 429;\n"
		/* a whole file, not to be gone on with, and no longer than client_body_buffer_size */
		"\tmap \"$http_upload_offset:$content_length\" $in_one_piece {\n"
		"\t\tdefault \"\";\n"
		"\t\t\"~^:([0-9]{1,5}|1[0-9]{5}|2[0-5][0-9]{4})$\" 1;\n"
		"\t}\n"
		"\tgzip on;\n\tgzip_proxied any;\n\tgzip_min_length 1024;\n\tgzip_types application/json;\n"
		"\tmap $ssl_client_verify $certificate_error {\n"
		"\t\tdefault '{\"error\":\"" SAY_CERTIFICATE "\"}';\n"
		"\t\t\"~revoked\" '{\"error\":\"" SAY_REVOKED "\"}';\n"
		"\t}\n", o->requests_a_second);
}

static enum err server(const struct hub *hub, const struct listens *l, struct bytes *c)
{
	enum err r = bytes_text(c, "\tserver {\n");
	for (int i = 0; !r && i < l->count; i++)
		r = bytes_format(c, "\t\tlisten %s ssl;\n", l->text[i]);
	return r ? r : bytes_format(c,
		"\t\tssl_certificate \"%1$s/keys/tls.pem\";\n"
		"\t\tssl_certificate_key \"%1$s/keys/tls.key\";\n"
		"\t\tssl_client_certificate \"%1$s/keys/root.pem\";\n"
		"\t\tssl_crl \"%1$s/keys/crl.pem\";\n"
		"\t\tssl_verify_client optional;\n"
		"\t\tssl_verify_depth 1;\n"
		"\t\tssl_protocols TLSv1.2 TLSv1.3;\n"
		"\t\tssl_session_cache off;\n" /* what was resumed would not be looked up in the list again */
		"\t\tssl_session_tickets off;\n"
		"\t\tlimit_req zone=requests burst=%2$d nodelay;\n"
		"\t\tlimit_conn connections %3$d;\n"
		"\t\terror_page 495 496 497 =403 @certificate;\n"
		"\t\terror_page 404 405 =404 @unknown;\n"
		"\t\terror_page 413 =413 @size;\n"
		"\t\terror_page 429 =429 @slow;\n"
		"\t\terror_page 500 502 503 504 =503 @fault;\n",
		hub->dir, hub->options.requests_a_second * 2, hub->options.connections);
}

static enum err pass(const struct hub *hub, struct bytes *c, const char *uri, enum pool pool)
{
	return bytes_format(c,
		"\t\t\tfastcgi_pass \"unix:%1$s/run/%2$s.sock\";\n"
		"\t\t\tfastcgi_read_timeout 180s;\n"
		"\t\t\tfastcgi_send_timeout 120s;\n"
		"\t\t\tfastcgi_buffers 64 32k;\n"
		"\t\t\tfastcgi_buffer_size 32k;\n"
		"\t\t\tfastcgi_param REQUEST_METHOD $request_method;\n"
		"\t\t\tfastcgi_param DOCUMENT_URI %3$s;\n"
		"\t\t\tfastcgi_param QUERY_STRING $query_string;\n"
		"\t\t\tfastcgi_param CONTENT_LENGTH $content_length;\n"
		"\t\t\tfastcgi_param TLS_VERIFIED $ssl_client_verify;\n"
		"\t\t\tfastcgi_param TLS_SERIAL $ssl_client_serial;\n"
		"\t\t\tfastcgi_param TLS_SUBJECT $ssl_client_s_dn;\n"
		"\t\t\tfastcgi_param REMOTE_ADDR $remote_addr;\n"
		"\t\t}\n", hub->dir, sockets[pool], uri);
}

/* A place of the protocol: what stands before the workers there. */
static enum err place(const struct hub *hub, struct bytes *c, const char *where, bool certificate, int64_t most, enum pool pool)
{
	enum err r = bytes_format(c, "\t\tlocation %s {\n\t\t\tclient_max_body_size %lld;\n", where, (long long)most);
	if (!r && certificate) {
		r = bytes_text(c, "\t\t\tif ($ssl_client_verify != SUCCESS) {\n\t\t\t\treturn 496;\n\t\t\t}\n");
	}
	if (!r && pool == POOL_FILES && !hub_files_remote(&hub->options))
		r = bytes_text(c, "\t\t\tif ($in_one_piece) {\n\t\t\t\trewrite ^/v1/files/(.*)$ /one-piece/$1 last;\n\t\t\t}\n");
	if (!r && pool == POOL_FILES) /* a worker waits for each: no site may have them all */
		r = bytes_format(c, "\t\t\tfastcgi_request_buffering off;\n\t\t\tlimit_conn connections %d;\n\t\t\tlimit_conn uploads %d;\n", hub->options.connections,
		                 (hub->options.file_workers + UPLOADS_SHARE - 1) / UPLOADS_SHARE);
	return r ? r : pass(hub, c, "$document_uri", pool);
}

/* Its body becomes a file here, whose name the worker gets: nothing of it goes through the socket, and no worker waits for it. */
static enum err one_piece(const struct hub *hub, struct bytes *c)
{
	enum err r = bytes_text(c,
		"\t\tlocation ~ ^/one-piece/(.*)$ {\n"
		"\t\t\tinternal;\n"
		"\t\t\tclient_max_body_size 256k;\n"
		"\t\t\tclient_body_in_file_only clean;\n"
		"\t\t\tfastcgi_pass_request_body off;\n"
		"\t\t\tfastcgi_param BODY_FILE $request_body_file;\n");
	return r ? r : pass(hub, c, "/v1/files/$1", POOL_FILES);
}

static enum err places(const struct hub *hub, struct bytes *c)
{
	enum err r = OK;
	static const char *const open[] = {"= /v1/root", "= /v1/health", "= /v1/join"};
	for (size_t i = 0; !r && i < 3; i++)
		r = place(hub, c, open[i], false, 64 << 10, POOL_WORK);
	if (!r && !(r = place(hub, c, "/v1/", true, 1 << 20, POOL_WORK)) && !(r = place(hub, c, "= /v1/journal", true, JOURNAL_BODY_MOST, POOL_WORK)))
		r = place(hub, c, "/v1/files/", true, FILE_MOST, POOL_FILES);
	if (!r && !hub_files_remote(&hub->options) && !(r = one_piece(hub, c)))
		r = bytes_format(c, "\t\tlocation /stored/ {\n\t\t\tinternal;\n\t\t\talias \"%s/\";\n\t\t\tetag off;\n\t\t}\n", hub->options.files);
	return r ? r : bytes_text(c,
		"\t\tlocation / {\n\t\t\treturn 404;\n\t\t}\n"
		"\t\tlocation @certificate {\n\t\t\tdefault_type application/json;\n\t\t\treturn 403 $certificate_error;\n\t\t}\n"
		"\t\tlocation @unknown {\n\t\t\tdefault_type application/json;\n\t\t\treturn 404 '{\"error\":\"" SAY_UNKNOWN "\"}';\n\t\t}\n"
		"\t\tlocation @size {\n\t\t\tdefault_type application/json;\n\t\t\treturn 413 '{\"error\":\"" SAY_SIZE "\"}';\n\t\t}\n"
		"\t\tlocation @slow {\n\t\t\tdefault_type application/json;\n\t\t\treturn 429 '{\"error\":\"" SAY_SLOW "\",\"retry\":1}';\n\t\t}\n"
		"\t\tlocation @fault {\n\t\t\tdefault_type application/json;\n\t\t\treturn 503 '{\"error\":\"" SAY_FAULT "\"}';\n\t\t}\n"
		"\t}\n}\n");
}

/* nginx's first complaint, without its frame: "nginx: [emerg] WHAT in FILE:LINE". */
static enum err complain(const struct bytes *said, struct error *e)
{
	const char *text = (const char *)said->data, *at = strstr(text, "[emerg] ");
	if (!at)
		at = text;
	else {
		at += strlen("[emerg] ");
		size_t ids = strspn(at, "0123456789#");
		at += at[ids] == ':' ? ids + 2 : 0; /* "PID#PID: " */
	}
	return error_set(e, ERR_HUB_NGINX, "%.*s", (int)strcspn(at, "\n"), *at ? at : "nginx");
}

static enum err check_path(const char *path, struct error *e)
{
	struct sockaddr_un un;
	if (strlen(path) + strlen("/run/worker.sock") >= sizeof un.sun_path || strpbrk(path, "\"\\$;{}\n\r'"))
		return error_set(e, ERR_HUB_PATH, "%s", path);
	return OK;
}

enum err nginx_configure(const struct hub *hub, struct error *e)
{
	struct bytes c = {0}, said = {0};
	struct listens l;
	char *path = path_join(hub->dir, "run/nginx.conf");
	char *argv[] = {hub->options.nginx, "-t", "-q", "-e", "stderr", "-p", hub->dir, "-c", path, NULL};
	enum err r = path ? check_path(hub->dir, e) : ERR_MEMORY;
	if (!r && strpbrk(hub->options.files, "\"\\$;{}\n\r'"))
		r = error_set(e, ERR_HUB_PATH, "%s", hub->options.files);
	find_listens(hub, &l);
	if (!r && !(r = head(hub, &c, e)) && !(r = server(hub, &l, &c)) && !(r = places(hub, &c)) &&
	    !(r = file_write(path, 0600, c.data, c.length, e)) && run(argv, &said) != 0)
		r = complain(&said, e);
	bytes_free(&c);
	bytes_free(&said);
	free(path);
	return r;
}

pid_t nginx_start(const struct hub *hub)
{
	char *path = path_join(hub->dir, "run/nginx.conf");
	pid_t parent = getpid(), child = path ? fork() : -1;
	if (child == 0) {
		sigset_t none;
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
		if (getppid() == parent)
			execlp(hub->options.nginx, hub->options.nginx, "-e", "stderr", "-p", hub->dir, "-c", path, "-g", "daemon off;", (char *)NULL);
		_exit(127);
	}
	free(path);
	return child;
}
