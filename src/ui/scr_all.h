/* The business screens. Those with an order take its number as `arg` and copy it; the others take NULL. */
#ifndef CERTDESK_UI_SCR_ALL_H
#define CERTDESK_UI_SCR_ALL_H

#include <jansson.h>

#include "ui/screen.h"

extern const struct screen_class scr_login;   /* who works here */
extern const struct screen_class scr_desk;    /* 工作台: orders by status */
extern const struct screen_class scr_order;   /* one order, whole */
extern const struct screen_class scr_attach;  /* 资料: scans from the inbox to an order */
extern const struct screen_class scr_attach_signed; /* … from its signature on paper: the form that was signed */
extern const struct screen_class scr_sign;    /* 申请签名确认 */
extern const struct screen_class scr_pay;     /* 收款 */
extern const struct screen_class scr_review;  /* 审核: data beside documents */
extern const struct screen_class scr_issue;   /* 制证 */
extern const struct screen_class scr_handover;/* 领取 */
extern const struct screen_class scr_history; /* what the journal says of an order */
extern const struct screen_class scr_query;   /* 订单查询 */
extern const struct screen_class scr_unlock;  /* 解锁 */
extern const struct screen_class scr_keys;    /* 介质库存 */
extern const struct screen_class scr_certs;   /* certificates */
extern const struct screen_class scr_report;  /* 日报与报表 */
extern const struct screen_class scr_invoices; /* 发票; arg: an order, or NULL for all */
extern const struct screen_class scr_invoice_file; /* 登记发票 */
extern const struct screen_class scr_audit;   /* 审计校验 */
extern const struct screen_class scr_refunds; /* 退款与认领; arg: an order to select, or NULL */
extern const struct screen_class scr_pinlist; /* 密码待送银行 */
extern const struct screen_class scr_staff;   /* 人员 */
extern const struct screen_class scr_till;    /* 班次与钱箱 */
extern const struct screen_class scr_count;   /* 点款; arg: struct count_arg, copied */
extern const struct screen_class scr_day;     /* 日结: the day's checklist */
extern const struct screen_class scr_import;  /* 名单导入; arg: size_t *, where the number of drafts made goes */
extern const struct screen_class scr_visits;  /* 来访: the day's */
extern const struct screen_class scr_visit;   /* one visit: its orders, signed, paid and handed over together; arg: its number */
extern const struct screen_class scr_visit_pay; /* 收款 for all of its orders; arg: its number */
extern const struct screen_class scr_qr;      /* 扫码支付: arg: an order's number */
extern const struct screen_class scr_visit_qr; /* … a visit's */
extern const struct screen_class scr_picture; /* one document large; arg: struct picture_arg, copied */

struct picture_arg {
	const char *order, *kind, *title; /* an attached document … */
	const char *path;                 /* … or, where not NULL, a file */
	const struct bytes *content;      /* … or, where not NULL, what is none yet */
};

/* The till of an open shift is counted, and then the shift perhaps ends. */
struct count_arg {
	enum { COUNT_ONLY, COUNT_CLOSE, COUNT_HANDOVER } then;
	const char *station, *date, *staff;
};
/* Ends a counted shift (till_show's object), explained where it differs. True when it is done. */
bool scr_shift_end(struct ui *ui, int then, const json_t *shift);

/* The form of a new order, or of a draft with its cursor where it was. Runs until it is left, and then goes on to the
 * documents when it was finished; a new one that is left with nothing keyed isn't kept. The caller's screen may be gone when it returns: touch its state no more. */
void scr_form_new(struct ui *ui, const char *form);
void scr_form_edit(struct ui *ui, const char *order);
/* The same about a certificate or a key: in place of the screen on top, once the draft is made; what refuses it is returned and
 * not shown. */
struct draft_about;
enum err scr_form_about(struct ui *ui, const char *form, const struct draft_about *about, const char *visit, struct error *e);
/* A replacement, on top, of a certificate that another counter holds and a review is to bring (desk/order.h). */
enum err scr_form_elsewhere(struct ui *ui, const char *form, const char *certificate, struct error *e);
/* The form of a new order in a visit. */
void scr_form_in(struct ui *ui, const char *form, const char *visit);
/* The same for one more order in the visit of `order`: with its agent, or with all that is known of its customer. */
void scr_form_next(struct ui *ui, const char *order, bool agent);
/* Mails an issued order: asks for the tracking number. True when it is done. */
bool scr_mail(struct ui *ui, const char *order);
bool scr_correct(struct ui *ui, const char *order); /* 更正; true where something was changed */
bool scr_identity_refuse(struct ui *ui, const char *order, const char *customer); /* 核验未通过; true when recorded */
bool scr_identity_pass(struct ui *ui, const json_t *order); /* 重新核验通过, of the person whose check failed; true when recorded */
/* 在册经办人 (scr_agents.c): which of them, from a list of draft_agents or agents_list; how many a draft's unit has; the draft is the chosen one's
 * (true when done); one of a unit's comes off file. */
bool scr_choose_agent(struct ui *ui, const json_t *agents, const char *title, int64_t *agent);
size_t scr_agents_of(struct ui *ui, const char *order);
bool scr_agent_of(struct ui *ui, const char *order);
void scr_agents(struct ui *ui, const char *uscc);
enum { SCR_TOLD_SIZE = 200 };
bool scr_statement(struct ui *ui, char told[SCR_TOLD_SIZE]); /* 导入对账单; true where it was imported, and what was said of it */
bool scr_delivered(struct ui *ui, const char *order); /* 签收; true where it was recorded */
bool scr_came_back(struct ui *ui, const char *order); /* 退件 */
/* Takes back an issue that was begun: asks for the reason. True when it is done. */
bool scr_undo_issue(struct ui *ui, const char *order);
/* Asks which paper of an order, and prints or saves it. */
void scr_print(struct ui *ui, const char *order);

/* What Enter does with an order: what order_show calls its next step. */
struct next_step {
	const char *name;  /* as order_show's "next"; "none" where nobody here has anything to do */
	bool mine;         /* the actor can do it, as order_show says */
};
struct next_step scr_next(const json_t *order);
enum { SCR_NEXT_SIZE = 600 };
/* 审核，等审核员: what it is, and whom it waits for where that is somebody else. Also of a visit's row. */
const char *scr_next_text(const json_t *order, char out[SCR_NEXT_SIZE]);
/* Does it: pushes the screen on top (or runs the form). False where there is nothing for this person to do. */
bool scr_go(struct ui *ui, const json_t *order);
/* Opens an order, on top or (`instead`) in this screen's place: its review where that is this person's work, else its page, and with
 * `on` what scr_go does at once. The calling screen may be gone afterwards. */
void scr_open_order(struct ui *ui, const json_t *order, bool instead, bool on);

#endif
