#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "site.h"

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "desk/attach.h"
#include "desk/keys.h"
#include "desk/pay.h"
#include "desk/review.h"
#include "desk/sign.h"
#include "desk/staff.h"
#include "fixture.h"
#include "json_file.h"
#include "pictures.h"
#include "rules/check.h"

static const struct {
	const char *login, *name, *role;
} people[] = {{"op1", "王受理", "operator"},
              {"rv1", "赵审核", "reviewer"},
              {"is1", "钱制证", "issuer"},
              {"mg1", "孙主管", "manager"},
              {"au1", "周审计", "auditor"}};

void site_is_at(enum err wanted, enum err got, const struct error *e, const char *file, int line)
{
	char sentence[ERROR_DETAIL_SIZE * 2];
	if (wanted == got)
		return;
	print_error("wanted %s, got %s: %s\n", wanted ? error_name(wanted) : "OK", got ? error_name(got) : "OK",
	            got ? error_sentence(e, sentence, sizeof sentence) : "");
	_fail(file, line);
}

static void password(struct secret *s)
{
	secret_set(s, SITE_PASSWORD, strlen(SITE_PASSWORD));
}

static void remember(struct site *s, struct desk *d, const char *login)
{
	struct secret p;
	struct error e = {0};
	password(&p);
	site_is(OK, staff_login(d, login, &p, &e), &e);
	assert_true(s->count < sizeof s->people / sizeof *s->people);
	s->people[s->count++] = d->actor;
}

static void fill(struct site *s, struct desk *d)
{
	struct secret p;
	struct error e = {0};
	struct bytes list = {0};
	json_t *out = NULL;
	password(&p);
	remember(s, d, "root1");
	for (size_t i = 0; i < sizeof people / sizeof *people; i++)
		site_is(OK, staff_add(d, people[i].login, people[i].name, people[i].role, &p, &e), &e);
	for (size_t i = 0; i < sizeof people / sizeof *people; i++)
		remember(s, d, people[i].login);
	bytes_text(&list, "serial,medium\n");
	for (int i = 1; i <= SITE_STOCK; i++)
		bytes_format(&list, "1000000%d,UKEY-RS\n", i);
	bytes_text(&list, "10000009,card\n");
	site_as(s, d, "is1");
	site_is(OK, keys_receive(d, site_file(s, "stock.csv", (char *)list.data), &out, &e), &e);
	assert_int_equal(json_number(out, "keys"), SITE_STOCK + 1);
	json_decref(out);
	bytes_free(&list);
}

void site_make(struct site *s)
{
	site_make_at(s, 0);
}

void site_make_as(struct site *s, const char *code, int64_t now)
{
	struct secret p;
	*s = (struct site){.root = "/tmp/certdesk-site-XXXXXX", .now = now};
	assert_non_null(mkdtemp(s->root));
	snprintf(s->dir, sizeof s->dir, "%s/site", s->root);
	const char *build = getenv("CERTDESK_BUILD");
	if (build && !getenv("CERTDESK_SHARE")) {
		char *share = path_join(build, "share");
		setenv("CERTDESK_SHARE", share, 1);
		free(share);
	}
	password(&p);
	fixture_site(s->dir, code, "昌平受理点", &p, now);
	struct desk *d = site_open(s);
	fill(s, d);
	desk_close(&d);
}

void site_make_at(struct site *s, int64_t now)
{
	site_make_as(s, "110114-01", now);
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *at)
{
	(void)st;
	(void)flag;
	(void)at;
	return remove(path);
}

void site_end(struct site *s)
{
	if (*s->root)
		nftw(s->root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	s->root[0] = '\0';
}

void site_copy(const struct site *s, const char *name, struct site *out)
{
	char command[256];
	*out = *s;
	snprintf(out->dir, sizeof out->dir, "%s/%s", s->root, name);
	snprintf(command, sizeof command, "cp -a '%s' '%s'", s->dir, out->dir);
	assert_int_equal(system(command), 0);
}

struct desk *site_open(const struct site *s)
{
	struct desk *d = NULL;
	struct error e = {0};
	site_is(OK, desk_open(s->dir, &d, &e), &e);
	if (s->now)
		d->clock.fixed = s->now;
	return d;
}

void site_as(const struct site *s, struct desk *d, const char *login)
{
	d->actor = d->second = (struct staff){0};
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->people[i].login, login) == 0)
			d->actor = s->people[i];
	assert_true(d->actor.id > 0);
}

json_t *site_sample(const char *name, const json_t *changes)
{
	char path[512];
	json_t *out = NULL, *value;
	struct error e = {0};
	const char *key, *from = __FILE__; /* beside this file's directory, as the compiler was given it */
	snprintf(path, sizeof path, "%.*s../samples/%s.json", (int)(strrchr(from, '/') + 1 - from), from, name);
	site_is(OK, json_read_file(path, &out, &e), &e);
	json_object_foreach((json_t *)changes, key, value)
		if (json_is_null(value))
			json_object_del(out, key);
		else
			json_object_set(out, key, value);
	return out;
}

static const char *file_below(const struct site *s, const char *name, const void *data, size_t length)
{
	static char paths[8][160];
	static unsigned next;
	char *path = paths[next++ % 8];
	struct error e = {0};
	snprintf(path, sizeof paths[0], "%s/%s", s->root, name);
	site_is(OK, file_write(path, 0600, data, length, &e), &e);
	return path;
}

const char *site_file(const struct site *s, const char *name, const char *text)
{
	return file_below(s, name, text, strlen(text));
}

const char *site_picture(const struct site *s, const char *name)
{
	struct bytes picture = {0};
	struct make m = {.width = 320 + (int)strlen(name), .height = 240, .noise = 4};
	make_jpeg(&picture, &m);
	const char *path = file_below(s, name, picture.data, picture.length);
	bytes_free(&picture);
	return path;
}

void site_attach(const struct site *s, struct desk *d, const char *no)
{
	struct error e = {0};
	json_t *kinds = NULL, *kind;
	size_t i;
	site_is(OK, attach_kinds(d, no, &kinds, &e), &e);
	json_array_foreach(kinds, i, kind) {
		json_t *result = NULL;
		if (!json_is_true(json_object_get(kind, "required")) && json_number(kind, "required") != 1)
			continue;
		site_is(OK, attach_add(d, no, json_text(kind, "kind"), site_picture(s, "scan.jpg"), false, &result, &e), &e);
		json_decref(result);
	}
	json_decref(kinds);
}

/* A credit code that no order of the tests had before. */
static void new_uscc(char out[19])
{
	static const char letters[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
	static unsigned count;
	struct check_result result;
	const struct check *check = check_find("uscc");
	unsigned n = ++count;
	for (size_t i = 0; letters[i]; i++)
		for (size_t k = 0; letters[k]; k++) {
			snprintf(out, 19, "91110114M%07u%c%c", 7000000 + n, letters[i], letters[k]);
			check_judge(check, out, &(struct check_context){0}, &result);
			if (result.verdict == VERDICT_VALID)
				return;
		}
	fail_msg("no credit code");
}

/* A unit has one main key: where the sample's asked for it, its namesake does. */
static void another_unit(struct desk *d, const json_t *changes, const char *no)
{
	struct error e = {0};
	char uscc[19];
	if (json_object_get(changes, "uscc") || json_object_get(changes, "key_role") || draft_filled(d, no, &e) != ERR_DESK_MAIN_ASKED)
		return;
	new_uscc(uscc);
	json_t *values = json_pack("{ssss}", "uscc", uscc, "invoice_tax_number", uscc);
	site_is(OK, draft_edit(d, no, values, &e), &e);
	json_decref(values);
}

void site_sign(const struct site *s, struct desk *d, const char *no)
{
	struct error e = {0};
	json_t *out = NULL;
	char code[32];
	site_is(OK, sign_send(d, no, &out, &e), &e);
	json_decref(out);
	site_message(s, "sms", "验证码", code);
	site_is(OK, sign_code(d, no, code, &out, &e), &e);
	json_decref(out);
}

void site_pay(struct desk *d, const char *no)
{
	struct error e = {0};
	json_t *out = NULL;
	char receipt[ORDER_NO_SIZE + 2];
	site_is(OK, order_show(d, no, &out, &e), &e);
	int64_t due = json_number(out, "due");
	json_decref(out);
	if (due == 0)
		return;
	snprintf(receipt, sizeof receipt, "R%s", no);
	site_is(OK, pay_take(d, no, "cash", receipt, due, &out, &e), &e);
	json_decref(out);
}

void site_draft(const struct site *s, struct desk *d, const char *form, const json_t *changes, char no[ORDER_NO_SIZE])
{
	struct error e = {0};
	json_t *data = site_sample(form, changes);
	site_as(s, d, "op1");
	site_is(OK, draft_new(d, form, data, no, &e), &e);
	site_attach(s, d, no);
	json_decref(data);
}

void site_signed(const struct site *s, struct desk *d, const char *form, const json_t *changes, char no[ORDER_NO_SIZE])
{
	site_draft(s, d, form, changes, no);
	another_unit(d, changes, no);
	site_sign(s, d, no);
}

void site_paid(const struct site *s, struct desk *d, const char *form, const json_t *changes, char no[ORDER_NO_SIZE])
{
	site_signed(s, d, form, changes, no);
	site_pay(d, no);
}

void site_approved(const struct site *s, struct desk *d, const char *form, const json_t *changes,
                   char no[ORDER_NO_SIZE])
{
	struct error e = {0};
	json_t *out = NULL;
	site_paid(s, d, form, changes, no);
	site_as(s, d, "rv1");
	site_is(OK, review_claim(d, no, &out, &e), &e);
	json_decref(out);
	site_is(OK, review_approve(d, no, &out, &e), &e);
	assert_string_equal(json_text(out, "status"), "approved");
	json_decref(out);
}

static int newest_first(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*b)->d_name, (*a)->d_name); /* names sort by time */
}

static int message_file(const struct dirent *f)
{
	size_t n = strlen(f->d_name);
	return n > 5 && strcmp(f->d_name + n - 5, ".json") == 0;
}

/* The digits behind the word. */
static bool digits_after(const char *text, const char *word, char out[32])
{
	const char *at = strstr(text, word);
	if (!at)
		return false;
	at += strlen(word);
	at += strcspn(at, "0123456789");
	size_t n = strspn(at, "0123456789");
	snprintf(out, 32, "%.*s", (int)(n < 31 ? n : 31), at);
	return n > 0;
}

void site_message(const struct site *s, const char *channel, const char *word, char out[32])
{
	char dir[160], path[512];
	struct dirent **files = NULL;
	bool found = false;
	out[0] = '\0';
	snprintf(dir, sizeof dir, "%s/outbox/%s", s->dir, channel);
	int n = scandir(dir, &files, message_file, newest_first);
	for (int i = 0; i < n; i++) {
		json_t *message = NULL;
		snprintf(path, sizeof path, "%s/%s", dir, files[i]->d_name);
		if (!found && !json_read_file(path, &message, NULL))
			found = digits_after(json_text(message, "text"), word, out);
		json_decref(message);
		free(files[i]);
	}
	free(files);
}

size_t site_messages(const struct site *s, const char *channel)
{
	char dir[160];
	struct dirent **files = NULL;
	snprintf(dir, sizeof dir, "%s/outbox/%s", s->dir, channel);
	int n = scandir(dir, &files, message_file, newest_first);
	for (int i = 0; i < n; i++)
		free(files[i]);
	free(files);
	return n < 0 ? 0 : (size_t)n;
}
