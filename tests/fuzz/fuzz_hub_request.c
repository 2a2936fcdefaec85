/* libFuzzer on what headquarters is asked, besides journals: the first byte chooses the route, the second who asks and how; then a line
 * that is the query, the path's rest or a number of an upload, and the body. A hub of its own on SQLite; each answer must be one of
 * those that there are. */
#include "fuzz_hub.h"

#include <string.h>

#include "base/json.h"

static void start(void)
{
	EVP_PKEY *signer = EVP_EC_gen("P-256");
	hub_begin(signer);
	EVP_PKEY_free(signer);
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

static const struct route *route_at(size_t i)
{
	extern const struct route routes_data[], routes_base[];
	const struct route *tables[] = {routes_base, routes_data};
	size_t counts[2] = {0};
	for (size_t t = 0; t < 2; t++)
		while (tables[t][counts[t]].method)
			counts[t]++;
	i %= counts[0] + counts[1];
	return i < counts[0] ? &routes_base[i] : &routes_data[i - counts[0]];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int known[] = {200, 201, 204, 206, 400, 403, 404, 409, 413, 416, 422, 429, 503, 507};
	if (!hub)
		start();
	if (size < 3)
		return 0;
	const uint8_t *end = memchr(data + 2, '\n', size - 2);
	size_t n = end ? (size_t)(end - data) - 2 : size - 2;
	char line[512];
	if (n >= sizeof line || memchr(data + 2, 0, n))
		return 0;
	memcpy(line, data + 2, n);
	line[n] = '\0';
	const struct route *r = route_at(data[0]);
	struct input in = {data + 2 + n + (end != NULL), size - 2 - n - (end != NULL)};
	struct error e = {0};
	struct reply p = {0};
	struct request q = {.method = r->method, .path = r->path, .query = line, .rest = r->path[strlen(r->path) - 1] == '/' ? line : "", .range = data[1] & 1 ? line : "",
	                    .encoding = data[1] & 2 ? "gzip" : "", .length = data[1] & 4 ? -1 : (int64_t)in.left, .upload_offset = data[1] & 8 ? data[1] >> 4 : -1,
	                    .upload_length = data[1] & 16 ? (int64_t)in.left : -1, .takes_gzip = data[1] & 32, .address = "192.0.2.1", .read = read_input, .input = &in};
	if (r->needs == NEEDS_SITE) {
		snprintf(q.site, sizeof q.site, SITE);
		snprintf(q.kind, sizeof q.kind, "%s", data[1] & 64 ? "review" : "counter");
	}
	enum err rc = r->run(hub, &q, &p, &e);
	db_rollback(hub->db);
	if (rc)
		fprintf(stderr, "%s %s %s: %s\n", r->method, r->path, error_name(rc), e.detail);
	must(rc == OK);
	int s = p.status ? p.status : 200;
	bool good = false;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		good = good || known[i] == s;
	must(good);
	reply_free(&p);
	return 0;
}
