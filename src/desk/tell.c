#include "desk/tell.h"

#include "base/json.h"
#include "rules/business.h"
#include "rules/contact.h"

enum { VALUES = 8 }; /* as many as desk_message takes */

enum err tell_customer(struct desk *d, const struct order *o, const char *template, const struct message_value *values, size_t count,
                       struct error *e)
{
	const struct {
		enum notify_channel channel;
		const char *to;
	} ways[] = {{NOTIFY_SMS, contact_value(o->values, "mobile")}, {NOTIFY_MAIL, contact_value(o->values, "email")}};
	struct message_value all[VALUES] = {
		{"order", o->no}, {"customer", o->name}, {"business", business_title_zh(o->business)}};
	size_t n = 3;
	for (size_t i = 0; i < count && n < VALUES; i++)
		all[n++] = values[i];
	enum err r = OK;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		bool goes = *ways[i].to && desk_message_goes(d, ways[i].channel, template);
		enum err one = goes ? desk_message(d, ways[i].channel, ways[i].to, template, all, n, NULL, r ? NULL : e) : OK;
		r = r ? r : one;
	}
	return r;
}

void tell_holder(struct desk *d, const struct subject *s, const char *template, const char *order)
{
	json_t *holder = NULL;
	subject_data(d, s->customer_id, NULL, &holder, NULL);
	const struct message_value values[] = {{"customer", s->name}, {"serial", s->key_serial}, {"order", order}};
	const char *mobile = contact_value(holder, "mobile"), *mail = contact_value(holder, "email");
	size_t n = order ? 3 : 2;
	if (*mobile && desk_message_goes(d, NOTIFY_SMS, template))
		desk_message(d, NOTIFY_SMS, mobile, template, values, n, NULL, NULL);
	if (*mail && desk_message_goes(d, NOTIFY_MAIL, template))
		desk_message(d, NOTIFY_MAIL, mail, template, values, n, NULL, NULL);
	json_decref(holder);
}
