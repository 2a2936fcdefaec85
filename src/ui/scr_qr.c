/* 扫码支付: the code for the customer, the amount, and what the provider says of it. Asked by a thread of its own, so that no key waits for
 * the line. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/money.h"
#include "base/text.h"
#include "base/thread.h"
#include "desk/qrpay.h"
#include "desk/visit.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_digits.h"

enum { ASK_MS = 3000, RIGHT_LEAST = 36, ROWS_LEAST = 19, GAP = 2 };

/* One question under way. It belongs to the screen until it is left alone; then the thread frees it. */
enum { UNDER_WAY, SENT, LEFT };
struct asking {
	struct qr_talk talk;
	atomic_int stage;
};

struct qr_screen {
	char subject[ORDER_NO_SIZE];
	bool visit, given_up;
	json_t *code;           /* as qrpay.h shows it */
	struct bytes lines;     /* the code, drawn */
	int columns;
	struct qr_talk talk;    /* between two questions; its call is empty */
	struct asking *asking;  /* NULL: nothing is under way */
	int64_t ask_at;         /* the next question, by the monotonic clock */
	struct error trouble;   /* of the last one */
	int64_t left;           /* seconds, as drawn */
};

static void asking_free(struct asking *a)
{
	qr_talk_end(&a->talk);
	free(a);
}

static void *ask(void *arg)
{
	struct asking *a = arg;
	provider_send(&a->talk.call);
	if (atomic_exchange(&a->stage, SENT) == LEFT)
		asking_free(a);
	return NULL;
}

static void close_qr(struct ui *ui, void *data)
{
	struct qr_screen *s = data;
	(void)ui;
	if (s->asking && atomic_exchange(&s->asking->stage, LEFT) == SENT)
		asking_free(s->asking);
	json_decref(s->code);
	bytes_free(&s->lines);
	free(s);
}

static bool is(const struct qr_screen *s, const char *state)
{
	return strcmp(json_text(s->code, "state"), state) == 0;
}

static void take_code(struct qr_screen *s, json_t *code)
{
	if (strcmp(json_text(s->code, "trade"), json_text(code, "trade")) != 0) /* another one */
		bytes_free(&s->lines);
	json_decref(s->code);
	s->code = code;
	if (!s->lines.length && *json_text(code, "code_text"))
		qr_lines(json_text(code, "code_text"), &s->lines, &s->columns, &s->trouble);
}

static enum err open_any(struct ui *ui, void *arg, bool visit, void **data, struct error *e)
{
	struct qr_screen *s = calloc(1, sizeof *s);
	if (!s)
		return error_set(e, ERR_MEMORY, "%s", "");
	text_copy(s->subject, sizeof s->subject, arg);
	s->visit = visit;
	json_t *code = NULL;
	enum err r = qr_begin(app_desk(ui), s->subject, visit, &s->talk, &code, e);
	if (r)
		close_qr(ui, s);
	else {
		take_code(s, code);
		*data = s;
		ui_tick_soon(ui);
	}
	return r;
}

static enum err open_qr(struct ui *ui, void *arg, void **data, struct error *e)
{
	return open_any(ui, arg, false, data, e);
}

static enum err open_visit_qr(struct ui *ui, void *arg, void **data, struct error *e)
{
	return open_any(ui, arg, true, data, e);
}

/* What is drawn -------------------------------------------------------------------------------------- */

static int64_t seconds_left(struct ui *ui, const struct qr_screen *s)
{
	int64_t end = 0;
	rfc3339_parse(json_text(s->code, "expires_at"), &end);
	return end > ui_now(ui) ? end - ui_now(ui) : 0;
}

static const char *state_text(const struct qr_screen *s)
{
	if (is(s, "ending"))
		return tr("正在作废：先问支付宝有没有付款", "closing: Alipay is asked first whether it was paid");
	if (is(s, "asked"))
		return tr("正在向支付宝要二维码…", "asking Alipay for a code…");
	return s->left ? tr("请客户用支付宝扫码付款", "The customer scans it with Alipay") : tr("二维码到期，正在向支付宝核实", "The code has ended; Alipay is asked");
}

static void draw_right(struct qr_screen *s, const struct pane *p)
{
	char money[MONEY_TEXT_SIZE], shown[MONEY_TEXT_SIZE + 4], words[MONEY_WORDS_SIZE], sentence[ERROR_DETAIL_SIZE * 3];
	int64_t amount = json_number(s->code, "amount");
	int row = 1;
	money_text(amount, money);
	money_words(amount, words);
	snprintf(shown, sizeof shown, "¥%s", money);
	pane_text(p, row, 0, ROLE_NORMAL, s->subject);
	pane_format(p, row += 2, 0, ROLE_LABEL, "%s  %s", tr("应付", "To pay"), shown);
	digits_draw(p, row += 1, 0, ROLE_STRONG, shown);
	row += DIGITS_ROWS + 1;
	if (lang_now() == LANG_ZH)
		row += pane_wrapped(p, row, 0, p->columns, 2, ROLE_STRONG, words) + 1;
	row += pane_wrapped(p, row, 0, p->columns, 2, ROLE_STRONG, state_text(s));
	if (is(s, "shown"))
		pane_format(p, row, 0, ROLE_NORMAL, tr("剩余 %lld 分 %02lld 秒", "%lld min %02lld s left"), (long long)s->left / 60, (long long)s->left % 60);
	row += 2;
	if (s->trouble.code && is(s, "ending")) { /* other ways are open */
		struct error e = {0};
		error_set(&e, ERR_QR_GIVEN_UP, "%s", s->subject);
		error_sentence(&e, sentence, sizeof sentence);
		pane_wrapped(p, row, 0, p->columns, p->rows - row, ROLE_WARN, sentence);
	} else if (s->trouble.code) { /* it is asked again by itself */
		error_sentence(&s->trouble, sentence, sizeof sentence);
		row += pane_wrapped(p, row, 0, p->columns, p->rows - row, ROLE_WARN, sentence);
	} else
		pane_wrapped(p, row, 0, p->columns, p->rows - row, ROLE_HINT,
		             tr("付款后自动到账。Esc 离开：二维码仍然有效，定时核实；F8 作废", "Payment is noticed by itself. Esc leaves: the code "
		                "still works and is asked about; F8 gives it up"));
}

static int most(int a, int b)
{
	return a > b ? a : b;
}

static void draw_qr(struct ui *ui, void *data, struct pane *pane)
{
	struct qr_screen *s = data;
	int rows = (s->columns + 1) / 2;
	bool fits = rows <= pane->rows && s->columns + GAP + RIGHT_LEAST <= pane->columns;
	int at = s->columns && fits ? s->columns + 1 + GAP : 2;
	int top = (pane->rows - most(rows, ROWS_LEAST)) / 2;
	struct pane right = pane_part(pane, top, at, pane->rows - top, pane->columns - at);
	s->left = seconds_left(ui, s);
	draw_right(s, &right);
	if (s->columns && fits && is(s, "shown"))
		pane_paper(pane, top, 1, (char *)s->lines.data);
	else if (s->columns && !fits)
		pane_text(pane, 0, 2, ROLE_WARN, tr("窗口太小，显示不了二维码：请放大窗口", "The window is too small for the code: make it larger"));
	pane_cursor(pane, top + 1, at);
}

/* What happens --------------------------------------------------------------------------------------- */

static void say_paid(struct ui *ui, const struct qr_screen *s)
{
	json_t *order = s->visit ? NULL : app_order(ui, s->subject);
	if (order)
		ui_good(ui, tr("支付宝已确认收款。订单状态：%s", "Alipay confirms the payment. The order is now: %s"), json_text(order, "status_title"));
	else
		ui_good(ui, "%s", tr("支付宝已确认收款，来访的订单都已付清", "Alipay confirms the payment: all orders of the visit are paid"));
	json_decref(order);
}

/* Where money is still due, to the ways of paying it: this screen stood in their place. */
static void leave(struct ui *ui, const struct qr_screen *s)
{
	json_t *now = NULL;
	bool due = s->visit ? visit_show(app_desk(ui), s->subject, &now, NULL) == OK && json_number(now, "to_pay") > 0
	                    : order_show(app_desk(ui), s->subject, &now, NULL) == OK && strcmp(json_text(now, "status"), "awaiting-payment") == 0;
	if (due)
		ui_replace(ui, s->visit ? &scr_visit_pay : &scr_pay, (void *)(uintptr_t)s->subject);
	else
		ui_pop(ui);
	json_decref(now);
}

/* Its end, said on the screen that follows. */
static void conclude(struct ui *ui, struct qr_screen *s)
{
	struct error e = {0};
	if (is(s, "closed") && s->trouble.code) /* why it came to nothing */
		e = s->trouble;
	else if (json_is_true(json_object_get(s->code, "late")))
		error_set(&e, ERR_QR_LATE, "%s", json_text(s->code, "receipt"));
	else if (is(s, "closed") && !s->given_up)
		error_set(&e, ERR_QR_CLOSED, "%s", s->subject);
	if (e.code)
		ui_fail(ui, &e);
	else if (is(s, "paid"))
		say_paid(ui, s);
	else if (json_is_true(json_object_get(s->code, "returned")))
		ui_warn(ui, "%s", tr("二维码已作废；客户刚付的款已由支付宝退回", "The code is closed; what the customer had just paid was given back by Alipay"));
	else
		ui_say(ui, "%s", tr("二维码已作废，客户没有付款", "The code is closed; nothing was paid"));
	leave(ui, s);
}

/* Between two questions its call is empty. */
static void keep_talk(struct qr_screen *s, const struct qr_talk *talk)
{
	s->talk = *talk;
	s->talk.call = (struct provider_call){0};
}

static void take_answer(struct ui *ui, struct qr_screen *s)
{
	struct asking *a = s->asking;
	json_t *code = NULL;
	bool more = false;
	s->asking = NULL;
	s->trouble = (struct error){0};
	a->talk.resumed = s->talk.resumed; /* it was perhaps given up meanwhile */
	qr_take(app_desk(ui), &a->talk, &more, &code, &s->trouble);
	keep_talk(s, &a->talk);
	s->talk.looked = s->talk.looked && more;
	asking_free(a);
	s->ask_at = more ? 0 : clock_monotonic_ms() + ASK_MS;
	if (code)
		take_code(s, code);
}

/* Refused for good: the code has ended in the store with it. */
static void look(struct ui *ui, struct qr_screen *s)
{
	json_t *code = NULL;
	if (qr_show(app_desk(ui), s->talk.trade, &code, NULL) == OK)
		take_code(s, code);
}

static void ask_next(struct ui *ui, struct qr_screen *s)
{
	struct asking *a = calloc(1, sizeof *a);
	pthread_t thread;
	bool more = false;
	s->ask_at = clock_monotonic_ms() + ASK_MS;
	if (!a)
		return;
	a->talk = s->talk;
	enum err r = qr_next(app_desk(ui), &a->talk, &more, &s->trouble);
	keep_talk(s, &a->talk);
	if (r == OK && more && thread_start(&thread, ask, a)) {
		pthread_detach(thread);
		s->asking = a;
	} else
		asking_free(a);
	if (!more)
		look(ui, s);
}

static unsigned tick_qr(struct ui *ui, void *data)
{
	struct qr_screen *s = data;
	int64_t left = s->left;
	bool answered = s->asking && atomic_load(&s->asking->stage) == SENT;
	if (store_in_step(app_desk(ui)->store))
		return UI_NONE;
	if (answered) {
		take_answer(ui, s);
		if (s->trouble.code)
			look(ui, s);
	} else if (!s->asking && clock_monotonic_ms() >= s->ask_at)
		ask_next(ui, s);
	if (!s->asking && (is(s, "paid") || is(s, "closed"))) {
		conclude(ui, s);
		return UI_DRAW | UI_BARS;
	}
	if (!s->asking && s->ask_at == 0)
		ui_tick_soon(ui);
	return answered || seconds_left(ui, s) != left ? UI_DRAW : UI_NONE;
}

enum { DO_ASK = 1, DO_GIVE_UP };

static enum err call_give_up(struct desk *d, struct call *c, struct error *e)
{
	return qr_give_up(d, c->no, e);
}

static unsigned handle_qr(struct ui *ui, void *data, const struct event *event)
{
	struct qr_screen *s = data;
	struct call c = {.no = s->talk.trade};
	switch (event->action) {
	case DO_GIVE_UP:
		if (app_do(ui, call_give_up, &c)) {
			s->given_up = true;
			s->talk.resumed = false;
			look(ui, s);
		}
		/* fall through */
	case DO_ASK:
		s->ask_at = 0;
		ui_tick_soon(ui);
		return UI_DRAW;
	default:
		break;
	}
	if (event->kind != EVENT_KEY || (event->key != UI_KEY_ESC && event->key != UI_KEY_F(10)) || !is(s, "ending"))
		return UI_PASS;
	leave(ui, s);
	return UI_DRAW | UI_BARS;
}

static const struct action actions[] = {
	{DO_ASK, UI_KEY_F(5), "核实", "Verify", "扫码支付", "Payment by a code", "现在就问支付宝", "Ask Alipay now", 0},
	{DO_GIVE_UP, UI_KEY_F(8), "作废", "Give up", NULL, NULL, "作废二维码，改用其他方式", "Close the code and take the money another way", 0},
	{0},
};

const struct screen_class scr_qr = {.zh = "扫码支付",
	.en = "Payment by a code",
	.actions = actions,
	.open = open_qr,
	.draw = draw_qr,
	.handle = handle_qr,
	.tick = tick_qr,
	.close = close_qr};

const struct screen_class scr_visit_qr = {.zh = "来访扫码支付",
	.en = "Payment of a visit by a code",
	.actions = actions,
	.open = open_visit_qr,
	.draw = draw_qr,
	.handle = handle_qr,
	.tick = tick_qr,
	.close = close_qr};
