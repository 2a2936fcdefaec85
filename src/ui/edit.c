#include "ui/edit.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/text.h"

#define INSERT_MOST 65536 /* bytes taken from one paste */
#define MARKS_SHOWN 4     /* what one screen cell holds besides its character */

static void keep_secret_length(struct edit *e)
{
	if (e->secret)
		e->secret->length = e->length;
}

enum err edit_start(struct edit *e, size_t limit, unsigned flags)
{
	*e = (struct edit){.limit = limit, .flags = flags};
	e->text = calloc(limit * 4 + 1, 1);
	return e->text ? OK : ERR_MEMORY;
}

void edit_start_secret(struct edit *e, struct secret *secret, size_t limit, unsigned flags)
{
	secret_wipe(secret);
	if (limit > SECRET_MAX / 4)
		limit = SECRET_MAX / 4;
	*e = (struct edit){.limit = limit, .flags = flags, .secret = secret, .text = secret->data};
}

static void forget_undo(struct edit *e)
{
	if (e->undo)
		explicit_bzero(e->undo, strlen(e->undo));
	free(e->undo);
	e->undo = NULL;
}

void edit_end(struct edit *e)
{
	forget_undo(e);
	if (!e->secret && e->text) {
		explicit_bzero(e->text, e->limit * 4 + 1);
		free(e->text);
	}
	*e = (struct edit){0};
}

/* Clusters. Boundaries are always found from the text's start, since where one ends depends on what is before it. */
static size_t cluster_after(const struct edit *e, size_t at)
{
	return at + text_cluster(e->text + at);
}

static size_t cluster_before(const struct edit *e, size_t at)
{
	size_t start = 0;
	for (size_t next = 0; next < at; next = cluster_after(e, next))
		start = next;
	return start;
}

static size_t cluster_at_or_before(const struct edit *e, size_t at)
{
	size_t next = 0;
	while (next < e->length) {
		size_t after = cluster_after(e, next);
		if (after > at)
			break;
		next = after;
	}
	return next;
}

static size_t cluster_at_or_after(const struct edit *e, size_t at)
{
	size_t next = 0;
	while (next < at)
		next = cluster_after(e, next);
	return next;
}

static int cluster_columns(const struct edit *e, size_t at)
{
	int width = 0;
	uint32_t code;
	size_t end = cluster_after(e, at);
	if (e->secret)
		return 1;
	while (at < end) {
		at += text_decode(e->text + at, &code);
		width += text_char_width(code);
	}
	return width > 0 ? width : 1;
}

static int columns_between(const struct edit *e, size_t from, size_t to)
{
	int width = 0;
	for (size_t at = from; at < to; at = cluster_after(e, at))
		width += cluster_columns(e, at);
	return width;
}

size_t edit_count(const struct edit *e)
{
	size_t count = 0;
	for (size_t i = 0; i < e->length; i++)
		count += ((unsigned char)e->text[i] & 0xC0) != 0x80;
	return count;
}

bool edit_is_full(const struct edit *e)
{
	return edit_count(e) >= e->limit;
}

/* What comes in, made clean: the text and, for each of its bytes, where in the input it came from. */
struct clean {
	char *text;
	size_t *source;
	size_t length;
	bool refused;
};

static bool dropped(uint32_t code)
{
	utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)code);
	return c == UTF8PROC_CATEGORY_CC || code == 0xFEFF || code == 0x061C || code == 0x200E || code == 0x200F ||
	       (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

static bool is_break(uint32_t code)
{
	return code == '\n' || code == '\r' || code == '\t' || code == '\v' || code == '\f' || code == 0x85 ||
		   code == 0x2028 || code == 0x2029;
}

static bool is_wide(uint32_t code)
{
	return utf8proc_charwidth((utf8proc_int32_t)code) == 2;
}

static uint32_t folded(uint32_t code, unsigned flags)
{
	if (flags & (EDIT_FOLD | EDIT_DIGITS)) {
		if (code >= 0xFF01 && code <= 0xFF5E)
			code = code - 0xFF01 + '!';
		else if (code == 0x3000 || code == 0xA0)
			code = ' ';
		else if (code == 0x3002)
			code = '.';
	}
	if ((flags & EDIT_UPPER) && code >= 'a' && code <= 'z')
		code = code - 'a' + 'A';
	return code;
}

static void clean_add(struct clean *c, uint32_t code, size_t source)
{
	char utf8[4];
	size_t n = text_encode(code, utf8);
	for (size_t i = 0; i < n; i++, c->length++) {
		c->text[c->length] = utf8[i];
		c->source[c->length] = source;
	}
}

/* No code point grows, so the input's length is room enough. */
static bool clean_input(const struct edit *e, const char *bytes, size_t length, struct clean *c)
{
	size_t pending = SIZE_MAX; /* line breaks become one space; none at either end, or where Chinese goes on */
	bool tab = false;
	uint32_t last = 0;
	*c = (struct clean){.text = calloc(length + 1, 1), .source = calloc(length + 1, sizeof *c->source)};
	if (!c->text || !c->source)
		return false;
	for (size_t at = 0; at < length;) {
		utf8proc_int32_t got;
		utf8proc_ssize_t n =
			utf8proc_iterate((const utf8proc_uint8_t *)bytes + at, (utf8proc_ssize_t)(length - at), &got);
		size_t source = at;
		at += n > 0 ? (size_t)n : 1;
		uint32_t code = n > 0 ? folded((uint32_t)got, e->flags) : TEXT_INVALID;
		if (n <= 0) {
			c->refused = true;
		} else if (is_break(code)) {
			tab = code == '\t' || (tab && pending != SIZE_MAX);
			pending = c->length && pending == SIZE_MAX ? source : pending;
		} else if ((e->flags & EDIT_DIGITS) && (code < '0' || code > '9')) {
			c->refused |= code != ' ' && code != '-';
		} else if (!dropped(code)) {
			bool goes_on = !tab && is_wide(last) && is_wide(code);
			if (pending != SIZE_MAX && !(e->flags & EDIT_DIGITS) && code != ' ' && !goes_on)
				clean_add(c, ' ', pending);
			pending = SIZE_MAX;
			tab = false;
			last = code;
			clean_add(c, code, source);
		}
	}
	c->text[c->length] = '\0';
	return true;
}

static void clean_free(struct clean *c, size_t length)
{
	if (c->text)
		explicit_bzero(c->text, length + 1);
	free(c->text);
	free(c->source);
}

static size_t count_codes(const char *s, size_t length)
{
	size_t count = 0;
	for (size_t i = 0; i < length; i++)
		count += ((unsigned char)s[i] & 0xC0) != 0x80;
	return count;
}

enum edit_result edit_insert(struct edit *e, const char *bytes, size_t length, size_t *used)
{
	struct clean c = {0};
	enum edit_result result = EDIT_REFUSED;
	size_t fits = 0, room = e->limit - edit_count(e), taken = length < INSERT_MOST ? length : INSERT_MOST;
	if (used)
		*used = length;
	if (!clean_input(e, bytes, taken, &c))
		goto out;
	for (size_t n, codes; (n = text_cluster(c.text + fits)) > 0; fits += n) {
		codes = count_codes(c.text + fits, n);
		if (codes > room)
			break;
		room -= codes;
	}
	memmove(e->text + e->cursor + fits, e->text + e->cursor, e->length - e->cursor + 1);
	memcpy(e->text + e->cursor, c.text, fits);
	e->length += fits;
	/* a character put before a mark joins it: the cursor stays between clusters */
	e->cursor = cluster_at_or_after(e, e->cursor + fits);
	if (fits < c.length && used)
		*used = c.source[fits];
	if (fits == c.length && !c.refused && taken == length)
		result = fits ? EDIT_DONE : EDIT_NOTHING;
	keep_secret_length(e);
out:
	clean_free(&c, taken);
	return result;
}

enum edit_result edit_set(struct edit *e, const char *text)
{
	forget_undo(e);
	explicit_bzero(e->text, e->length);
	e->text[0] = '\0';
	e->length = e->cursor = e->first = 0;
	keep_secret_length(e);
	return edit_insert(e, text, strlen(text), NULL);
}

static enum edit_result cut(struct edit *e, size_t from, size_t to)
{
	if (from >= to)
		return EDIT_NOTHING;
	size_t left = e->length - (to - from);
	memmove(e->text + from, e->text + to, e->length - to + 1);
	explicit_bzero(e->text + left, to - from); /* nothing of a secret stays behind its end */
	e->length = left;
	e->cursor = cluster_at_or_before(e, from);
	if (e->first > e->cursor)
		e->first = e->cursor;
	keep_secret_length(e);
	return EDIT_DONE;
}

enum edit_result edit_backspace(struct edit *e)
{
	return cut(e, cluster_before(e, e->cursor), e->cursor);
}

enum edit_result edit_delete(struct edit *e)
{
	return cut(e, e->cursor, cluster_after(e, e->cursor));
}

static enum edit_result kill(struct edit *e, size_t from, size_t to)
{
	if (from >= to)
		return EDIT_NOTHING;
	forget_undo(e);
	if (!e->secret)
		e->undo = strdup(e->text);
	return cut(e, from, to);
}

static enum edit_result go(struct edit *e, size_t to)
{
	enum edit_result result = to == e->cursor ? EDIT_NOTHING : EDIT_DONE;
	e->cursor = to;
	return result;
}

enum edit_result edit_left(struct edit *e)
{
	return go(e, cluster_before(e, e->cursor));
}

enum edit_result edit_right(struct edit *e)
{
	return go(e, cluster_after(e, e->cursor));
}

enum edit_result edit_home(struct edit *e)
{
	return go(e, 0);
}

enum edit_result edit_end_of_text(struct edit *e)
{
	return go(e, e->length);
}

/* Words: runs of letters and digits of one kind; each Han character is reached by arrow keys anyway,
 * so a run of them counts as one word. */
static int word_kind(const struct edit *e, size_t at)
{
	uint32_t code;
	text_decode(e->text + at, &code);
	utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)code);
	if (e->secret) /* where words end in a secret is nobody's business */
		return 1;
	if (c == UTF8PROC_CATEGORY_LO)
		return 2;
	return (c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_NO) ? 1 : 0;
}

static size_t word_before(const struct edit *e, size_t at)
{
	while (at > 0 && word_kind(e, cluster_before(e, at)) == 0)
		at = cluster_before(e, at);
	for (int kind = at > 0 ? word_kind(e, cluster_before(e, at)) : 0;
		 at > 0 && word_kind(e, cluster_before(e, at)) == kind;)
		at = cluster_before(e, at);
	return at;
}

enum edit_result edit_word_left(struct edit *e)
{
	return go(e, word_before(e, e->cursor));
}

enum edit_result edit_word_right(struct edit *e)
{
	size_t at = e->cursor;
	for (int kind = at < e->length ? word_kind(e, at) : 0; kind && at < e->length && word_kind(e, at) == kind;)
		at = cluster_after(e, at);
	while (at < e->length && word_kind(e, at) == 0)
		at = cluster_after(e, at);
	return go(e, at);
}

enum edit_result edit_kill_word(struct edit *e)
{
	return kill(e, word_before(e, e->cursor), e->cursor);
}

enum edit_result edit_kill_to_end(struct edit *e)
{
	return kill(e, e->cursor, e->length);
}

enum edit_result edit_clear(struct edit *e)
{
	return kill(e, 0, e->length);
}

enum edit_result edit_undo(struct edit *e)
{
	if (!e->undo)
		return EDIT_NOTHING;
	char *now = strdup(e->text), *before = e->undo;
	if (!now)
		return EDIT_REFUSED;
	e->undo = NULL;
	edit_set(e, before);
	free(before);
	e->undo = now;
	return EDIT_DONE;
}

void edit_seek(struct edit *e, size_t offset)
{
	e->cursor = cluster_at_or_before(e, offset < e->length ? offset : e->length);
}

void edit_seek_column(struct edit *e, int x)
{
	size_t at = e->first;
	for (; at < e->length; at = cluster_after(e, at)) {
		x -= cluster_columns(e, at);
		if (x < 0)
			break;
	}
	e->cursor = at;
}

/* Columns that the cursor itself needs: what stands under it, or one cell behind the end. */
static int cursor_columns(const struct edit *e)
{
	return e->cursor < e->length ? cluster_columns(e, e->cursor) : 1;
}

static void scroll(struct edit *e, int columns)
{
	e->first = cluster_at_or_before(e, e->first);
	int jump = columns / 3;
	if (e->cursor < e->first) {
		size_t at = e->cursor;
		for (int used = 0; at > 0 && used + cluster_columns(e, cluster_before(e, at)) <= jump;) {
			at = cluster_before(e, at);
			used += cluster_columns(e, at);
		}
		e->first = at;
	}
	if (columns_between(e, e->first, e->cursor) + cursor_columns(e) > columns) {
		int keep = columns - jump > 1 ? columns - jump : 2;
		while (e->first < e->cursor && columns_between(e, e->first, e->cursor) + cursor_columns(e) > keep)
			e->first = cluster_after(e, e->first);
	}
	/* what a deletion makes room for comes back, also by a jump: a key stroke should seldom move all the text */
	if (e->first > 0 && columns_between(e, 0, e->length) + 1 <= columns)
		e->first = 0;
	if (columns_between(e, e->first, e->length) < columns - 2 * jump)
		for (size_t at = e->first; at > 0 && columns_between(e, at = cluster_before(e, at), e->length) + 1 <= columns - jump;)
			e->first = at;
}

/* One cluster, with as many marks as a cell shows. */
static size_t put_cluster(const struct edit *e, size_t at, char *out, size_t room)
{
	size_t end = cluster_after(e, at), used = 0;
	int marks = 0;
	uint32_t code;
	for (bool base = false; at < end;) {
		size_t n = text_decode(e->text + at, &code);
		bool wide = text_char_width(code) > 0;
		if (!wide && !base && room > 3) {
			memcpy(out, "◌", 3);
			used = 3;
		}
		base = true;
		marks = wide ? 0 : marks + 1;
		if (marks <= MARKS_SHOWN && used + n < room) {
			memcpy(out + used, e->text + at, n);
			used += n;
		}
		at += n;
	}
	return used;
}

struct edit_view edit_show(struct edit *e, int columns, char *out, size_t size)
{
	struct edit_view view = {0};
	size_t at, to = 0;
	int used = 0;
	if (columns < 2)
		columns = 2;
	scroll(e, columns);
	view.left = e->first > 0;
	view.cursor = columns_between(e, e->first, e->cursor);
	for (at = e->first; at < e->length; at = cluster_after(e, at)) {
		int width = cluster_columns(e, at);
		if (used + width > columns)
			break;
		if (e->secret) {
			if (to + 3 < size) {
				memcpy(out + to, "•", 3);
				to += 3;
			}
		} else
			to += put_cluster(e, at, out + to, size - to);
		used += width;
	}
	view.right = at < e->length;
	for (; used < columns && to + 1 < size; used++)
		out[to++] = ' ';
	if (size)
		out[to] = '\0';
	return view;
}
