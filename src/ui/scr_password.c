#include "ui/scr_password.h"

#include <stdio.h>

#include "base/names.h"
#include "desk/staff.h"
#include "ui/dialog.h"
#include "ui/scr_common.h"

bool scr_new_password(struct ui *ui, const char *login, struct secret *out)
{
	char text[LOGIN_SIZE + 80];
	snprintf(text, sizeof text, tr("%s 的新口令，至少 %d 位", "The new password of %s, at least %d characters"), login, PASSWORD_LEAST);
	const struct dialog_secret ask = {.title = tr("新口令", "New password"), .text = text, .label = tr("口令", "Password"), .least = PASSWORD_LEAST, .twice = true};
	return dialog_secret(ui, &ask, out);
}

static enum err call_own(struct desk *d, struct call *c, struct error *e)
{
	return staff_own_password(d, c->more, c->secret, e);
}

/* Nobody types the new one twice before they hear that the old one is wrong. */
static bool old_right(void *arg, const struct secret *old, char *why, size_t size)
{
	struct error e = {0};
	enum err r = staff_own_check(arg, old, &e);
	if (r == ERR_DESK_PASSWORD_OLD)
		snprintf(why, size, "%s", tr("原口令不对，请重新输入。", "The old password is wrong; type it again."));
	else if (r)
		error_sentence(&e, why, size);
	return !r;
}

void scr_own_password(struct ui *ui)
{
	struct secret old = {0}, password = {0};
	const struct dialog_secret ask = {.title = tr("修改自己的口令", "Your own password"),
		.text = tr("先输入原口令；输错与登录输错一样计数", "The old one first; a wrong one counts as at login"),
		.label = tr("原口令", "Old password"), .least = 1, .judge = old_right, .arg = app_desk(ui)};
	struct call c = {.secret = &password, .more = &old};
	if (dialog_secret(ui, &ask, &old) && scr_new_password(ui, app_desk(ui)->actor.login, &password) && app_do(ui, call_own, &c))
		ui_good(ui, "%s", tr("口令已修改", "Your password is changed"));
	secret_wipe(&old);
	secret_wipe(&password);
}
