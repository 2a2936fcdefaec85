/* Sites as people read them: by their names, as headquarters tells them beside what names a site, and their codes. Private to src/desk
 * but for site_title and site_names_keep. */
#ifndef CERTDESK_DESK_SITENAME_H
#define CERTDESK_DESK_SITENAME_H

#include "desk/desk.h"

#define SITE_TITLE_SIZE 180

/* "海淀受理点（110108-01）", the code alone where no name is known, 总部 for headquarters. Returns `out`. */
const char *site_title(struct desk *d, const char *code, char out[SITE_TITLE_SIZE]);
/* Keeps {CODE: NAME}; what is none is passed over. Inside a step or not. ERR_STORE_*. */
enum err site_names_keep(struct desk *d, const json_t *names, struct error *e);
/* ERR_DESK_CERT_GIVEN: a certificate or key that this site holds. */
enum err site_has_taken(struct desk *d, const char *site, struct error *e);

#endif
