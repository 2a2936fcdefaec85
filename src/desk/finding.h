/* What one check of doctor found, for the files that hold checks. Private to src/desk. */
#ifndef CERTDESK_DESK_FINDING_H
#define CERTDESK_DESK_FINDING_H

#include "desk/desk.h"

enum state { GOOD, WARNING, MISSING };

/* What one check found. `mend` stays empty where nothing is to be done. */
struct finding {
	const char *dir; /* the site's, also where it can't be opened */
	enum state state;
	char detail[ERROR_DETAIL_SIZE * 3];
	char mend[512];
};

__attribute__((format(printf, 3, 4))) void found(struct finding *f, enum state state, const char *format, ...);
/* The sentence of an error as it stands: it says what happened and what to do. */
void found_error(struct finding *f, enum state state, const struct error *e);
void mend(struct finding *f, const char *text);

/* The store's schema (doctor_store.c) */
void check_schema(struct desk *d, struct finding *f);
void check_crl_file(struct desk *d, struct finding *f);

/* Headquarters (doctor_line.c) */
void check_line(struct desk *d, struct finding *f);
void check_line_certificate(struct desk *d, struct finding *f);
void check_publication(struct desk *d, struct finding *f);

/* What is kept for how long (doctor_kept.c) */
void check_invoices(struct desk *d, struct finding *f);
void check_retention(struct desk *d, struct finding *f);

/* The payment provider: asks it, where it is configured. */
void check_provider(struct desk *d, struct finding *f);
void check_codes(struct desk *d, struct finding *f);

#endif
