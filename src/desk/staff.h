/* Staff, logins, sessions, the second person on the spot. */
#ifndef CERTDESK_DESK_STAFF_H
#define CERTDESK_DESK_STAFF_H

#include "desk/desk.h"

/* Makes `login` the actor. Five wrong tries lock for 15 minutes (ERR_DESK_LOCKED says until when); every wrong try is
 * journalled. ERR_DESK_PASSWORD is the same for an unknown login, a disabled one and a wrong password. */
enum err staff_login(struct desk *d, const char *login, const struct secret *password, struct error *e);
/* The second person for the next action alone; must be another person. */
enum err staff_second(struct desk *d, const char *login, const struct secret *password, struct error *e);
void staff_logout(struct desk *d);

/* `certdesk login`: the terminal session's actor for later commands; ends with the terminal session. */
enum err session_start(struct desk *d, struct error *e);
enum err session_resume(struct desk *d, struct error *e); /* ERR_DESK_LOGIN where there is none */
enum err session_end(struct desk *d, struct error *e);

/* A name for people to read, of a person or a site: NFC, trimmed, without control characters, under 128 bytes. New string.
 * ERR_DESK_NAME. */
enum err name_clean(const char *name, char **out, struct error *e);

enum { PASSWORD_LEAST = 8 };
/* Roles as "operator,issuer". Granting roles needs a second admin once there are two (DOMAIN.md).
 * ERR_DESK_LOGIN_NAME, ERR_DESK_NAME, ERR_DESK_ROLES, ERR_DESK_PASSWORD_WEAK (under PASSWORD_LEAST characters), ERR_DESK_STAFF_EXISTS, ERR_DESK_TWO_PERSONS. */
enum err staff_add(struct desk *d, const char *login, const char *name, const char *roles, const struct secret *password,
                   struct error *e);
/* Where a second person, an administrator or a manager, is on the spot, it counts no longer among those who could be asked.
 * ERR_DESK_LAST_ADMIN: no administrator who can log in would be left; so for staff_roles. */
enum err staff_disable(struct desk *d, const char *login, struct error *e);
/* Ends a lock after wrong tries. *disabled: the login is, and stays so. */
enum err staff_unlock(struct desk *d, const char *login, bool *disabled, struct error *e);
enum err staff_roles(struct desk *d, const char *login, const char *roles, struct error *e);
/* One's own, with the old one: an open session alone doesn't change it. A wrong one counts as a wrong try of a login. ERR_DESK_PASSWORD_OLD,
 * ERR_DESK_LOCKED, ERR_DESK_PASSWORD_WEAK. */
enum err staff_own_password(struct desk *d, const struct secret *old, const struct secret *password, struct error *e);
/* Judges the old one alone, before the new one is asked for: a wrong one counts once, here or there. ERR_DESK_PASSWORD_OLD, ERR_DESK_LOCKED. */
enum err staff_own_check(struct desk *d, const struct secret *old, struct error *e);
/* As an administrator any but one's own (ERR_DESK_PASSWORD_OLD): an administrator's or a manager's by two persons once there are two administrators. The second
 * is another administrator; where the only other one is whose password it is, a manager; where there is none, the first acts alone. */
enum err staff_password(struct desk *d, const char *login, const struct secret *password, struct error *e);
/* The names of the roles in such a list, each once. */
json_t *staff_roles_array(const char *roles);
/* [{"login","name","number","key_serial","roles":[…],"disabled","locked_until"}] */
enum err staff_list(struct desk *d, json_t **out, struct error *e);
/* {"login","name","roles","site","station","site_name","demonstration"} */
json_t *staff_whoami(const struct desk *d);

/* Two persons, each by a role of their own, the other with one of `seconds`, once there are two with `role`. Whom one person alone disabled counts for seven days more.
 * ERR_DESK_TWO_PERSONS, ERR_DESK_TWO_LATELY (there is nobody left to ask, since lately), ERR_DESK_OWN_RIGHT (the second may, the first may not). */
enum err staff_two(struct desk *d, enum permission action, const char *role, unsigned seconds, struct error *e);
/* Granting roles and restoring need a second admin once there are two (as staff_two); until then *alone, for the journal. */
enum err staff_two_admins(struct desk *d, enum permission action, bool *alone, struct error *e);

/* Somebody of this site, whether they may log in now or not, without their password: for what they did earlier. ERR_DESK_NO_STAFF. */
enum err staff_named(struct desk *d, const char *login, struct staff *out, struct error *e);

#endif
