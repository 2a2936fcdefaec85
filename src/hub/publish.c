#include "hub/publish.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/base64.h"
#include "base/csv.h"
#include "base/file.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/desk.h"
#include "hub/cli.h"
#include "hub/publication.h"

enum { CSV_MOST = 4 << 20, FILE_BYTES_MOST = 4 << 20, BODY_MOST = FEED_BODY_MOST / 4, DEPTH_MOST = 8 };

static enum err wrong(const char *what, size_t line, const char *why, struct error *e)
{
	char shown[160];
	text_printable(shown, sizeof shown, what);
	return line ? error_set(e, ERR_HUB_PUBLICATION, "%s:%zu: %s", shown, line, why) : error_set(e, ERR_HUB_PUBLICATION, "%s: %s", shown, why);
}

/* --- reading ------------------------------------------------------------------------------------------------------- */

static enum err read_text(const char *path, struct bytes *out, struct error *e)
{
	enum err r = file_read(path, CSV_MOST, out, e);
	if (!r && (strlen(out->data ? (char *)out->data : "") != out->length || !text_valid(out->data ? (char *)out->data : "", out->length)))
		r = wrong(path, 0, tr("不是 UTF-8 文本", "no text in UTF-8"), e);
	return r;
}

static enum err add_table(json_t *tables, const char *word, const char *from, struct error *e)
{
	const char *equals = strchr(word, '=');
	struct bytes text = {0};
	if (!equals || equals == word || !equals[1])
		return error_set(e, ERR_USAGE, tr("--table %s 应为 表名=文件.csv", "--table %s: write NAME=FILE.csv"), word);
	json_t *earlier;
	size_t i;
	json_array_foreach(tables, i, earlier)
		if (strncmp(json_text(earlier, "name"), word, (size_t)(equals - word)) == 0 && json_string_length(json_object_get(earlier, "name")) == (size_t)(equals - word))
			return wrong(json_text(earlier, "name"), 0, tr("同一张表给了两次", "a table is given twice"), e);
	enum err r = read_text(equals + 1, &text, e);
	if (!r)
		json_array_append_new(tables, json_pack("{ss% ss ss}", "name", word, (size_t)(equals - word), "from", from, "csv",
		                                        text.data ? (char *)text.data : ""));
	bytes_free(&text);
	return r;
}

struct columns {
	const char *path;
	struct csv csv;
	int at[4];
};

static enum err read_columns(const char *path, const char *const names[], size_t count, struct columns *out, struct error *e)
{
	struct bytes text = {0};
	out->path = path;
	enum err r = read_text(path, &text, e);
	if (!r)
		r = csv_parse(text.data ? (char *)text.data : "", text.length, ',', &out->csv, e);
	if (!r && out->csv.count < 2)
		r = wrong(path, 0, tr("没有数据行", "no rows"), e);
	for (size_t i = 0; !r && i < count; i++)
		if ((out->at[i] = csv_column(&out->csv, names[i])) < 0) {
			char why[64];
			snprintf(why, sizeof why, tr("缺少“%s”列", "the column \"%s\" is missing"), names[i]);
			r = wrong(path, 1, why, e);
		}
	bytes_free(&text);
	return r;
}

static enum err read_staff(const char *path, json_t *staff, struct error *e)
{
	static const char *const names[] = {"login", "name", "roles", "disabled"};
	struct columns c = {0};
	json_t *seen = json_object();
	enum err r = read_columns(path, names, 4, &c, e);
	int number = r ? -1 : csv_column(&c.csv, "number"); /* it may be missing: numbers stay as they are */
	for (size_t i = 1; !r && i < c.csv.count; i++) {
		const struct csv_row *row = &c.csv.rows[i];
		const char *login = csv_field(row, c.at[0]), *disabled = csv_field(row, c.at[3]);
		if (json_object_get(seen, login))
			r = wrong(path, row->line, tr("同一登录名出现了两次", "a login stands here twice"), e);
		else if (strcmp(disabled, "0") != 0 && strcmp(disabled, "1") != 0 && *disabled)
			r = wrong(path, row->line, tr("disabled 应为 0 或 1", "disabled is 0 or 1"), e);
		else
			json_array_append_new(staff, json_pack("{ss ss ss sb}", "login", login, "name", csv_field(row, c.at[1]), "roles",
			                                       csv_field(row, c.at[2]), "disabled", *disabled == '1'));
		if (!r && number >= 0)
			json_object_set_new(json_array_get(staff, json_array_size(staff) - 1), "number", json_string(csv_field(row, number)));
		json_object_set_new(seen, login, json_true());
	}
	json_decref(seen);
	csv_free(&c.csv);
	return r;
}

static enum err read_stock(const char *path, json_t *stock, struct error *e)
{
	static const char *const names[] = {"serial", "medium"};
	struct columns c = {0};
	enum err r = read_columns(path, names, 2, &c, e);
	for (size_t i = 1; !r && i < c.csv.count; i++)
		json_array_append_new(stock, json_pack("{ss ss}", "serial", csv_field(&c.csv.rows[i], c.at[0]), "medium",
		                                       csv_field(&c.csv.rows[i], c.at[1])));
	csv_free(&c.csv);
	return r;
}

static enum err add_file(json_t *files, const char *path, const char *name, struct error *e)
{
	struct bytes raw = {0}, coded = {0};
	enum err r = file_read(path, FILE_BYTES_MOST, &raw, e);
	const char *text = raw.data ? (char *)raw.data : "";
	bool plain = !r && strlen(text) == raw.length && text_valid(text, raw.length);
	if (!r && !plain)
		r = base64_encode(raw.data, raw.length, &coded);
	if (!r && json_array_append_new(files, json_pack("{ss ss}", "path", name, plain ? "text" : "base64", plain ? text : (char *)coded.data)))
		r = error_set(e, ERR_MEMORY, "%s", name);
	bytes_free(&raw);
	bytes_free(&coded);
	return r;
}

static enum err add_directory(json_t *files, const char *path, const char *name, int depth, struct error *e)
{
	struct dirent **list = NULL;
	enum err r = OK;
	int n = depth < DEPTH_MOST ? scandir(path, &list, NULL, alphasort) : -1;
	if (n < 0)
		return error_set(e, ERR_FILE_READ, "%s", path);
	for (int i = 0; i < n; i++) {
		char *below = NULL, *below_name = NULL;
		struct stat st;
		bool skip = strcmp(list[i]->d_name, ".") == 0 || strcmp(list[i]->d_name, "..") == 0;
		if (!r && !skip && (!(below = path_join(path, list[i]->d_name)) || !(below_name = path_join(name, list[i]->d_name))))
			r = error_set(e, ERR_MEMORY, "%s", path);
		if (!r && !skip && lstat(below, &st) != 0)
			r = error_set(e, ERR_FILE_READ, "%s", below);
		else if (!r && !skip && S_ISDIR(st.st_mode))
			r = add_directory(files, below, below_name, depth + 1, e);
		else if (!r && !skip && S_ISREG(st.st_mode))
			r = add_file(files, below, below_name, e);
		else if (!r && !skip)
			r = wrong(below, 0, tr("既不是文件也不是目录", "neither a file nor a directory"), e);
		free(below);
		free(below_name);
		free(list[i]);
	}
	free(list);
	return r;
}

static enum err read_definitions(const char *dir, json_t *files, struct error *e)
{
	static const char *const parts[] = {"forms", "reports"};
	enum err r = OK;
	for (size_t i = 0; !r && i < 2; i++) {
		char *path = path_join(dir, parts[i]);
		r = path ? add_directory(files, path, parts[i], 0, e) : error_set(e, ERR_MEMORY, "%s", dir);
		free(path);
	}
	return r;
}

/* --- putting it together --------------------------------------------------------------------------------------------- */

static enum err check_words(const struct publish_parts *p, struct error *e)
{
	if (!p->table_count && !p->staff && !p->definitions && !p->stock)
		return error_set(e, ERR_USAGE, "%s", tr("没有要下发的内容：--table、--staff、--definitions 或 --stock", "nothing to lay down: --table, --staff, --definitions or --stock"));
	if (p->table_count && !p->from)
		return error_set(e, ERR_USAGE, "%s", tr("--table 需要 --from 生效日期", "--table needs --from, the day from which it counts"));
	if (p->stock && p->site_count != 1)
		return error_set(e, ERR_USAGE, "%s", tr("--stock 需要且只能有一个 --site", "--stock takes one --site, and no more"));
	return OK;
}

static void tell_contents(const struct publish_parts *p, const json_t *body, char *out, size_t size)
{
	const json_t *table;
	size_t i;
	out[0] = '\0';
#define TELL(...) snprintf(out + strlen(out), size - strlen(out), __VA_ARGS__)
	json_array_foreach(json_object_get(body, "tables"), i, table)
		TELL("%s%.40s %s", *out ? ", " : "", json_text(table, "name"), json_text(table, "from"));
	if (p->staff)
		TELL("%sstaff %zu", *out ? ", " : "", json_array_size(json_object_get(body, "staff")));
	if (p->definitions)
		TELL("%sdefinitions %.20s", *out ? ", " : "", json_text(body, "program"));
	if (p->stock)
		TELL("%sstock %zu", *out ? ", " : "", json_array_size(json_object_get(body, "stock")));
#undef TELL
}

static enum err read_parts(const struct publish_parts *p, json_t *body, struct error *e)
{
	json_t *tables = json_array(), *staff = json_array(), *files = json_array(), *stock = json_array();
	enum err r = OK;
	for (size_t i = 0; !r && i < p->table_count; i++)
		r = add_table(tables, p->tables[i], p->from, e);
	if (!r && p->staff)
		r = read_staff(p->staff, staff, e);
	if (!r && p->definitions)
		r = read_definitions(p->definitions, files, e);
	if (!r && p->stock)
		r = read_stock(p->stock, stock, e);
	if (p->definitions)
		json_object_set_new(body, "program", json_string(p->program ? p->program : CERTDESK_VERSION));
	if (p->stock)
		json_object_set_new(body, "site", json_string(p->sites[0]));
	json_object_set_new(body, "tables", tables);
	json_object_set_new(body, "staff", staff);
	json_object_set_new(body, "files", files);
	json_object_set_new(body, "stock", stock);
	return r;
}

static enum err check_sites(struct hub *hub, const struct publish_parts *p, struct bytes *sites, struct error *e)
{
	enum err r = bytes_text(sites, "");
	for (size_t i = 0; !r && i < p->site_count; i++) {
		json_t *row = NULL;
		r = db_row(hub->db, HUB_SQL_SITE_GET, &row, e, "t", p->sites[i]);
		if (!r && (!row || strcmp(json_text(row, "state"), "revoked") == 0))
			r = error_set(e, ERR_HUB_NO_SITE, "%s", p->sites[i]);
		if (!r)
			r = bytes_format(sites, "%s%s", i ? "," : "", p->sites[i]);
		json_decref(row);
	}
	return r;
}

static bool named(const struct publish_parts *p, const char *site)
{
	for (size_t i = 0; i < p->site_count; i++)
		if (strcmp(p->sites[i], site) == 0)
			return true;
	return p->site_count == 0;
}

static enum err send_all(struct hub *hub, const struct publish_parts *p, int64_t number, json_t *body, json_t *sent, struct error *e)
{
	json_t *rows = NULL, *row;
	size_t i;
	json_object_set_new(body, "number", json_integer(number));
	enum err r = db_list(hub->db, HUB_SQL_PUBLICATION_RECEIVERS, &rows, e, "");
	json_array_foreach(rows, i, row) {
		const char *site = json_text(row, "code");
		if (r || !named(p, site))
			continue;
		r = publication_send(hub, site, number, body, e);
		json_array_append_new(sent, json_string(site));
	}
	json_decref(rows);
	return r;
}

static enum err send(struct hub *hub, const struct publish_parts *p, json_t *body, json_t **out, struct error *e)
{
	struct bytes text = {0}, sites = {0};
	char contents[400];
	int64_t last = 0;
	json_t *sent = json_array();
	tell_contents(p, body, contents, sizeof contents);
	enum err r = json_canonical(body, &text) ? error_set(e, ERR_MEMORY, "publication") : OK;
	if (!r && text.length > BODY_MOST)
		r = wrong(contents, 0, tr("太大", "too big"), e);
	if (!r && !(r = db_begin(hub->db, e)) && !(r = db_lock(hub->db, "publication", "", e)) && !(r = check_sites(hub, p, &sites, e)) &&
	    !(r = db_int(hub->db, HUB_SQL_PUBLICATION_LAST, 0, &last, e, "")) &&
	    !(r = db_run(hub->db, HUB_SQL_PUBLICATION_INSERT, NULL, e, "ittti", last + 1, (const char *)text.data, (const char *)contents,
	                 sites.data ? (const char *)sites.data : "", hub_now(hub))) &&
	    !(r = send_all(hub, p, last + 1, body, sent, e)))
		r = db_commit(hub->db, e);
	db_rollback(hub->db);
	if (!r)
		*out = json_pack("{sI ss sO}", "number", (json_int_t)(last + 1), "contents", contents, "sent_to", sent);
	json_decref(sent);
	bytes_free(&text);
	bytes_free(&sites);
	return r;
}

enum err publish(struct hub *hub, const struct publish_parts *p, json_t **out, struct error *e)
{
	struct bytes sites = {0};
	json_t *body = json_object();
	*out = NULL;
	enum err r = check_words(p, e);
	if (!r)
		r = check_sites(hub, p, &sites, e);
	bytes_free(&sites);
	if (!r)
		r = read_parts(p, body, e);
	if (!r)
		r = publish_try(hub, body, e);
	if (!r)
		r = send(hub, p, body, out, e);
	json_decref(body);
	return r;
}

/* --- looking ------------------------------------------------------------------------------------------------------- */

static void times(json_t *rows)
{
	json_t *row;
	size_t i;
	json_array_foreach(rows, i, row)
		json_object_set_new(row, "at", hub_time_or_null(json_number(row, "at")));
}

/* "A,B" as an array. */
static json_t *codes(const char *text)
{
	json_t *out = json_array();
	while (*text) {
		size_t n = strcspn(text, ",");
		json_array_append_new(out, json_stringn(text, n));
		text += n + (text[n] == ',');
	}
	return out;
}

enum err publish_list(struct hub *hub, json_t **out, struct error *e)
{
	json_t *row;
	size_t i;
	enum err r = db_list(hub->db, HUB_SQL_PUBLICATION_LIST, out, e, "");
	times(*out);
	json_array_foreach(*out, i, row)
		json_object_set_new(row, "sites", codes(json_text(row, "sites")));
	return r;
}

enum err publish_sites(struct hub *hub, const char *number, json_t **out, struct error *e)
{
	json_t *known = NULL;
	char *end;
	long long n = strtoll(number, &end, 10);
	*out = NULL;
	enum err r = *end || n < 1 ? OK : db_row(hub->db, HUB_SQL_PUBLICATION_GET, &known, e, "i", (int64_t)n);
	if (!r && !known)
		r = error_set(e, ERR_HUB_NO_PUBLICATION, "%s", number);
	json_decref(known);
	if (!r)
		r = db_list(hub->db, HUB_SQL_PUBLICATION_SITES, out, e, "i", (int64_t)n);
	times(*out);
	return r;
}
