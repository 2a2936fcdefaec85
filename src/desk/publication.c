#include "desk/publication.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/file.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/names.h"
#include "base/text.h"
#include "desk/admin.h"
#include "desk/config.h"
#include "desk/reportcheck.h"
#include "desk/stock.h"
#include "desk/staffnumber.h"
#include "desk/tables.h"

enum { FILES_MOST = 2000, FILE_MOST_BYTES = 4 << 20 };

static enum err bad(const char *what, struct error *e)
{
	char shown[400];
	text_printable(shown, sizeof shown, what);
	return error_set(e, ERR_DESK_PUBLICATION, "%s", shown);
}

static char *directory(const char *dir, int64_t number, const char *suffix)
{
	char *out = NULL;
	return asprintf(&out, "%s/definitions/%lld%s", dir, (long long)number, suffix) < 0 ? NULL : out;
}

char *publication_share(struct store *store, const char *dir)
{
	int64_t number = 0;
	if (store_int(store, SQL_PUBLICATION_DEFINITIONS, 0, &number, NULL, "t", CERTDESK_VERSION) || !number)
		return NULL;
	char *path = directory(dir, number, "");
	if (path && access(path, R_OK | X_OK) == 0)
		return path;
	free(path);
	return NULL;
}

bool publication_waits(struct desk *d)
{
	char *laid = publication_share(d->store, d->dir);
	bool waits = laid && strcmp(laid, d->share) != 0;
	free(laid);
	return waits;
}

bool publication_lost(struct desk *d, int64_t *number)
{
	*number = 0;
	if (store_int(d->store, SQL_PUBLICATION_DEFINITIONS, 0, number, NULL, "t", CERTDESK_VERSION) || !*number)
		return false;
	char *laid = publication_share(d->store, d->dir);
	free(laid);
	return !laid;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *at)
{
	(void)st;
	(void)flag;
	(void)at;
	return remove(path);
}

void publication_remove(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* "forms/texts/agreement-unit.md": plain names, below forms/ or reports/ */
static bool path_good(const char *path)
{
	if (strncmp(path, "forms/", 6) != 0 && strncmp(path, "reports/", 8) != 0)
		return false;
	if (strlen(path) > 120 || strstr(path, "..") || strstr(path, "//") || strstr(path, "/."))
		return false;
	return path[strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./")] == '\0' && path[strlen(path) - 1] != '/';
}

static enum err write_file(const char *dir, const json_t *file, struct error *e)
{
	const char *path = json_text(file, "path"), *text = json_text(file, "text"), *coded = json_text(file, "base64");
	struct bytes raw = {0};
	char *whole = path_good(path) ? path_join(dir, path) : NULL, *slash;
	enum err r = whole ? OK : bad(path, e);
	if (!r && *coded && !base64_decode(coded, strlen(coded), &raw))
		r = bad(path, e);
	if (!r && !*coded)
		r = bytes_text(&raw, text);
	if (!r && raw.length > FILE_MOST_BYTES)
		r = bad(path, e);
	if (!r && (slash = strrchr(whole, '/'))) {
		*slash = '\0';
		r = dir_make(whole, e);
		*slash = '/';
	}
	if (!r)
		r = file_write(whole, 0600, raw.data ? (void *)raw.data : "", raw.length, e);
	bytes_free(&raw);
	free(whole);
	return r;
}

/* The mistakes as whoever laid the definitions down knows their files: below forms/ and reports/, one behind the other. */
static enum err bad_definitions(const struct error *why, const char *dir, struct error *e)
{
	char sentence[ERROR_DETAIL_SIZE * 3], plain[2 * sizeof sentence];
	size_t length = strlen(dir), used = 0;
	const char *at = why->code == ERR_RULES_FORM ? why->detail : error_sentence(why, sentence, sizeof sentence);
	while (*at) {
		if (strncmp(at, dir, length) == 0 && at[length] == '/')
			at += length + 1;
		else if (*at == '\n') {
			plain[used++] = ';';
			plain[used++] = ' ';
			at++;
		} else
			plain[used++] = *at++;
	}
	plain[used] = '\0';
	return bad(plain, e);
}

/* Written beside, looked through, and only then under its name; the store's row makes it count. */
static enum err place_definitions(struct desk *d, const json_t *files, const char *program, int64_t number, struct error *e)
{
	json_t *file;
	size_t i;
	char *dir = directory(d->dir, number, ""), *fresh = directory(d->dir, number, ".new"), *forms = NULL;
	enum err r = !dir || !fresh ? ERR_MEMORY : json_array_size(files) > FILES_MOST ? bad("files", e) : OK;
	if (!r)
		publication_remove(fresh);
	json_array_foreach(files, i, file)
		if (!r)
			r = write_file(fresh, file, e);
	if (!r && !(forms = path_join(fresh, "forms")))
		r = ERR_MEMORY;
	struct error why = {0};
	/* what another version's statements read may not be there yet */
	bool ours = strcmp(program, CERTDESK_VERSION) == 0;
	if (!r && (forms_check(forms, &why) || definitions_check(fresh, &why) || reports_check(d, fresh, ours, &why)))
		r = bad_definitions(&why, fresh, e);
	if (!r) {
		publication_remove(dir);
		if (rename(fresh, dir) != 0)
			r = error_set(e, ERR_FILE_WRITE, "%s", dir);
	}
	if (r && fresh)
		publication_remove(fresh);
	free(forms);
	free(fresh);
	free(dir);
	return r;
}

static void forget_definitions(struct desk *d, int64_t number)
{
	char *dir = directory(d->dir, number, "");
	if (dir)
		publication_remove(dir);
	free(dir);
}

static enum err take_table(struct desk *d, const json_t *table, struct error *e)
{
	struct error why = {0};
	int64_t count = 0;
	enum err r = tables_publish(d, json_text(table, "name"), json_text(table, "csv"), json_text(table, "from"), &count, &why);
	if (r == ERR_DESK_TABLE) /* it says where */
		return bad(why.detail, e);
	if (r == ERR_DESK_DATE || r == ERR_CSV) {
		char what[ERROR_DETAIL_SIZE + 48];
		snprintf(what, sizeof what, "%.40s: %s", json_text(table, "name"), why.detail);
		return bad(what, e);
	}
	if (r && e)
		*e = why;
	return r;
}

static enum err bad_person(const char *login, const char *why, const char *what, struct error *e)
{
	char text[320];
	snprintf(text, sizeof text, "%.33s: %s%.128s", login, why, what);
	return bad(text, e);
}

static enum err take_number(struct desk *d, const char *login, const char *number, struct error *e)
{
	int64_t taken = 0;
	enum err r = staff_number_valid(number) ? store_int(d->store, SQL_STAFF_NUMBER_TAKEN, 0, &taken, e, "tt", login, number)
	                                        : bad_person(login, tr("工号不可用：", "no staff number: "), number, e);
	if (!r && taken) {
		char why[160];
		snprintf(why, sizeof why, tr("工号 %.40s 已是别人的", "staff number %.40s is somebody else's"), number);
		r = bad_person(login, why, "", e);
	}
	return r ? r : store_run(d->store, SQL_STAFF_SET_NUMBER, NULL, e, "tt", login, number);
}

static enum err take_person(struct desk *d, const json_t *person, struct error *e)
{
	const char *login = json_text(person, "login"), *name = json_text(person, "name");
	char roles[128];
	unsigned bits = roles_parse(json_text(person, "roles"));
	int64_t there = 0, dk = 0, changed = 0, disabled = json_flag(person, "disabled");
	roles_text(bits, roles, sizeof roles);
	if (!login_good(login))
		return bad_person(login, tr("登录名不可用", "no login name"), "", e);
	if (!*name || strlen(name) > 120 || !text_valid(name, strlen(name)))
		return bad_person(login, !*name ? tr("没有姓名", "no name") : tr("姓名不可用", "the name can't be used"), "", e);
	if (!bits && !disabled)
		return bad_person(login, tr("岗位不对：", "wrong roles: "), json_text(person, "roles"), e);
	enum err r = store_int(d->store, SQL_PUBLICATION_STAFF_HAS, 0, &there, e, "t", login);
	if (!r && there)
		r = store_run(d->store, SQL_PUBLICATION_STAFF_SET, &changed, e, "ttti", login, name, (const char *)roles, disabled);
	else if (!r && !disabled && !(r = datakey_new(d->store, &dk, e)))
		r = store_insert(d->store, SQL_STAFF_INSERT, NULL, e, "itttti", dk, login, name, (const char *)roles, PASSWORD_NONE, desk_now(d));
	if (!r && there)
		r = store_run(d->store, SQL_SESSION_CLEAR_STAFF, NULL, e, "t", login);
	return r || !json_is_string(json_object_get(person, "number")) ? r : take_number(d, login, json_text(person, "number"), e);
}

/* Somebody must stay who can let the others in again. */
static enum err check_people(struct desk *d, struct error *e)
{
	int64_t admins = 0;
	enum err r = store_int(d->store, SQL_STAFF_COUNT_ADMINS_ABLE, 0, &admins, e, "");
	return r || admins ? r : bad(tr("没有系统管理员了", "nobody would be an administrator"), e);
}

/* Keys are sent to one site; it says so itself, whatever brought them here. */
static enum err take_stock(struct desk *d, const json_t *body, struct error *e)
{
	struct error why = {0};
	const json_t *stock = json_object_get(body, "stock");
	if (!json_array_size(stock))
		return OK;
	if (strcmp(json_text(body, "site"), d->site) != 0)
		return bad(json_text(body, "site"), e);
	enum err r = stock_announce(d, stock, &why);
	if (r == ERR_DESK_STOCK)
		return bad(why.detail, e);
	if (r && e)
		*e = why;
	return r;
}

static enum err carry_out(struct desk *d, const json_t *body, const char *digest, int64_t feed, struct error *e)
{
	const json_t *tables = json_object_get(body, "tables"), *staff = json_object_get(body, "staff");
	const json_t *files = json_object_get(body, "files"), *one;
	int64_t number = json_number(body, "number");
	bool definitions = json_array_size(files) > 0;
	size_t i;
	enum err r = OK;
	json_array_foreach(tables, i, one)
		if (!r)
			r = take_table(d, one, e);
	json_array_foreach(staff, i, one)
		if (!r)
			r = take_person(d, one, e);
	if (!r && json_array_size(staff))
		r = check_people(d, e);
	if (!r)
		r = take_stock(d, body, e);
	if (!r)
		r = store_insert(d->store, SQL_PUBLICATION_INSERT, NULL, e, "itti", number, digest, definitions ? json_text(body, "program") : "",
		                 desk_now(d));
	if (!r)
		r = store_run(d->store, SQL_SYNC_STATE_FEED, NULL, e, "i", feed);
	json_t *facts = json_pack("{sI ss sI sI sI sI}", "number", (json_int_t)number, "digest", digest, "tables", (json_int_t)json_array_size(tables),
	                          "staff", (json_int_t)json_array_size(staff), "files", (json_int_t)json_array_size(files), "stock",
	                          (json_int_t)json_array_size(json_object_get(body, "stock")));
	char subject[32];
	snprintf(subject, sizeof subject, "%lld", (long long)number);
	if (!r)
		r = desk_commit(d, MAY_SYNC, "publication.take", subject, NULL, facts, e);
	json_decref(facts);
	return r;
}

/* Headquarters reads in the journal that this site goes on as it was, and why. */
static enum err tell_refusal(struct desk *d, int64_t number, int64_t feed, const struct error *why, struct error *e)
{
	char sentence[ERROR_DETAIL_SIZE * 3], subject[32];
	snprintf(subject, sizeof subject, "%lld", (long long)number);
	json_t *facts = json_pack("{ss}", "why", error_sentence(why, sentence, sizeof sentence));
	enum err r = store_begin(d->store, e);
	if (!r && !(r = store_run(d->store, SQL_SYNC_STATE_FEED, NULL, e, "i", feed)))
		r = desk_commit(d, MAY_SYNC, "publication.refuse", subject, NULL, facts, e);
	store_rollback(d->store);
	json_decref(facts);
	return r;
}

enum err publication_take(struct desk *d, const json_t *body, const char *digest, int64_t feed, struct error *e)
{
	const json_t *files = json_object_get(body, "files");
	int64_t number = json_number(body, "number"), there = 0;
	struct error why = {0};
	enum err r = number > 0 ? store_int(d->store, SQL_PUBLICATION_HAS, 0, &there, e, "i", number) : bad("number", e);
	if (r || there)
		return r ? r : store_run(d->store, SQL_SYNC_STATE_FEED, NULL, e, "i", feed);
	if (json_array_size(files) > 0)
		r = place_definitions(d, files, json_text(body, "program"), number, &why);
	if (!r && !(r = store_begin(d->store, &why)))
		r = carry_out(d, body, digest, feed, &why);
	store_rollback(d->store);
	if (r && json_array_size(files) > 0)
		forget_definitions(d, number);
	if (r && e)
		*e = why;
	if (r == ERR_DESK_PUBLICATION && tell_refusal(d, number, feed, &why, e) == OK && e)
		*e = why;
	return r;
}
