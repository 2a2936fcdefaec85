#include "rules/keystate.h"

#include <string.h>

#include "base/lang.h"

static const struct {
	const char *name, *zh, *en;
	bool in_drawer, out_of_use;
} states[] = {
	{"in-stock", "在库", "in stock", true, false},
	{"reserved", "已预留", "reserved", true, false},
	{"made", "已制证", "made", true, false},
	{"handed-over", "已领取", "handed over", false, false},
	{"in-transit", "在途", "in transit", false, false},
	{"locked", "已锁定", "locked", false, false},
	{"lost", "丢失", "lost", false, true},
	{"damaged", "损坏", "damaged", false, true},
	{"returned", "已收回", "returned", true, false},
	{"destroyed", "已销毁", "destroyed", false, true},
	{"customer-owned", "客户自备", "customer's own", false, false},
};

/* For one event and state there is one row. */
static const struct {
	const char *event, *from, *to;
} moves[] = {
	/* of the stock */
	{"receive", "", "in-stock"},
	{"expect", "", "in-transit"}, /* another point has sent it */
	{"arrive", "in-transit", "in-stock"},
	{"transfer", "in-stock", "in-stock"}, /* to another drawer */
	{"transfer", "made", "made"},
	{"transfer", "returned", "returned"},
	{"send", "in-stock", "in-transit"}, /* to another point */
	{"send", "returned", "in-transit"},
	{"spoil", "in-stock", "damaged"},
	{"spoil", "returned", "damaged"},
	{"lose", "in-stock", "lost"},
	{"lose", "returned", "lost"},
	{"lose", "in-transit", "lost"},
	{"find", "lost", "in-stock"},
	{"find-returned", "lost", "returned"}, /* it was no blank any more */
	{"return", "handed-over", "returned"},
	{"return", "customer-owned", "returned"},
	{"return", "in-transit", "returned"},
	{"return", "locked", "returned"},
	{"return", "lost", "returned"},
	{"destroy", "damaged", "destroyed"},
	{"destroy", "returned", "destroyed"},
	{"destroy", "locked", "destroyed"},
	/* of orders */
	{"own", "", "customer-owned"},
	{"own", "customer-owned", "customer-owned"},
	{"own", "handed-over", "customer-owned"},
	{"own", "in-stock", "customer-owned"},
	{"reserve", "in-stock", "reserved"},
	{"release", "reserved", "in-stock"},
	{"give-up", "reserved", "damaged"}, /* written to, and not to its end */
	{"make", "reserved", "made"},
	{"hand-over", "made", "handed-over"},
	{"mail", "made", "in-transit"},
	{"deliver", "in-transit", "handed-over"},
	{"undo", "handed-over", "made"}, /* a hand-over or a parcel that wasn't to be */
	{"undo", "in-transit", "made"},
	{"report-lost", "handed-over", "lost"}, /* by the customer, with a replacement or a loss report */
	{"report-lost", "customer-owned", "lost"},
	{"report-lost", "made", "lost"},
	{"report-lost", "in-transit", "lost"},
	{"report-lost", "locked", "lost"},
	{"report-damaged", "handed-over", "damaged"},
	{"report-damaged", "customer-owned", "damaged"},
	{"report-damaged", "made", "damaged"},
	{"report-damaged", "in-transit", "damaged"},
	{"report-damaged", "locked", "damaged"},
	{"collect", "handed-over", "returned"}, /* against a replacement */
	{"collect", "customer-owned", "returned"},
	{"collect", "made", "returned"},
	{"collect", "in-transit", "returned"},
	{"collect", "locked", "returned"},
	{"collect", "lost", "returned"},
	{"collect", "damaged", "returned"},
	{"resume", "lost", "handed-over"}, /* the loss report was lifted */
	{"lock", "handed-over", "locked"}, /* PIN and PUK are blocked */
	{"lock", "customer-owned", "locked"},
	{"lock", "in-stock", "locked"},
	{"lock", "returned", "locked"},
	{"unlock", "locked", "handed-over"},
};

const char *key_event_to(const char *event, const char *state)
{
	for (size_t i = 0; i < sizeof moves / sizeof *moves; i++)
		if (strcmp(moves[i].event, event) == 0 && strcmp(moves[i].from, state) == 0)
			return moves[i].to;
	return NULL;
}

bool key_may_move(const char *from, const char *to)
{
	for (size_t i = 0; i < sizeof moves / sizeof *moves; i++)
		if (strcmp(moves[i].from, from) == 0 && strcmp(moves[i].to, to) == 0)
			return true;
	return false;
}

static size_t find_state(const char *state)
{
	size_t i = 0;
	while (i < key_state_count() && strcmp(states[i].name, state) != 0)
		i++;
	return i;
}

bool key_in_drawer(const char *state)
{
	size_t i = find_state(state);
	return i < key_state_count() && states[i].in_drawer;
}

bool key_out_of_use(const char *state)
{
	size_t i = find_state(state);
	return i < key_state_count() && states[i].out_of_use;
}

bool key_state_known(const char *state)
{
	return find_state(state) < key_state_count();
}

const char *key_state_title(const char *state)
{
	size_t i = find_state(state);
	return i < key_state_count() ? tr(states[i].zh, states[i].en) : state;
}

size_t key_state_count(void)
{
	return sizeof states / sizeof *states;
}

const char *key_state_at(size_t i)
{
	return i < key_state_count() ? states[i].name : NULL;
}

bool key_move_at(size_t i, const char **event, const char **from, const char **to)
{
	if (i >= sizeof moves / sizeof *moves)
		return false;
	*event = moves[i].event;
	*from = moves[i].from;
	*to = moves[i].to;
	return true;
}
