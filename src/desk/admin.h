/* The site itself: journal, timers, tables, doctor. */
#ifndef CERTDESK_DESK_ADMIN_H
#define CERTDESK_DESK_ADMIN_H

#include "desk/desk.h"

/* {"entries","records","head","unsettled":[…refund_gaps…]}; ERR_STORE_ALTERED names the row. */
enum err audit_verify(struct desk *d, void (*progress)(void *arg, int64_t done), void *arg, json_t **out, struct error *e);
/* Unpaid orders, ended drafts, old PINs, stray files, saved prints, CRL; reviews and issues past their day are counted,
 * a manager is told of each late revocation and a holder of a certificate that ends soon, once: {"expired","cancelled","purged","pins",
 * "swept","revoked","late","late_notices","expiry_notices"}. No login: the actor is `system`. What fails of one order, or in one of these works,
 * keeps no other from being done, and the first such error comes back (round.h). */
enum err tick_run(struct desk *d, json_t **out, struct error *e);
/* Tables prices, products, channels, documents, calendar, deadlines: CSV as in forms/tables. */
enum err table_list(struct desk *d, json_t **out, struct error *e);
enum err table_export(struct desk *d, const char *name, struct bytes *csv, struct error *e);
/* A new version valid from `date` ("2026-12-01"), or from now where that day has begun: what was sold before keeps its price.
 * A version of the same date that hasn't begun is replaced. Needs two persons once there is a second manager. {"rows"} */
enum err table_import(struct desk *d, const char *name, const char *path, const char *date, json_t **out, struct error *e);
/* What is missing on this machine and at the site, and the mend. [{"what","state" (good, warning, missing),"detail","mend"}] */
enum err doctor_run(struct desk *d, json_t **out, struct error *e);
/* The same where the site in `dir` (NULL: as desk_open takes it) can't be opened, or isn't there. */
enum err doctor_machine(const char *dir, json_t **out, struct error *e);

#endif
