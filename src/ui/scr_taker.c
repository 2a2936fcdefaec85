#include "ui/scr_taker.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "rules/codes.h"
#include "token/token.h"
#include "ui/dialog.h"

static bool ask_document(struct ui *ui, struct taker_answers *answers)
{
	const struct code_table *kinds = NULL;
	struct error e = {0};
	if (codes_table(app_desk(ui)->codes, "id_kinds", &kinds, &e) != OK) {
		ui_fail(ui, &e);
		return false;
	}
	const struct code_row *kind = dialog_choose_code(ui, tr("领取人的证件", "The taker's document"), kinds, answers->document, "");
	if (!kind)
		return false;
	if (strcmp(kind->code, answers->document) != 0)
		answers->number[0] = '\0';
	text_copy(answers->document, sizeof answers->document, kind->code);
	const struct dialog_ask number = {.title = tr("领取人的证件", "The taker's document"),
		.text = tr("请与原件核对，人证一致", "Compare it with the original, and the face with it"),
		.label = tr("证件号", "Number"),
		.check = answers->document,
		.limit = 40,
		.input = TERM_INPUT_LATIN};
	return dialog_ask(ui, &number, answers->number, sizeof answers->number);
}

bool scr_ask_taker(struct ui *ui, const char *to, struct taker_answers *answers, struct handover_taker *out)
{
	*out = (struct handover_taker){.to = to};
	if (strcmp(to, "other") != 0)
		return true;
	const struct dialog_ask name = {.title = tr("由其他人领取", "Somebody else takes it"),
		.text = tr("登记领取人的姓名和有效身份证件", "Name and identity document of who takes it are recorded"),
		.label = tr("姓名", "Name"),
		.check = "name",
		.limit = 60,
		.input = TERM_INPUT_CHINESE};
	if (!dialog_ask(ui, &name, answers->name, sizeof answers->name) || !ask_document(ui, answers))
		return false;
	*out = (struct handover_taker){.to = to, .name = answers->name, .document = answers->document, .number = answers->number};
	return true;
}

/* What was given of the old keys, one after the other as the hand-over asks for them. */
struct old_given {
	char asked[TOKEN_SERIAL_SIZE]; /* the one asked for last */
	char keys[512], of[512];       /* read, and not to be read: lists as in handover.h */
	size_t good;                   /* so much of `keys` is right */
	char reason[900];
};

static void add_to(char *list, size_t size, const char *serial)
{
	size_t n = strlen(list);
	snprintf(list + n, size - n, "%s%s", n ? "," : "", serial);
}

/* Its serial, or, where that stays empty, why it can't be read. */
static bool ask_old(struct ui *ui, const char *serial, struct old_given *g)
{
	char text[200], typed[200] = "";
	bool again = strcmp(g->asked, serial) == 0; /* what was given for it is another one */
	if (!again)
		g->good = strlen(g->keys);
	text_copy(typed, sizeof typed, g->keys + g->good + (g->keys[g->good] == ','));
	g->keys[g->good] = '\0';
	text_copy(g->asked, sizeof g->asked, serial);
	snprintf(text, sizeof text, tr("应收回 %s：扫描或输入介质上的序列号。读不出、看不清时留空", "It is %s: scan or key in the serial on it. Leave it empty where it can't be read"), serial);
	const struct dialog_ask ask = {.title = tr("收回旧介质", "Collect the old key"), .text = text, .label = tr("序列号", "Serial"), .limit = 120,
		.may_be_empty = true, .input = TERM_INPUT_LATIN};
	const struct dialog_ask why = {.title = tr("旧介质读不出序列号", "The old key can't be read"),
		.text = tr("写明为什么读不出、怎样确认就是它，记入日志", "Why, and how it was known to be the one; journalled"), .label = tr("理由", "Reason"),
		.limit = 200, .input = TERM_INPUT_CHINESE};
	if (!dialog_ask(ui, &ask, typed, sizeof typed) || (!*typed && !dialog_ask(ui, &why, g->reason, sizeof g->reason)))
		return false;
	if (*typed)
		add_to(g->keys, sizeof g->keys, typed);
	else
		add_to(g->of, sizeof g->of, serial);
	return true;
}

bool scr_take(struct ui *ui, use_case *run, struct call *c, struct handover_taker *by)
{
	struct old_given given = {0};
	struct error e = {0};
	enum err r;
	by->old_key = given.keys;
	by->old_unread = given.reason;
	by->old_unread_of = given.of;
	while ((r = app_attempt(ui, run, c, &e)) != OK) {
		ui_fail(ui, &e);
		if ((r != ERR_HANDOVER_OLD_KEY && r != ERR_HANDOVER_OLD_OTHER) || !ask_old(ui, e.detail, &given))
			return false;
		e = (struct error){0};
	}
	return true;
}

bool scr_old_key(const json_t *preview, char *out, size_t size)
{
	const char *serial = json_text(preview, "old_key");
	if (*serial && json_flag(preview, "old_waits"))
		snprintf(out, size, json_flag(preview, "old_inserted") ? tr("✓ 收回旧介质 %s：已插入。客户有文件待解密，请先解密", "✓ collect the old key %s: it is in. Files wait for it: decrypt them first")
			: tr("收回旧介质 %s：客户有文件待解密，先解密再收；请插入或输入序列号", "Collect the old key %s once the files that wait for it are decrypted"), serial);
	else if (*serial)
		snprintf(out, size, json_flag(preview, "old_inserted") ? tr("✓ 收回旧介质 %s：已插入", "✓ collect the old key %s: it is in")
			: tr("收回旧介质 %s：请插入，或在领取时扫描、输入序列号", "Collect the old key %s: insert it, or scan or key in its serial"), serial);
	return *serial != '\0';
}
