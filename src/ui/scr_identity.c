/* 核验未通过, asked for over the order's screen: of whom, how, and why; and that a check has passed since. */
#include "base/json.h"
#include "base/text.h"
#include "desk/identity.h"
#include "rules/codeword.h"
#include "rules/identity.h"
#include "ui/dialog.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"

enum { MOST = 16 };

static enum err call_refuse(struct desk *d, struct call *c, struct error *e)
{
	return identity_refuse(d, c->no, c->more, &c->out, e);
}

static enum err call_pass(struct desk *d, struct call *c, struct error *e)
{
	const struct identity_refused *what = c->more;
	return identity_pass(d, c->no, what->of, what->method, NULL, &c->out, e);
}

static const char *ask_whom(struct ui *ui, const char *customer)
{
	const char *names[MOST], *lines[MOST];
	size_t n = 0;
	while (n < MOST && (names[n] = identity_of(customer, n))) {
		lines[n] = codeword_person(names[n]);
		n++;
	}
	int chosen = dialog_choose(ui, tr("谁的核验没有通过", "Whose check failed"), lines, n, 0);
	return chosen < 0 ? NULL : names[chosen];
}

static const char *ask_method(struct ui *ui, const char *of)
{
	const char *names[MOST], *lines[MOST];
	const struct identity_word *w;
	size_t n = 0;
	for (size_t i = 0; n < MOST && (w = identity_method(i)); i++)
		if (identity_method_fits(w, of)) {
			names[n] = w->name;
			lines[n++] = tr(w->zh, w->en);
		}
	int chosen = dialog_choose(ui, tr("怎样核验的", "How it was checked"), lines, n, 0);
	return chosen < 0 ? NULL : names[chosen];
}

static const char *ask_why(struct ui *ui)
{
	const char *names[MOST], *lines[MOST];
	const struct identity_word *w;
	size_t n = 0;
	for (; n < MOST && (w = identity_reason(n)); n++) {
		names[n] = w->name;
		lines[n] = tr(w->zh, w->en);
	}
	int chosen = dialog_choose(ui, tr("为什么没有通过", "Why it failed"), lines, n, 0);
	return chosen < 0 ? NULL : names[chosen];
}

bool scr_identity_refuse(struct ui *ui, const char *order, const char *customer)
{
	char no[ORDER_NO_SIZE], kind[9];
	struct identity_refused what = {0};
	struct call c = {.no = no, .more = &what};
	text_copy(no, sizeof no, order);
	text_copy(kind, sizeof kind, customer);
	if (!(what.of = ask_whom(ui, kind)) || !(what.method = ask_method(ui, what.of)) || !(what.reason = ask_why(ui)) ||
		!app_do(ui, call_refuse, &c))
		return false;
	ui_good(ui, "%s", tr("已登记核验未通过，记入日志；重新核验通过后才能办理", "Recorded in the journal; go on only once a check has passed"));
	json_decref(c.out);
	return true;
}

bool scr_identity_pass(struct ui *ui, const json_t *order)
{
	char no[ORDER_NO_SIZE], of[9];
	struct identity_refused what = {.of = of};
	struct call c = {.no = no, .more = &what};
	text_copy(no, sizeof no, json_text(order, "order"));
	text_copy(of, sizeof of, json_text(order, "identity_open"));
	if (!(what.method = ask_method(ui, of)) || !app_do(ui, call_pass, &c))
		return false;
	ui_good(ui, tr("已登记%s重新核验通过", "Recorded: a check of the %s passed"), codeword_person(of));
	json_decref(c.out);
	return true;
}
