/* Keys that are on their way from headquarters. */
#include "base/json.h"
#include "base/lang.h"
#include "desk/keylist.h"
#include "desk/keyrow.h"
#include "desk/stock.h"
#include "rules/keystate.h"

enum { KEYS_MOST = 20000 };

static enum err announce(struct desk *d, const char *serial, const char *medium, struct error *e)
{
	struct key_row known;
	int64_t sold = 0;
	if (!key_serial_valid(serial))
		return error_set(e, ERR_DESK_STOCK, tr("“%s”不是序列号", "“%s” is no serial"), serial);
	enum err r = key_load(d, serial, &known, e);
	if (!r && known.id)
		return error_set(e, ERR_DESK_STOCK, tr("%s 已有记录（%s）", "%s is known already (%s)"), serial, key_state_title(known.state));
	if (!r)
		r = store_int(d->store, SQL_KEY_MEDIUM_KNOWN, 0, &sold, e, "ti", medium, desk_now(d));
	if (!r && !sold)
		return error_set(e, ERR_DESK_STOCK, tr("%s：没有介质型号 %s", "%s: there is no medium %s"), serial, medium);
	return r ? r : key_make(d, serial, medium, key_event_to("expect", ""), d->station, 0, tr("总部配发", "sent by headquarters"), NULL, e);
}

enum err stock_announce(struct desk *d, const json_t *keys, struct error *e)
{
	const json_t *key;
	size_t i;
	enum err r = json_array_size(keys) > KEYS_MOST ? error_set(e, ERR_DESK_STOCK, tr("介质多于 %d 个", "more than %d keys"), KEYS_MOST) : OK;
	json_array_foreach(keys, i, key)
		if (!r)
			r = announce(d, json_text(key, "serial"), json_text(key, "medium"), e);
	return r;
}
