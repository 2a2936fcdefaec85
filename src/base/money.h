/* Money is an integer in fen (1/100 yuan). */
#ifndef CERTDESK_BASE_MONEY_H
#define CERTDESK_BASE_MONEY_H

#include <stdbool.h>
#include <stdint.h>

#define MONEY_TEXT_SIZE 32
void money_text(int64_t fen, char out[MONEY_TEXT_SIZE]); /* "1,234.50", "-0.01" */
/* "1,234.5", "¥300", "300元", full-width digits; at most two decimals. False on anything else. */
bool money_parse(const char *text, int64_t *fen);
/* 大写金额, as receipts need it: "人民币壹仟陆佰捌拾元零叁角贰分", "人民币贰佰陆拾元整"; 负 stands before a negative one. By the
 * rules for vouchers (支付结算办法, annex 1): one 零 for any number of zeros between digits; 零 between 元 and 角 where the unit
 * of yuan is a zero, between 元 and 分 where there is no 角; 整 where nothing follows 元 or 角. */
#define MONEY_WORDS_SIZE 256
void money_words(int64_t fen, char out[MONEY_WORDS_SIZE]);

#endif
