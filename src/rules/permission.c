#include "rules/permission.h"

#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"

static const struct {
	const char *name, *zh, *en;
	bool combines;
} roles[] = {
#define ROLE(id, name, zh, en, combines) {name, zh, en, combines},
#include "rules/roles.def"
#undef ROLE
};

enum { O = ROLE_OPERATOR, R = ROLE_REVIEWER, I = ROLE_ISSUER, M = ROLE_MANAGER, A = ROLE_ADMIN, U = ROLE_AUDITOR };
static const struct {
	const char *name;
	unsigned who;
	const char *zh, *en;
} permissions[] = {
#define MAY(id, name, who, zh, en) {name, who, zh, en},
#include "rules/permissions.def"
#undef MAY
};

enum separation { NEVER, UNLESS_OTHER_APPROVED };
static const struct {
	enum permission did, next;
	enum separation rule;
} separations[] = {
	{MAY_ORDER_NEW, MAY_REVIEW, NEVER},
	{MAY_ORDER_NEW, MAY_SIGN_CONFIRM, NEVER},
	{MAY_ORDER_NEW, MAY_PIN_NEW_CONFIRM, NEVER},
	{MAY_ORDER_NEW, MAY_ISSUE, UNLESS_OTHER_APPROVED},
	{MAY_ORDER_NEW, MAY_UNLOCK, UNLESS_OTHER_APPROVED},
	{MAY_REFUND_ASK, MAY_REFUND_APPROVE, NEVER},
	{MAY_PAY, MAY_REFUND_APPROVE, NEVER},
};

const char *permission_name(enum permission permission)
{
	return permissions[permission].name;
}

const char *permission_title(enum permission permission)
{
	return tr(permissions[permission].zh, permissions[permission].en);
}

unsigned permission_roles(enum permission permission)
{
	return permissions[permission].who;
}

bool permission_two(enum permission permission, unsigned first, unsigned second, unsigned seconds)
{
	return (second & seconds) && (first & (seconds | permission_roles(permission)));
}

const char *role_name(size_t i)
{
	return i < ROLES_ALL ? roles[i].name : NULL;
}

const char *role_title(size_t i)
{
	return i < ROLES_ALL ? tr(roles[i].zh, roles[i].en) : NULL;
}

const char *role_title_of(const char *name)
{
	for (size_t i = 0; i < ROLES_ALL; i++)
		if (strcmp(roles[i].name, name) == 0)
			return role_title(i);
	return name;
}

unsigned roles_parse(const char *list)
{
	unsigned all = 0;
	bool alone = false;
	while (*list) {
		size_t n = strcspn(list, ","), i = 0;
		while (i < ROLES_ALL && (strlen(roles[i].name) != n || strncmp(roles[i].name, list, n) != 0))
			i++;
		if (i == ROLES_ALL)
			return 0;
		alone = alone || !roles[i].combines;
		all |= 1u << i;
		list += n + (list[n] == ',');
	}
	return alone && (all & (all - 1)) ? 0 : all;
}

static void join(unsigned bits, char *out, size_t size, const char *(*name)(size_t), const char *between)
{
	size_t at = 0;
	out[0] = '\0';
	for (size_t i = 0; i < ROLES_ALL; i++)
		if (bits & 1u << i)
			at += (size_t)snprintf(out + at, at < size ? size - at : 0, "%s%s", at ? between : "", name(i));
}

void roles_text(unsigned bits, char *out, size_t size)
{
	join(bits, out, size, role_name, ",");
}

void roles_titles(unsigned bits, char *out, size_t size)
{
	join(bits, out, size, role_title, tr("、", ", "));
}

bool separation_allows(enum permission did, enum permission next, bool other_approved, bool strict)
{
	for (size_t i = 0; i < sizeof separations / sizeof *separations; i++)
		if (separations[i].did == did && separations[i].next == next &&
		    (separations[i].rule == NEVER || strict || !other_approved))
			return false;
	return true;
}
