#include "rules/expr.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"

enum { DEPTH_LIMIT = 32, TEXT_LIMIT = 4096 };

enum kind { FIELD, TEXT, NUMBER, TRUTH, EQUAL, UNEQUAL, LESS, MORE, AT_MOST, AT_LEAST, AND, OR, NOT, SELECTED };

struct expr {
	enum kind kind;
	char *text; /* FIELD: its name; TEXT, NUMBER, TRUTH: as written */
	struct expr *left, *right;
};

struct parser {
	const char *start, *at;
	int depth;
	struct error *e;
};

static struct expr *parse_or(struct parser *p);

void expr_free(struct expr **x)
{
	if (!*x)
		return;
	expr_free(&(*x)->left);
	expr_free(&(*x)->right);
	free((*x)->text);
	free(*x);
	*x = NULL;
}

/* Takes over left and right; all is freed where memory ends. */
static struct expr *make(enum kind kind, const char *text, size_t length, struct expr *left, struct expr *right)
{
	struct expr *x = calloc(1, sizeof *x);
	if (x)
		*x = (struct expr){kind, text ? strndup(text, length) : NULL, left, right};
	if (x && (!text || x->text))
		return x;
	expr_free(&left);
	expr_free(&right);
	free(x);
	return NULL;
}

static struct expr *expected(struct parser *p, const char *what)
{
	error_set(p->e, ERR_RULES_EXPR, tr("第 %zu 个字符处应为%s：%s", "%2$s expected at character %1$zu of: %3$s"),
	          (size_t)(p->at - p->start) + 1, what, p->start);
	return NULL;
}

static void skip_spaces(struct parser *p)
{
	p->at += strspn(p->at, " \t\r\n");
}

static bool take(struct parser *p, const char *sign)
{
	size_t n = strlen(sign);
	skip_spaces(p);
	if (strncmp(p->at, sign, n) != 0)
		return false;
	p->at += n;
	return true;
}

static size_t word_length(const char *s)
{
	return strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
}

static bool take_word(struct parser *p, const char *word)
{
	size_t n = strlen(word);
	skip_spaces(p);
	if (word_length(p->at) != n || strncmp(p->at, word, n) != 0)
		return false;
	p->at += n;
	return true;
}

static struct expr *parse_field(struct parser *p)
{
	if (!take(p, "${"))
		return expected(p, tr("字段 ${…}", "a field ${…}"));
	const char *name = p->at;
	size_t n = word_length(name);
	p->at += n;
	if (n == 0 || *p->at != '}')
		return expected(p, tr("字段名和 }", "a field's name and }"));
	p->at++;
	return make(FIELD, name, n, NULL, NULL);
}

static struct expr *parse_literal(struct parser *p)
{
	const char *text, *end;
	skip_spaces(p);
	if (*p->at != '\'')
		return expected(p, tr("'文字'", "'text'"));
	text = p->at + 1;
	if (!(end = strchr(text, '\'')))
		return expected(p, tr("后引号 '", "a closing '"));
	p->at = end + 1;
	return make(TEXT, text, (size_t)(end - text), NULL, NULL);
}

static struct expr *parse_number(struct parser *p)
{
	const char *text = p->at;
	size_t sign = *text == '-', n = sign + strspn(text + sign, "0123456789");
	if (text[n] == '.')
		n += 1 + strspn(text + n + 1, "0123456789");
	p->at += n;
	return make(NUMBER, text, n, NULL, NULL);
}

static struct expr *parse_selected(struct parser *p)
{
	struct expr *field = NULL, *code = NULL;
	if (!take(p, "("))
		return expected(p, "(");
	if (!(field = parse_field(p)))
		return NULL;
	if (!take(p, ",")) {
		expr_free(&field);
		return expected(p, ",");
	}
	if (!(code = parse_literal(p))) {
		expr_free(&field);
		return NULL;
	}
	struct expr *x = make(SELECTED, NULL, 0, field, code);
	if (take(p, ")"))
		return x;
	expr_free(&x);
	return expected(p, ")");
}

static struct expr *parse_group(struct parser *p)
{
	struct expr *x = parse_or(p);
	if (!x || take(p, ")"))
		return x;
	expr_free(&x);
	return expected(p, ")");
}

static struct expr *parse_operand(struct parser *p)
{
	skip_spaces(p);
	if (*p->at == '$')
		return parse_field(p);
	if (*p->at == '\'')
		return parse_literal(p);
	if ((*p->at >= '0' && *p->at <= '9') || (*p->at == '-' && p->at[1] >= '0' && p->at[1] <= '9'))
		return parse_number(p);
	if (take_word(p, "true"))
		return make(TRUTH, "true", 4, NULL, NULL);
	if (take_word(p, "false"))
		return make(TRUTH, "false", 5, NULL, NULL);
	if (take_word(p, "selected"))
		return parse_selected(p);
	if (take_word(p, "not")) {
		if (!take(p, "("))
			return expected(p, "(");
		struct expr *x = parse_group(p);
		return x ? make(NOT, NULL, 0, x, NULL) : NULL;
	}
	if (take(p, "("))
		return parse_group(p);
	return expected(p, tr("字段、文字、数字或括号", "a field, text, number or bracket"));
}

static struct expr *parse_comparison(struct parser *p)
{
	static const struct {
		const char *sign;
		enum kind kind;
	} signs[] = {{"!=", UNEQUAL}, {"<=", AT_MOST}, {">=", AT_LEAST}, {"=", EQUAL}, {"<", LESS}, {">", MORE}};
	struct expr *left = parse_operand(p), *right;
	for (size_t i = 0; left && i < sizeof signs / sizeof *signs; i++) {
		if (!take(p, signs[i].sign))
			continue;
		if (!(right = parse_operand(p))) {
			expr_free(&left);
			return NULL;
		}
		return make(signs[i].kind, NULL, 0, left, right);
	}
	return left;
}

static struct expr *parse_chain(struct parser *p, const char *word, enum kind kind,
                                struct expr *(*part)(struct parser *))
{
	struct expr *left = part(p), *right;
	while (left && take_word(p, word)) {
		if (!(right = part(p))) {
			expr_free(&left);
			return NULL;
		}
		left = make(kind, NULL, 0, left, right);
	}
	return left;
}

static struct expr *parse_and(struct parser *p)
{
	return parse_chain(p, "and", AND, parse_comparison);
}

static struct expr *parse_or(struct parser *p)
{
	if (p->depth >= DEPTH_LIMIT)
		return expected(p, tr("更少的括号层数", "fewer brackets within each other"));
	p->depth++;
	struct expr *x = parse_chain(p, "or", OR, parse_and);
	p->depth--;
	return x;
}

enum err expr_parse(const char *text, struct expr **out, struct error *e)
{
	struct error own = {0};
	struct parser p = {text, text, 0, e ? e : &own};
	*out = NULL;
	p.e->code = OK;
	if (strlen(text) > TEXT_LIMIT)
		return error_set(e, ERR_RULES_EXPR, "%s", tr("太长", "too long"));
	*out = parse_or(&p);
	skip_spaces(&p);
	if (*out && *p.at) {
		expr_free(out);
		expected(&p, tr("结尾、and 或 or", "the end, and, or or"));
	}
	if (*out)
		return OK;
	return p.e->code ? p.e->code : ERR_MEMORY;
}

static const char *text_of_field(const struct expr *x, const json_t *values)
{
	const json_t *v = json_object_get(values, x->text);
	if (json_is_boolean(v))
		return json_is_true(v) ? "true" : "false";
	if (json_is_array(v)) /* a list has no text of its own; that it isn't empty counts as one */
		return json_array_size(v) ? json_string_value(json_array_get(v, 0)) : "";
	return json_is_string(v) ? json_string_value(v) : "";
}

/* The text of an operand; a condition's is its truth. */
static const char *operand_text(const struct expr *x, const json_t *values)
{
	const char *s = x->text;
	if (x->kind == FIELD)
		s = text_of_field(x, values);
	else if (x->kind > TRUTH)
		s = expr_true(x, values) ? "true" : "false";
	return s ? s : "";
}

static bool is_number(const char *s, double *v)
{
	char *end;
	if (!*s || strspn(s, "-0123456789.") != strlen(s))
		return false;
	*v = strtod(s, &end);
	return !*end;
}

static int compare(const struct expr *x, const json_t *values)
{
	double a, b;
	const char *left = operand_text(x->left, values), *right = operand_text(x->right, values);
	if (x->left->kind == TRUTH || x->right->kind == TRUTH)
		return expr_true(x->left, values) - expr_true(x->right, values);
	if ((x->left->kind == NUMBER || x->right->kind == NUMBER) && is_number(left, &a) && is_number(right, &b))
		return (a > b) - (a < b);
	return strcmp(left, right);
}

static bool is_selected(const struct expr *x, const json_t *values)
{
	const json_t *v = json_object_get(values, x->left->text), *item;
	size_t i;
	if (!json_is_array(v))
		return strcmp(operand_text(x->left, values), x->right->text) == 0;
	json_array_foreach(v, i, item)
		if (json_is_string(item) && strcmp(json_string_value(item), x->right->text) == 0)
			return true;
	return false;
}

bool expr_true(const struct expr *x, const json_t *values)
{
	switch (x->kind) {
	case FIELD:
	case TEXT:
	case TRUTH:
		return *operand_text(x, values) && strcmp(operand_text(x, values), "false") != 0;
	case NUMBER:
		return strtod(x->text, NULL) != 0;
	case EQUAL:
		return compare(x, values) == 0;
	case UNEQUAL:
		return compare(x, values) != 0;
	case LESS:
		return compare(x, values) < 0;
	case MORE:
		return compare(x, values) > 0;
	case AT_MOST:
		return compare(x, values) <= 0;
	case AT_LEAST:
		return compare(x, values) >= 0;
	case AND:
		return expr_true(x->left, values) && expr_true(x->right, values);
	case OR:
		return expr_true(x->left, values) || expr_true(x->right, values);
	case NOT:
		return !expr_true(x->left, values);
	case SELECTED:
		return is_selected(x, values);
	}
	return false;
}

char *expr_text(const struct expr *x, const json_t *values)
{
	return strdup(operand_text(x, values));
}

void expr_fields(const struct expr *x, void (*visit)(const char *name, void *arg), void *arg)
{
	if (!x)
		return;
	if (x->kind == FIELD)
		visit(x->text, arg);
	expr_fields(x->left, visit, arg);
	expr_fields(x->right, visit, arg);
}
