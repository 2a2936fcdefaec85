#include "hub/share.h"

#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "hub/site.h"
#include "rules/region.h"

enum { WORD_MOST = 64 };

enum err share_list(struct hub *hub, json_t **out, struct error *e)
{
	return db_list(hub->db, HUB_SQL_REVIEW_SHARE_LIST, out, e, "");
}

static bool is_word(const char *word)
{
	return strlen(word) <= WORD_MOST && strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == strlen(word);
}

enum err share_set(struct hub *hub, const char *region, const char *product, const char *site, int64_t weight, struct error *e)
{
	json_t *row = NULL;
	if (weight < 0 || weight > SHARE_WEIGHT_MOST)
		return error_set(e, ERR_USAGE, tr("--weight 应为 0 至 %d", "--weight is 0 to %d"), SHARE_WEIGHT_MOST);
	if ((weight && !region_check(region)) || !is_word(region)) /* one from before can be taken out */
		return error_set(e, ERR_HUB_REGION, "%.40s", region);
	if (!is_word(product))
		return error_set(e, ERR_USAGE, tr("--product 不可用：%.40s", "--product can't be used: %.40s"), product);
	enum err r = weight ? region_known(region, e) : OK;
	if (!r)
		r = db_row(hub->db, HUB_SQL_SITE_GET, &row, e, "t", site);
	if (!r && weight && strcmp(json_text(row, "kind"), "review") != 0)
		r = error_set(e, ERR_HUB_NO_SITE, "%s", site);
	if (!r && weight && strcmp(json_text(row, "state"), "revoked") == 0)
		r = error_set(e, ERR_HUB_REVOKED, "%s", site);
	json_decref(row);
	if (!r)
		r = weight ? db_run(hub->db, HUB_SQL_REVIEW_SHARE_PUT, NULL, e, "ttti", region, product, site, weight)
		           : db_run(hub->db, HUB_SQL_REVIEW_SHARE_REMOVE, NULL, e, "ttt", region, product, site);
	return r;
}
