#include "rules/business.h"

#include <string.h>

#include "base/lang.h"

static const struct business businesses[] = {
#define BUSINESS(name, zh, en, about, review, makes, end, keeps, certificate, pin)                                                     \
	{name, zh, en, about, review, makes, end, keeps, certificate, pin},
#include "rules/business.def"
#undef BUSINESS
};

const struct business *business_at(size_t i)
{
	return i < sizeof businesses / sizeof *businesses ? &businesses[i] : NULL;
}

const struct business *business_find(const char *name)
{
	for (size_t i = 0; i < sizeof businesses / sizeof *businesses; i++)
		if (strcmp(businesses[i].name, name) == 0)
			return &businesses[i];
	return NULL;
}

const char *business_title(const char *name)
{
	const struct business *b = business_find(name);
	return b ? tr(b->zh, b->en) : name;
}

const char *business_title_zh(const char *name)
{
	const struct business *b = business_find(name);
	return b ? b->zh : name;
}

static const struct {
	const char *reason, *below, *zh, *en;
} own_grounds[] = {
	{CERT_OWN_GROUND_HELD, CERT_HELD, "CA 主动办理，原已挂失", "on the CA's own ground, reported lost before"},
	{CERT_OWN_GROUND_UNDONE, CERT_HANDOVER_UNDONE, "CA 主动办理，原领取已撤销", "on the CA's own ground, its hand-over undone before"},
};
enum { OWN_GROUNDS = sizeof own_grounds / sizeof *own_grounds };

bool cert_own_reason(const char *reason)
{
	return strcmp(reason, CERT_OWN_GROUND) == 0 || cert_own_below(reason);
}

const char *cert_own_over(const char *reason)
{
	for (size_t i = 0; i < OWN_GROUNDS; i++)
		if (strcmp(own_grounds[i].below, reason) == 0)
			return own_grounds[i].reason;
	return CERT_OWN_GROUND_HELD;
}

const char *cert_own_below(const char *reason)
{
	for (size_t i = 0; i < OWN_GROUNDS; i++)
		if (strcmp(own_grounds[i].reason, reason) == 0)
			return own_grounds[i].below;
	return NULL;
}

const char *cert_reason_title(const char *reason)
{
	if (strcmp(reason, CERT_HANDOVER_UNDONE) == 0)
		return tr("领取已撤销", "the hand-over was undone");
	for (size_t i = 0; i < OWN_GROUNDS; i++)
		if (strcmp(own_grounds[i].reason, reason) == 0)
			return tr(own_grounds[i].zh, own_grounds[i].en);
	return cert_own_reason(reason) ? tr("CA 主动办理", "on the CA's own ground") : NULL;
}
