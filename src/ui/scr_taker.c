#include "ui/scr_taker.h"

#include <string.h>

#include "base/text.h"
#include "rules/codes.h"
#include "ui/dialog.h"
#include "ui/scr_common.h"

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
	*out = (struct handover_taker){to, answers->name, answers->document, answers->number};
	return true;
}
