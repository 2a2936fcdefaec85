#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hub/nginx.h"
#include "hub/serve.h"

enum { PROBE_SECONDS = 5 };

static int connect_to(const char *host, const char *port)
{
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM}, *found = NULL;
	struct timeval patience = {.tv_sec = PROBE_SECONDS};
	if (getaddrinfo(host, port, &hints, &found) != 0)
		return -1;
	int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0) {
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience); /* connect too */
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
		if (connect(fd, found->ai_addr, found->ai_addrlen) != 0) {
			close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(found);
	return fd;
}

/* Trusts our root alone, and the name that the url has. */
static bool trust(SSL_CTX *ctx, SSL *ssl, const struct hub *hub)
{
	X509_VERIFY_PARAM *param = SSL_get0_param(ssl);
	if (X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), hub->root) != 1)
		return false;
	SSL_set_verify(ssl, SSL_VERIFY_PEER, NULL);
	if (X509_VERIFY_PARAM_set1_ip_asc(param, hub->options.host) == 1)
		return true;
	ERR_clear_error();
	return SSL_set1_host(ssl, hub->options.host) == 1 && SSL_set_tlsext_host_name(ssl, hub->options.host) == 1;
}

static bool ask(SSL *ssl, const struct hub *hub)
{
	char text[2048];
	size_t have = 0;
	int n = snprintf(text, sizeof text, "GET /v1/health HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", hub->options.host);
	if (SSL_connect(ssl) != 1 || SSL_write(ssl, text, n) != n)
		return false;
	while (have < sizeof text - 1 && (n = SSL_read(ssl, text + have, (int)(sizeof text - 1 - have))) > 0)
		have += (size_t)n;
	text[have] = '\0';
	const char *body = strstr(text, "\r\n\r\n");
	return strncmp(text, "HTTP/1.1 200 ", 13) == 0 && body && strstr(body, "ok");
}

bool hub_probe(const struct hub *hub)
{
	char host[256], port[8];
	int fd = nginx_address(hub, host, port) ? connect_to(host, port) : -1;
	if (fd < 0)
		return false;
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL *ssl = ctx ? SSL_new(ctx) : NULL;
	bool good = ssl && SSL_set_fd(ssl, fd) == 1 && trust(ctx, ssl, hub) && ask(ssl, hub);
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	close(fd);
	ERR_clear_error();
	return good;
}
