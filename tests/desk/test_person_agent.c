/* A person and the agent who comes for them: who is checked, whose phone is asked, who counts as being there. */
#define LIFE_FORM    "new-person"
#define LIFE_CHANGES "{'own_medium':false,'delivery':'counter'}"
#include "life.h"

#define PERSON "13700137000"
#define AGENT  "'agent_is_holder':false," LISI
#define LISI   "'agent_name':'李四','agent_mobile':'13900139000','agent_id_kind':'resident-id'," \
	"'agent_id_number':'110101199003071233'"

/* Of an order, "of method of method …", sorted as they were made. */
static void checks_are(struct life *l, const char *wanted)
{
	char have[400] = "";
	json_t *o = NULL, *row;
	size_t i;
	IS(OK, order_show(l->d, l->no, &o, &l->e));
	json_array_foreach(json_object_get(o, "identity_checks"), i, row)
		snprintf(have + strlen(have), sizeof have - strlen(have), "%s%s %s", i ? ", " : "", json_text(row, "of"), json_text(row, "method"));
	json_decref(o);
	assert_string_equal(have, wanted);
}

static void signed_new(struct life *l, const char *changes)
{
	json_t *c = data(changes);
	site_signed(&l->t.site, l->d, "new-person", c, l->no);
	json_decref(c);
}

static void test_who_came_in_person_is_checked_face_to_face(void **state)
{
	struct life *l = *state;
	signed_new(l, "{}");
	checks_are(l, "person face-matches");
}

static void test_the_agent_who_came_is_checked_and_the_persons_originals_seen(void **state)
{
	struct life *l = *state;
	signed_new(l, "{" AGENT "}");
	checks_are(l, "person originals-seen, agent face-matches");
}

static void test_a_former_agent_in_hidden_fields_was_not_there(void **state)
{
	struct life *l = *state;
	signed_new(l, "{'agent_is_holder':true," LISI "}");
	checks_are(l, "person face-matches");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIFE(test_who_came_in_person_is_checked_face_to_face),
		LIFE(test_the_agent_who_came_is_checked_and_the_persons_originals_seen),
		LIFE(test_a_former_agent_in_hidden_fields_was_not_there),
	};
	return RUN_LIFE(tests);
}
