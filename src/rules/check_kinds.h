/* The rows of the check table and what they are made of; for src/rules/check*.c alone. */
#ifndef CERTDESK_RULES_CHECK_KINDS_H
#define CERTDESK_RULES_CHECK_KINDS_H

#include "rules/check.h"

enum fold {
	FOLD_WIDTH = 1,    /* full-width ASCII and 。 to ASCII */
	FOLD_SPACES = 2,   /* spaces go; without it each run becomes one space */
	FOLD_DASHES = 4,   /* dashes of all sorts go */
	FOLD_TO_DASH = 8,  /* dashes of all sorts, brackets and 转 become "-" */
	FOLD_UPPER = 16,   /* ASCII letters become capitals */
	FOLD_DOTS = 32,    /* • ・ ． and others become · */
	FOLD_HIDDEN = 64,  /* characters that show nothing (pasted marks of direction, zero width) go */
	FOLD_COUNTRY = 128,/* +86, 0086 and 86 before a mobile number go */
	FOLD_DATE = 256,   /* 2026/1/2, 2026年1月2日, 20260102 become 2026-01-02 */
	FOLD_DOMAIN = 512  /* ASCII letters after the @ become small */
};

/* `letter` says which characters may occur. Lengths are in characters; `most` 0 is no limit.
 * `judge` sees a normalised value of right letters and length. `stuck` (may be NULL) tells early
 * that a shorter, unfinished value can't become valid; it fills the result when so. */
struct check {
	const char *name, *zh, *en; /* how sentences call it */
	unsigned fold;
	size_t least, most;
	bool (*letter)(uint32_t code);
	void (*judge)(const struct check *check, const char *value, const struct check_context *context,
	              struct check_result *out);
	bool (*stuck)(const char *value, const struct check_context *context, struct check_result *out);
};

/* Fills a result; always returns true. The format's texts come through tr(). */
bool check_say(struct check_result *out, enum verdict verdict, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

char *check_fold(const char *value, unsigned fold);

bool letter_digit(uint32_t code);
bool letter_id(uint32_t code);      /* 0-9 A-Z */
bool letter_uscc(uint32_t code);    /* also the five letters that a sentence explains */
bool letter_phone(uint32_t code);
bool letter_officer(uint32_t code);
bool letter_permit(uint32_t code);
bool letter_date(uint32_t code);
bool letter_name(uint32_t code);
bool letter_unit(uint32_t code);
bool letter_text(uint32_t code);
bool letter_email(uint32_t code);
bool letter_receipt(uint32_t code);

#define JUDGE(name) \
	void judge_##name(const struct check *check, const char *value, const struct check_context *context, \
	                  struct check_result *out)
JUDGE(uscc);
JUDGE(taxpayer);
JUDGE(resident_id);
JUDGE(residence_permit);
JUDGE(permanent_residence);
JUDGE(passport);
JUDGE(officer);
JUDGE(taiwan_permit);
JUDGE(home_return_permit);
JUDGE(other_id);
JUDGE(mobile);
JUDGE(phone);
JUDGE(bank_card);
JUDGE(bank_account);
JUDGE(email);
JUDGE(name);
JUDGE(count);
JUDGE(unit_name);
JUDGE(text);
JUDGE(date);
JUDGE(valid_until);
JUDGE(receipt);

bool stuck_uscc(const char *value, const struct check_context *context, struct check_result *out);
bool stuck_resident_id(const char *value, const struct check_context *context, struct check_result *out);
bool stuck_mobile(const char *value, const struct check_context *context, struct check_result *out);
bool stuck_email(const char *value, const struct check_context *context, struct check_result *out);

#endif
