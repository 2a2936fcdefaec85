/* hub.yaml, one row for each option (certdesk-hub(8) describes them). */
#ifndef CERTDESK_HUB_OPTIONS_H
#define CERTDESK_HUB_OPTIONS_H

#include "hub/hub.h"

/* Reads DIR/hub.yaml and splits the url. ERR_YAML names every mistake with its line; ERR_HUB_URL. */
enum err hub_options_load(const char *dir, struct hub_options *out, struct error *e);
void hub_options_free(struct hub_options *o);
/* The options' names; NULL after the last. */
const char *hub_option_name(size_t i);
/* "https://HOST[:PORT]" and nothing behind it but "/". ERR_HUB_URL. */
enum err hub_url_split(const char *url, char host[256], int *port, struct error *e);
/* Letters, digits and "-", 1 to 32. ERR_HUB_SITE. */
enum err hub_site_check(const char *code, struct error *e);

#endif
