/* Invented units and persons with numbers whose check digits are right. */
#ifndef CERTDESK_DEMO_PEOPLE_H
#define CERTDESK_DEMO_PEOPLE_H

struct unit {
	char name[96], uscc[19], legal[32], legal_id[19], agent[32], agent_id[19], mobile[12], account[20];
};
/* The i-th unit: the same for the same i. */
void people_unit(int i, struct unit *out);

#endif
