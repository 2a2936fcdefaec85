/* 订单查询: what a customer asked for, by number and a code to the agent on file, or by staff with a reason. */
#ifndef CERTDESK_DESK_QUERY_H
#define CERTDESK_DESK_QUERY_H

#include "desk/desk.h"

/* `kind` is uscc, or a kind of identity document of the code table id_kinds; `number` as typed. All: ERR_DESK_QUERY_KIND,
 * ERR_DESK_NUMBER (malformed), ERR_DESK_NO_CUSTOMER. */

/* Sends a code to the agent's phone on file: {"customer","sent_to","expires_at"}; of a unit to the one of its agents (agents.h; 0: the
 * contact). ERR_DESK_RESEND, ERR_DESK_CODES, ERR_DESK_AGENT. */
enum err query_send_to(struct desk *d, const char *kind, const char *number, int64_t agent, json_t **out, struct error *e);
/* Five tries, five minutes, once: {"customer","kind","orders":[{"order","name","business","business_title","product",
 * "key_serial","certificate","applied_at","status","status_title","unfinished","amount","pin":{"channel","state","sent_at"}|null,"invoice":{…}|null (as in order_show),
 * "red_invoice":{"number","date","of","pdf","sent_at"}|null (the newest)}],
 * "drafts":[{"order","business","business_title","form","touched_at"}]}, newest first. ERR_DESK_CODE, ERR_DESK_CODE_ENDED. */
enum err query_code(struct desk *d, const char *kind, const char *number, const char *code, json_t **out, struct error *e);
/* The same without a code: MAY_QUERY_LOOK, and the reason goes into the journal. ERR_DESK_REASON. */
enum err query_look(struct desk *d, const char *kind, const char *number, const char *reason, json_t **out, struct error *e);

#endif
