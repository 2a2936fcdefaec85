#include "rules/identity.h"

#include <string.h>

static const struct identity_word methods[] = {
#define CHECKED(name, whose, zh, en) {name, whose, zh, en},
#define FAILED(name, zh, en)
#include "rules/identity.def"
#undef CHECKED
#undef FAILED
};

static const struct identity_word reasons[] = {
#define CHECKED(name, whose, zh, en)
#define FAILED(name, zh, en) {name, "", zh, en},
#include "rules/identity.def"
#undef CHECKED
#undef FAILED
};

static const struct {
	const char *of, *customers;
	char letter;
} people[] = {{"agent", "unit person", 'A'}, {"unit", "unit", 'U'}, {"legal", "unit", 'L'}, {"person", "person", 'P'}};
enum { PEOPLE = sizeof people / sizeof *people };

const struct identity_word *identity_method(size_t i)
{
	return i < sizeof methods / sizeof *methods ? &methods[i] : NULL;
}

const struct identity_word *identity_reason(size_t i)
{
	return i < sizeof reasons / sizeof *reasons ? &reasons[i] : NULL;
}

static const struct identity_word *find(const struct identity_word *(*at)(size_t), const char *name)
{
	const struct identity_word *w;
	for (size_t i = 0; (w = at(i)); i++)
		if (strcmp(w->name, name) == 0)
			return w;
	return NULL;
}

const struct identity_word *identity_method_find(const char *name)
{
	return find(identity_method, name);
}

const struct identity_word *identity_reason_find(const char *name)
{
	return find(identity_reason, name);
}

bool identity_method_fits(const struct identity_word *method, const char *of)
{
	for (size_t i = 0; i < PEOPLE; i++)
		if (strcmp(people[i].of, of) == 0)
			return strchr(method->whose, people[i].letter) != NULL;
	return false;
}

const char *identity_of(const char *customer, size_t i)
{
	for (size_t k = 0; k < PEOPLE; k++)
		if (strstr(people[k].customers, customer) && i-- == 0)
			return people[k].of;
	return NULL;
}
