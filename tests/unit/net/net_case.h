/* For tests of the HTTP client: a headquarters that keeps to nothing (hostile.py) under several names, and a line to the good one. */
#ifndef CERTDESK_TESTS_NET_CASE_H
#define CERTDESK_TESTS_NET_CASE_H

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/lang.h"
#include "net/net.h"
#include "pki.h"

enum { FILE_SIZE = 300000, DAY = 24 * 3600 };

static char directory[64], *root_pem, *own_pem, *other_pem;
static struct bytes own_key;
static json_t *ports;
static pid_t server;
static int server_in = -1;
static struct net *line; /* to "good", with our certificate */
static struct net_reply reply;
static struct error error;

static inline const char *url_of(const char *name)
{
	static char url[64];
	snprintf(url, sizeof url, "https://localhost:%d", (int)json_number(ports, name));
	return url;
}

static inline enum err start(const char *url, const char *root, bool own, struct net **out)
{
	struct net_options o = {.url = url, .root = root};
	if (own) {
		o.certificate = own_pem;
		o.key = own_key.data;
		o.key_length = own_key.length;
	}
	error = (struct error){0};
	return net_start(&o, out, &error);
}

/* One GET, at most five seconds. */
static inline enum err get_from(struct net *net, const char *path)
{
	error = (struct error){0};
	return net_call(net, &(struct net_request){.path = path, .seconds = 5}, &reply, &error);
}

static inline enum err get(const char *path)
{
	return get_from(line, path);
}

/* What "/echo" says of the request. */
static inline json_t *echoed(const struct net_request *request)
{
	json_t *out = NULL;
	assert_int_equal(net_call(line, request, &reply, &error), OK);
	assert_int_equal(reply.status, 200);
	assert_int_equal(json_parse((const char *)reply.body.data, reply.body.length, &out, &error), OK);
	return out;
}

/* The line is as good as before: what went wrong was one call's. */
static inline void goes_on(void)
{
	assert_int_equal(get("/echo"), OK);
	assert_int_equal(reply.status, 200);
}

static inline void make_identities(void)
{
	struct identity root = pki_make("总部", NULL, NULL, NULL, -DAY, 365 * DAY), other = pki_make("总部", NULL, NULL, NULL, -DAY, 365 * DAY);
	const struct {
		const char *name, *names, *usage;
		const struct identity *issuer;
		long from, to;
	} rows[] = {
		{"good", "DNS:localhost", "serverAuth", &root, -DAY, DAY},
		{"other-root", "DNS:localhost", "serverAuth", &other, -DAY, DAY},
		{"other-host", "DNS:example.org", "serverAuth", &root, -DAY, DAY},
		{"expired", "DNS:localhost", "serverAuth", &root, -2 * DAY, -DAY},
		{"future", "DNS:localhost", "serverAuth", &root, DAY, 2 * DAY},
		{"no-server", "DNS:localhost", "clientAuth", &root, -DAY, DAY},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct identity one = pki_make("hub", rows[i].issuer, rows[i].names, rows[i].usage, rows[i].from, rows[i].to);
		pki_write(&one, directory, rows[i].name, 1);
		pki_free(&one);
	}
	pki_write(&root, directory, "root", 0);
	struct identity own = pki_make("110114-01", &root, NULL, "clientAuth", -DAY, DAY);
	root_pem = pki_pem(&root);
	own_pem = pki_pem(&own);
	other_pem = pki_pem(&other);
	pki_key_der(&own, &own_key);
	pki_free(&root);
	pki_free(&other);
	pki_free(&own);
}

static inline void start_server(void)
{
	int in[2], out[2];
	char text[1000] = "", *script;
	assert_int_equal(pipe2(in, O_CLOEXEC) | pipe2(out, O_CLOEXEC), 0);
	assert_true(asprintf(&script, "%.*s/hostile.py", (int)(strrchr(__FILE__, '/') - __FILE__), __FILE__) > 0);
	server = fork();
	if (server == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		execlp("python3", "python3", "-W", "ignore", script, directory, (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	server_in = in[1];
	FILE *f = fdopen(out[0], "r");
	assert_non_null(fgets(text, sizeof text, f));
	fclose(f);
	free(script);
	ports = json_object();
	for (char *at = strtok(text, " \n"); at; at = strtok(NULL, " \n"))
		json_object_set_new(ports, at, json_integer(atoi(strtok(NULL, " \n"))));
}

static inline int begin(void **state)
{
	(void)state;
	strcpy(directory, "/tmp/test-net-XXXXXX");
	assert_non_null(mkdtemp(directory));
	reply.upload_offset = -1;
	make_identities();
	start_server();
	return start(url_of("good"), root_pem, true, &line) == OK ? 0 : -1;
}

static inline int end(void **state)
{
	char command[100];
	(void)state;
	net_end(&line);
	net_reply_free(&reply);
	close(server_in);
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	json_decref(ports);
	bytes_free(&own_key);
	free(root_pem);
	free(own_pem);
	free(other_pem);
	snprintf(command, sizeof command, "rm -rf %s", directory);
	return system(command);
}

#endif
