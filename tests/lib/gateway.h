/* The payment provider of tests (alipay.py), as C tests start it: a process on loopback that ends with the test. */
#ifndef CERTDESK_TESTS_GATEWAY_H
#define CERTDESK_TESTS_GATEWAY_H

struct gateway {
	char dir[200];
	int pid, in; /* the server ends when `in` is closed */
};

/* Starts it in `dir`, which is made, and adds its lines to the configuration of the site in `site_dir`. Failures end the test (cmocka). */
void gateway_start(struct gateway *g, const char *dir, const char *site_dir);
void gateway_end(struct gateway *g);
/* A customer scans this code and pays; the next requests meet with these faults, one each. */
void gateway_scan(const struct gateway *g, const char *code);
void gateway_faults(const struct gateway *g, const char *words);
/* How many requests of this beginning ("alipay.trade.query ") there were. */
int gateway_asked(const struct gateway *g, const char *begins);

#endif
