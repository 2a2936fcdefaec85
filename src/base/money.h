/* Money is an integer in fen (1/100 yuan). */
#ifndef CERTDESK_BASE_MONEY_H
#define CERTDESK_BASE_MONEY_H

#include <stdbool.h>
#include <stdint.h>

#define MONEY_TEXT_SIZE 32
void money_text(int64_t fen, char out[MONEY_TEXT_SIZE]); /* "1,234.50", "-0.01" */
/* "1,234.5", "¥300", "300元", full-width digits; at most two decimals. False on anything else. */
bool money_parse(const char *text, int64_t *fen);

#endif
