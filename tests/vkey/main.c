/* vkey --state FILE --serial N --port P: a virtual PIV key in one of vpcd's
 * readers. Each message is two bytes of length and then the data; one byte of
 * data is a command of the reader. SIGTERM pulls the key out. */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/pem.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "vkey.h"

enum { POWER_OFF = 0, POWER_ON = 1, RESET = 2, GET_ATR = 4, PATIENCE_MS = 30000 };

static volatile sig_atomic_t stop;

struct options {
	long port, fail_at, vanish_at, vanish_after, lie_at, lie_after;
	uint8_t lie[ANSWER_MOST];
	size_t lie_length;
	FILE *trace;
};

static void on_signal(int number)
{
	(void)number;
	stop = 1;
}

static long long now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* Waits until the socket can be read; signals are let in only here. False: stop. */
static bool wait_for(int fd, int ms)
{
	sigset_t none;
	sigemptyset(&none);
	struct pollfd p = {fd, POLLIN, 0};
	struct timespec limit = {ms / 1000, ms % 1000 * 1000000L};
	if (stop || (ppoll(&p, fd < 0 ? 0 : 1, ms < 0 ? NULL : &limit, &none) < 0 && errno != EINTR))
		return false;
	return !stop;
}

static int connect_reader(long port)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	for (long long end = now_ms() + PATIENCE_MS; !stop && now_ms() < end;) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0) {
			setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
			return fd;
		}
		if (fd >= 0)
			close(fd);
		if (!wait_for(-1, 50))
			break;
	}
	return -1;
}

static bool receive(int fd, uint8_t *data, size_t length)
{
	for (size_t have = 0; have < length;) {
		if (!wait_for(fd, -1))
			return false;
		/* vpcd sends length and data apart and waits for the first to be acknowledged; not sticky, so each time */
		setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &(int){1}, sizeof(int));
		ssize_t n = recv(fd, data + have, length - have, 0);
		if (n <= 0)
			return false;
		have += (size_t)n;
	}
	return true;
}

static bool send_message(int fd, const uint8_t *data, size_t length)
{
	uint8_t message[2 + ANSWER_MOST] = {(uint8_t)(length >> 8), (uint8_t)length};
	memcpy(message + 2, data, length);
	for (size_t sent = 0; sent < length + 2;) {
		ssize_t n = send(fd, message + sent, length + 2 - sent, MSG_NOSIGNAL);
		if (n <= 0)
			return false;
		sent += (size_t)n;
	}
	return true;
}

static bool send_atr(int fd)
{
	uint8_t atr[4 + 8] = {0x3B, 0x88, 0x01}; /* T=1, eight historical bytes, check byte */
	memcpy(atr + 3, "certdesk", 8);
	for (int i = 1; i < 11; i++)
		atr[11] ^= atr[i];
	return send_message(fd, atr, sizeof atr);
}

static void trace(const struct options *o, long number, const char *way, const uint8_t *data, size_t length)
{
	if (!o->trace)
		return;
	fprintf(o->trace, "%ld %s ", number, way);
	for (size_t i = 0; i < length; i++)
		fprintf(o->trace, "%02x", data[i]);
	fputc('\n', o->trace);
	fflush(o->trace);
}

/* Serves one connection. Returns true where the key is to come back, false to end. */
static bool serve(int fd, struct card *c, const struct options *o, long *number)
{
	static uint8_t in[65536];
	static struct buffer out;
	uint8_t head[2];
	while (receive(fd, head, 2)) {
		size_t length = (size_t)head[0] << 8 | head[1];
		if (!receive(fd, in, length))
			break;
		if (length == 1 && in[0] == GET_ATR) {
			if (!send_atr(fd))
				break;
			continue;
		}
		if (length == 1 && in[0] <= RESET) {
			card_reset(c);
			continue;
		}
		++*number;
		trace(o, *number, ">", in, length);
		if (*number == o->vanish_at)
			return false;
		if (*number == o->fail_at) {
			c->chaining = false;
			out.length = 0;
			buffer_add(&out, (uint8_t[]){SW_FAULT >> 8, SW_FAULT & 255}, 2);
		} else if (*number != o->lie_at)
			card_answer(c, in, length, &out);
		if (*number == o->lie_at || *number == o->lie_after) {
			out.length = 0;
			buffer_add(&out, o->lie, o->lie_length);
		}
		trace(o, *number, "<", out.data, out.length);
		if (*number == o->vanish_after)
			return false;
		if (!send_message(fd, out.data, out.length))
			break;
	}
	return !stop;
}

static int usage(void)
{
	fputs("usage: vkey --state FILE --serial N --port P [--rsa-key FILE.pem] [--trace FILE]\n"
	      "            [--fail-at N] [--vanish-at N] [--vanish-after N] [--lie-at N | --lie-after N] [--lie HEX]\n"
	      "N counts the commands from the start; HEX is what is answered instead of that command, or after it\n",
		stderr);
	return 2;
}

static bool number_of(const char *text, long least, long most, long *out)
{
	char *end;
	*out = strtol(text, &end, 10);
	return *text && !*end && *out >= least && *out <= most;
}

static bool read_hex(const char *text, struct options *o)
{
	size_t n = strlen(text) / 2;
	if (n < 1 || n > sizeof o->lie || strlen(text) % 2 || strspn(text, "0123456789abcdef") != strlen(text))
		return false;
	for (size_t i = 0; i < n; i++)
		o->lie[i] = (uint8_t)strtoul((char[3]){text[2 * i], text[2 * i + 1], 0}, NULL, 16);
	o->lie_length = n;
	return true;
}

static bool read_options(int argc, char **argv, struct card *c, struct options *o)
{
	static const struct option names[] = {{"state", 1, NULL, 's'}, {"serial", 1, NULL, 'n'}, {"port", 1, NULL, 'p'},
		{"fail-at", 1, NULL, 'f'}, {"vanish-at", 1, NULL, 'v'}, {"vanish-after", 1, NULL, 'w'},
		{"lie-at", 1, NULL, 'l'}, {"lie-after", 1, NULL, 'm'}, {"lie", 1, NULL, 'h'}, {"trace", 1, NULL, 't'}, {"rsa-key", 1, NULL, 'r'}, {NULL, 0, NULL, 0}};
	long serial = 0;
	FILE *f;
	for (int k; (k = getopt_long(argc, argv, "", names, NULL)) != -1;) {
		bool good = true;
		switch (k) {
		case 's': c->state_file = optarg; break;
		case 'n': good = number_of(optarg, 1, 0xFFFFFFFFL, &serial); break;
		case 'p': good = number_of(optarg, 1, 65535, &o->port); break;
		case 'f': good = number_of(optarg, 1, 1L << 30, &o->fail_at); break;
		case 'v': good = number_of(optarg, 1, 1L << 30, &o->vanish_at); break;
		case 'w': good = number_of(optarg, 1, 1L << 30, &o->vanish_after); break;
		case 'l': good = number_of(optarg, 1, 1L << 30, &o->lie_at); break;
		case 'm': good = number_of(optarg, 1, 1L << 30, &o->lie_after); break;
		case 'h': good = read_hex(optarg, o); break;
		case 't': good = (o->trace = fopen(optarg, "ae")) != NULL; break;
		case 'r':
			f = fopen(optarg, "re");
			c->rsa_key = f ? PEM_read_PrivateKey(f, NULL, NULL, NULL) : NULL;
			if (f)
				fclose(f);
			good = c->rsa_key && EVP_PKEY_get_bits(c->rsa_key) == 2048;
			break;
		default: good = false;
		}
		if (!good)
			return false;
	}
	c->serial = (uint32_t)serial;
	return optind == argc && c->state_file && serial && o->port;
}

int main(int argc, char **argv)
{
	static struct card card;
	struct options options = {0};
	if (!read_options(argc, argv, &card, &options))
		return usage();
	sigset_t terms;
	sigemptyset(&terms);
	sigaddset(&terms, SIGTERM);
	sigaddset(&terms, SIGINT);
	sigprocmask(SIG_BLOCK, &terms, NULL);
	struct sigaction act = {.sa_handler = on_signal};
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGINT, &act, NULL);
	if (!state_load(&card))
		return 1;
	int status = 0;
	long number = 0;
	for (bool again = true; again;) {
		int fd = connect_reader(options.port);
		if (fd < 0) {
			if (!stop)
				fprintf(stderr, "vkey: no reader at port %ld\n", options.port);
			status = stop ? 0 : 3;
			break;
		}
		card_reset(&card);
		again = serve(fd, &card, &options, &number);
		close(fd);
	}
	state_factory(&card); /* frees; the file keeps the state */
	EVP_PKEY_free(card.rsa_key);
	if (options.trace)
		fclose(options.trace);
	return status;
}
