/* What a template is filled with (print/render.h says the object's shape). Private to src/desk. */
#ifndef CERTDESK_DESK_PRINTFACTS_H
#define CERTDESK_DESK_PRINTFACTS_H

#include "desk/orderrow.h"
#include "print/template.h"

/* Of an order or draft; personal numbers are masked unless the template needs them whole. Names are never masked. */
enum err printfacts_order(struct desk *d, const struct print_template *t, const struct order *o, json_t **out, struct error *e);
/* Of a business date's parcels; ERR_DESK_DATE. */
enum err printfacts_day(struct desk *d, const char *date, json_t **out, struct error *e);
/* Of nothing but the site. */
enum err printfacts_blank(struct desk *d, json_t **out, struct error *e);
/* The values alone, for `when` and statuses. New reference. */
json_t *printfacts_values(const struct order *o, int64_t paid);

/* A short digest of the signed fields that the application shows: "3F2A-91BC-…". Whoever confirms the paper compares it. */
#define DATA_CODE_SIZE 20
enum err printfacts_data_code(const struct print_template *t, const struct form *form, const json_t *values,
                              char out[DATA_CODE_SIZE], struct error *e);
/* Whether the template's form leaves a field out: the desk's own confirmations, which the signature on the paper stands for. */
bool printfacts_left_out(const struct print_template *t, const char *field);

#endif
