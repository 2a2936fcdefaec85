/* libFuzzer on what a site posts to headquarters. The first byte chooses: a body as it is, a gzip body, an envelope, or one entry whose
 * text and states the input writes and which is then hashed, signed and sealed as a stolen site's program would. A hub of its own
 * on SQLite takes it; what it answers must be one of the answers that there are, and its journal stay whole. */
#include "fuzz_hub.h"

#include <string.h>

#include "base/json.h"
#include "hub/posted.h"
#include "sync/envelope.h"

enum { DK = 1 };

static EVP_PKEY *signer;
static uint8_t key[DATA_KEY_SIZE];
static struct bytes envelope;
static int64_t rounds;

static void start(void)
{
	unsigned char *der = NULL;
	signer = EVP_EC_gen("P-256");
	hub_begin(signer);
	memset(key, 7, sizeof key);
	int n = i2d_X509(hub->encrypt, &der);
	must(envelope_seal(der, (size_t)n, SITE, DK, key, &envelope, NULL) == OK);
	OPENSSL_free(der);
}

struct input {
	const uint8_t *data;
	size_t left;
};

static long read_input(void *arg, void *out, size_t n)
{
	struct input *in = arg;
	n = n < in->left ? n : in->left;
	memcpy(out, in->data, n);
	in->data += n;
	in->left -= n;
	return (long)n;
}

static void post(const void *data, size_t size, const char *encoding)
{
	extern const struct route routes_data[];
	struct input in = {data, size};
	struct error e = {0};
	struct reply p = {0};
	struct request q = {.method = "POST", .path = "/v1/journal", .query = "", .rest = "", .site = SITE, .kind = "counter", .range = "",
	                    .encoding = encoding, .length = (int64_t)size, .upload_offset = -1, .upload_length = -1, .read = read_input, .input = &in};
	const struct route *r = routes_data;
	while (strcmp(r->method, "POST") != 0)
		r++;
	must(r->run(hub, &q, &p, &e) == OK);
	must(!hub->db->in_transaction);
	int s = p.status ? p.status : 200;
	must(s == 200 || s == 400 || s == 409 || s == 413 || s == 422);
	reply_free(&p);
}

/* {"entry": {…}, "states": [{"kind", "record", "state"}]}: what is missing of an entry is put in, its states are sealed. */
static json_t *seal_states(const json_t *wanted, json_t *records)
{
	json_t *states = json_array();
	const json_t *one;
	size_t i;
	json_array_foreach(wanted, i, one) {
		struct bytes plain = {0}, sealed = {0};
		char bind[160], digest[DIGEST_TEXT_SIZE];
		const char *kind = json_text(one, "kind");
		int64_t record = json_number(one, "record"), last = 0;
		if (!*kind || strlen(kind) > 40 || record < 1)
			continue;
		must(db_int(hub->db, HUB_SQL_STATE_LAST_VERSION, 0, &last, NULL, "tti", SITE, kind, record) == OK);
		json_t *state = json_deep_copy(json_object_get(one, "state"));
		if (json_is_object(state) && strcmp(kind, "custody") != 0) {
			json_object_set_new(state, "id", json_integer(record));
			json_object_set_new(state, "dk", json_integer(DK));
		}
		json_canonical(state, &plain);
		snprintf(bind, sizeof bind, "%s/%lld/%lld", kind, (long long)record, (long long)last + 1);
		seal(key, bind, plain.data ? (void *)plain.data : "", plain.length, &sealed);
		digest_text(sealed.data, sealed.length, digest);
		json_t *out = json_pack("{ss sI sI si}", "kind", kind, "record", (json_int_t)record, "version", (json_int_t)last + 1, "dk", DK);
		if (out) {
			json_set_base64(out, "body", sealed.data, sealed.length, NULL);
			json_array_append_new(states, out);
			json_array_append_new(records, json_pack("[sIIs]", kind, (json_int_t)record, (json_int_t)last + 1, digest));
		}
		json_decref(state);
		bytes_free(&plain);
		bytes_free(&sealed);
	}
	return states;
}

static int64_t head(char hash[DIGEST_TEXT_SIZE])
{
	struct db_rows *rows = NULL;
	int64_t seq = 0;
	hash[0] = '\0';
	must(db_query(hub->db, HUB_SQL_ENTRY_HEAD, &rows, NULL, "t", SITE) == OK);
	if (db_rows_next(rows)) {
		seq = db_rows_int(rows, 0);
		snprintf(hash, DIGEST_TEXT_SIZE, "%s", db_rows_text(rows, 1));
	}
	db_rows_end(&rows, NULL);
	return seq;
}

static void post_signed(const json_t *wanted)
{
	static const char *const texts[] = {"actor", "second", "station", "subject", "program", "action"};
	json_t *entry = json_deep_copy(json_object_get(wanted, "entry")), *records = json_array();
	struct bytes text = {0};
	char prev[DIGEST_TEXT_SIZE], hash[DIGEST_TEXT_SIZE];
	unsigned char signature[160];
	size_t length = sizeof signature;
	int64_t seq = head(prev) + 1;
	if (!json_is_object(entry)) {
		json_decref(entry);
		entry = json_object();
	}
	json_t *states = seal_states(json_object_get(wanted, "states"), records);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (!json_is_string(json_object_get(entry, texts[i])))
			json_object_set_new(entry, texts[i], json_string(i < 5 ? "" : "site.init"));
	json_object_set_new(entry, "epoch", json_integer(1));
	json_object_set_new(entry, "time", json_integer(1));
	json_object_set_new(entry, "seq", json_integer(seq));
	json_object_set_new(entry, "prev", json_string(prev));
	json_object_set_new(entry, "site", json_string(SITE));
	json_object_set_new(entry, "records", records);
	if (json_canonical(entry, &text) == OK && text.data) {
		digest_text(text.data, text.length, hash);
		EVP_MD_CTX *c = EVP_MD_CTX_new();
		must(EVP_DigestSignInit(c, NULL, EVP_sha256(), NULL, signer) == 1 &&
		     EVP_DigestSign(c, signature, &length, (unsigned char *)hash, strlen(hash)) == 1);
		EVP_MD_CTX_free(c);
		json_t *one = json_pack("{sI ss ss sO}", "seq", (json_int_t)seq, "entry", (char *)text.data, "hash", hash, "states", states), *k = json_pack("{si}", "dk", DK);
		if (one) {
			json_set_base64(one, "signature", signature, length, NULL);
			json_set_base64(k, "cms", envelope.data, envelope.length, NULL);
			json_t *body = json_pack("{s[O] s[O]}", "entries", one, "keys", k);
			char *posted = json_dumps(body, JSON_COMPACT);
			post(posted, strlen(posted), "");
			free(posted);
			json_decref(body);
		}
		json_decref(one);
		json_decref(k);
	}
	json_decref(states);
	json_decref(entry);
	bytes_free(&text);
}

static void open_envelope(const uint8_t *data, size_t size)
{
	uint8_t opened[DATA_KEY_SIZE];
	envelope_open(hub->encrypt_key, data, size, SITE, DK, opened, NULL);
}

/* A new hub from time to time: one that has taken much judges slowly. */
static void begin_anew(void)
{
	EVP_PKEY_free(signer);
	bytes_free(&envelope);
	hub_end();
	start();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *wanted = NULL;
	if (!hub)
		start();
	if (size == 0)
		return 0;
	if (++rounds % 2000 == 0)
		begin_anew();
	switch (data[0] % 4) {
	case 0:
		post(data + 1, size - 1, "");
		break;
	case 1:
		post(data + 1, size - 1, "gzip");
		break;
	case 2:
		open_envelope(data + 1, size - 1);
		break;
	default:
		if (json_parse((const char *)data + 1, size - 1, &wanted, NULL) == OK)
			post_signed(wanted);
		json_decref(wanted);
	}
	return 0;
}

/* What a counter writes, to begin from: the corpus directory (the last argument) gets it where it is empty. */
static const char *const seeds[] = {
	"3{\"entry\":{\"action\":\"site.init\",\"actor\":\"system\"},\"states\":[{\"kind\":\"staff\",\"record\":1,\"state\":{\"login\":\"op1\",\"roles\":"
	"\"operator,reviewer\",\"disabled\":0}}]}",
	"3{\"entry\":{\"action\":\"order.sign\",\"actor\":\"110114-01/op1\"},\"states\":[{\"kind\":\"document\",\"record\":1,\"state\":{\"order_id\":1,"
	"\"digest\":\"sha256:00\"}},{\"kind\":\"orders\",\"record\":1,\"state\":{\"no\":\"11011401-261122-00015\",\"business\":\"new\",\"status\":"
	"\"awaiting-payment\",\"amount\":100}},{\"kind\":\"signature\",\"record\":1,\"state\":{\"state\":\"valid\"}},{\"kind\":\"signature_order\","
	"\"record\":1,\"state\":{\"order_id\":1,\"signature_id\":1}}]}",
	"3{\"entry\":{\"action\":\"pay.take\",\"actor\":\"110114-01/op1\"},\"states\":[{\"kind\":\"orders\",\"record\":1,\"state\":{\"no\":"
	"\"11011401-261122-00015\",\"business\":\"new\",\"status\":\"in-review\",\"amount\":100}},{\"kind\":\"payment\",\"record\":1,\"state\":{\"state\":"
	"\"verified\"}},{\"kind\":\"payment_order\",\"record\":1,\"state\":{\"order_id\":1,\"payment_id\":1,\"amount\":100}}]}",
	"3{\"entry\":{\"action\":\"custody.give\",\"actor\":\"system\",\"facts\":{\"custody\":{\"order\":\"11011401-261122-00015\",\"to\":\"\",\"home\":"
	"\"110114-01\",\"files\":[]}}},\"states\":[{\"kind\":\"custody\",\"record\":1,\"state\":{\"order\":\"11011401-261122-00015\",\"home\":\"110114-01\","
	"\"records\":[{\"kind\":\"orders\",\"site\":\"110114-01\",\"id\":1,\"row\":{\"no\":\"11011401-261122-00015\",\"visit_id\":null}}]}},{\"kind\":\"orders\","
	"\"record\":1,\"state\":{\"no\":\"11011401-261122-00015\",\"business\":\"new\",\"status\":\"in-review\",\"amount\":100}}]}",
	"3{\"entry\":{\"action\":\"custody.take\",\"actor\":\"system\",\"facts\":{\"taken\":{\"order\":\"x\",\"from\":\"y\",\"seq\":1}}},\"states\":[]}",
	"3{\"entry\":{\"action\":\"review.approve\",\"actor\":\"110114-01/op1\",\"second\":\"110114-01/op1\"},\"states\":[{\"kind\":\"orders\",\"record\":1,"
	"\"state\":{\"no\":\"11011401-261122-00015\",\"business\":\"new\",\"status\":\"approved\",\"reviewer_id\":1,\"keyers\":\",2,\"}}]}",
	"0{\"entries\":[{\"seq\":1,\"entry\":\"{}\",\"hash\":\"sha256:0000000000000000000000000000000000000000000000000000000000000000\",\"signature\":"
	"\"AAAA\",\"states\":[{\"kind\":\"orders\",\"record\":1,\"version\":1,\"dk\":1,\"body\":null}]}],\"keys\":[{\"dk\":1,\"cms\":\"AAAA\"}],\"gone\":[]}",
};

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *corpus = *argc > 1 ? (*argv)[*argc - 1] : "-";
	for (size_t i = 0; corpus[0] != '-' && i < sizeof seeds / sizeof *seeds; i++) {
		char path[400];
		snprintf(path, sizeof path, "%s/seed-%zu", corpus, i);
		FILE *f = fopen(path, "wb");
		if (f) {
			fputs(seeds[i], f);
			fclose(f);
		}
	}
	return 0;
}
