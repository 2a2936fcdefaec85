/* Issuing on the virtual key: issue RSA-KEY.pem CA.pem CA.key ROUNDS prints for each round the seconds of an issue, of the same
 * commands sent to a fresh key by a bare loop, and of the same job by yubico-piv-tool and openssl. Every key "generates" the pair
 * in RSA-KEY.pem, since real generation varies threefold. One desk is open all the time, as at a counter: what a program does once
 * in its life, the CA's key and the statements, is the first round's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <winscard.h>

#include "../lib/pcscd.h"
#include "../lib/site.h"
#include "base/bytes.h"
#include "base/lang.h"
#include "desk/issue.h"

enum { COMMANDS = 1024, COMMAND_SIZE = 4096, MANAGEMENT_KEY = 0x9B, AUTHENTICATE = 0x87, SET_MANAGEMENT_KEY = 0xFF };

struct command {
	size_t length;
	uint8_t data[COMMAND_SIZE];
};
static struct command commands[COMMANDS];
static size_t command_count;
static struct pcscd readers;
static struct site site;

static void die(const char *what)
{
	fprintf(stderr, "issue: %s\n", what);
	pcscd_stop(&readers);
	exit(1);
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Every key writes its trace: that takes time too. */
static void fresh(const char *serial, const char *pair, const char *trace)
{
	char state[128];
	snprintf(state, sizeof state, "%s/key-%s", readers.dir, serial);
	unlink(state);
	if (!pcscd_insert(&readers, 0, serial, "--rsa-key", pair, "--trace", trace, NULL))
		die("no key");
}

static double ours(struct desk *d, const char *serial)
{
	char no[ORDER_NO_SIZE], text[1024];
	struct error e = {0};
	json_t *out = NULL;
	json_t *second = json_pack("{ss}", "key_role", "secondary"); /* the same unit each time */
	site_approved(&site, d, "new-unit", second, no);
	json_decref(second);
	site_as(&site, d, "is1");
	struct ca *ca = NULL;
	if (desk_ca(d, &ca, &e))
		die(error_sentence(&e, text, sizeof text));
	double begin = now();
	if (issue_run(d, no, serial, NULL, NULL, &out, &e))
		die(error_sentence(&e, text, sizeof text));
	double end = now();
	json_decref(out);
	return end - begin;
}

/* Lines "NUMBER > HEX" are what was sent. */
static void read_trace(const char *path)
{
	static char line[3 * COMMAND_SIZE], hex[2 * COMMAND_SIZE + 1];
	char way;
	FILE *f = fopen(path, "re");
	command_count = 0;
	while (f && command_count < COMMANDS && fgets(line, sizeof line, f))
		if (sscanf(line, "%*d %c %8192s", &way, hex) == 2 && way == '>') {
			struct command *c = &commands[command_count];
			c->length = strlen(hex) / 2;
			if (c->length < 4 || !hex_decode(c->data, c->length, hex))
				continue; /* what the reader asks for itself */
			command_count++;
		}
	if (!f || !command_count)
		die(path);
	fclose(f);
}

/* The one thing that differs each time: what the key challenges with. */
struct management {
	uint8_t algorithm, key[32];
	size_t length;
};

static void decrypt(const struct management *m, const uint8_t *in, uint8_t *out, size_t n)
{
	const char *name = m->algorithm == 0x03 ? "DES-EDE3" : m->algorithm == 0x08 ? "AES-128-ECB" : m->algorithm == 0x0A ? "AES-192-ECB" : "AES-256-ECB";
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, name, NULL);
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	int done = 0;
	if (!cipher || !c || EVP_DecryptInit_ex2(c, cipher, m->key, NULL, NULL) != 1 || EVP_CIPHER_CTX_set_padding(c, 0) != 1 ||
	    EVP_DecryptUpdate(c, out, &done, in, (int)n) != 1)
		die(name);
	EVP_CIPHER_CTX_free(c);
	EVP_CIPHER_free(cipher);
}

static double bare(void)
{
	SCARDCONTEXT context;
	SCARDHANDLE card;
	DWORD protocol, names_length = SCARD_AUTOALLOCATE;
	char *names = NULL;
	uint8_t answer[COMMAND_SIZE] = {0};
	struct management m = {.algorithm = 0x03, .length = 24};
	for (int i = 0; i < 24; i++)
		m.key[i] = (uint8_t)(i % 8 + 1);
	double begin = now();
	if (SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context) != SCARD_S_SUCCESS ||
	    SCardListReaders(context, NULL, (LPSTR)&names, &names_length) != SCARD_S_SUCCESS ||
	    SCardConnect(context, names, SCARD_SHARE_SHARED, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &card, &protocol) != SCARD_S_SUCCESS)
		die("no reader");
	for (size_t i = 0; i < command_count; i++) {
		uint8_t *c = commands[i].data;
		DWORD length = sizeof answer;
		bool authenticate = commands[i].length > 9 && c[1] == AUTHENTICATE && c[3] == MANAGEMENT_KEY && c[5] == 0x7C && c[7] == 0x80;
		if (authenticate && c[8] > 0 && answer[0] == 0x7C && answer[2] == 0x80 && answer[3] == c[8])
			decrypt(&m, answer + 4, c + 9, c[8]);
		if (SCardTransmit(card, protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1, c, commands[i].length, NULL, answer, &length) !=
		    SCARD_S_SUCCESS)
			die("no answer");
		if (c[1] == SET_MANAGEMENT_KEY && commands[i].length > 8 && c[7] <= sizeof m.key) {
			m = (struct management){.algorithm = c[5], .length = c[7]};
			memcpy(m.key, c + 8, m.length);
		}
		if (authenticate && (length < 2 || answer[length - 2] != 0x90))
			die("the key does not let the loop in");
	}
	double end = now();
	SCardFreeMemory(context, names);
	SCardDisconnect(card, SCARD_LEAVE_CARD);
	SCardReleaseContext(context);
	return end - begin;
}

/* What the desk's own CA writes: a certificate of the same length, signed by a key of the same length. */
static void prepare_tools(const char *ca_key)
{
	char path[128], script[1024];
	snprintf(path, sizeof path, "%s/extensions", site.root);
	FILE *f = fopen(path, "we");
	if (!f)
		die(path);
	fputs("basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,nonRepudiation,keyEncipherment,dataEncipherment\n"
	      "extendedKeyUsage=clientAuth,emailProtection\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid:always\n"
	      "certificatePolicies=2.999.1.1\n1.2.156.10260.4.1.4=ASN1:PRINTABLESTRING:91110105MA01B2C3X5\n",
	      f);
	fclose(f);
	snprintf(script, sizeof script,
	         "openssl req -new -utf8 -key %s -subj '/C=CN/ST=北京市/L=北京市/O=北京示例科技有限公司/CN=北京示例科技有限公司' "
	         "-out %s/dummy.csr 2>/dev/null",
	         ca_key, site.root);
	if (system(script))
		die("openssl failed");
}

static double tools(const char *ca, const char *ca_key)
{
	char script[2048];
	snprintf(script, sizeof script,
	         "set -e; cd %s; t='yubico-piv-tool -r Virtual'; $t -s 9a -A RSA2048 -a generate -o pub.pem 2>/dev/null; "
	         "openssl x509 -req -in dummy.csr -force_pubkey pub.pem -CA %s -CAkey %s -set_serial 0x5A01 -days 365 -extfile extensions -out c.pem 2>/dev/null; "
	         "$t -s 9a -a import-certificate -i c.pem 2>/dev/null; $t -s 9a -a read-certificate -o back.pem 2>/dev/null; "
	         "$t -s 9a -P 123456 -a verify-pin -a test-signature -i c.pem >/dev/null 2>&1; $t -a change-pin -P 123456 -N 87654321 >/dev/null 2>&1",
	         site.root, ca, ca_key);
	double begin = now();
	if (system(script))
		die("yubico-piv-tool or openssl failed");
	return now() - begin;
}

int main(int argc, char **argv)
{
	char trace[128], other[128];
	if (argc != 5)
		return 2;
	lang_start();
	site_make(&site);
	if (!pcscd_start(&readers))
		return 1;
	prepare_tools(argv[3]);
	struct desk *d = site_open(&site);
	for (int i = 0; i < atoi(argv[4]); i++) {
		char serial[16];
		snprintf(serial, sizeof serial, "1000000%d", i % 8 + 1);
		snprintf(trace, sizeof trace, "%s/trace-%d", readers.dir, i);
		snprintf(other, sizeof other, "%s/trace-other", readers.dir);
		fresh(serial, argv[1], trace);
		double a = ours(d, serial);
		pcscd_pull(&readers, 0);
		read_trace(trace);
		fresh(serial, argv[1], other);
		double b = bare();
		pcscd_pull(&readers, 0);
		fresh(serial, argv[1], other);
		double c = tools(argv[2], argv[3]);
		pcscd_pull(&readers, 0);
		printf("%.4f %.4f %.4f\n", a, b, c);
		fflush(stdout);
	}
	desk_close(&d);
	pcscd_stop(&readers);
	site_end(&site);
	return 0;
}
