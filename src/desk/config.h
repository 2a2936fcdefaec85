/* certdesk.yaml in the site's directory, checked whole at start; every option is one row of one table (config.c),
 * described in certdesk.conf(5). */
#ifndef CERTDESK_DESK_CONFIG_H
#define CERTDESK_DESK_CONFIG_H

#include <stdbool.h>

#include "base/bytes.h"

struct config {
	char *store_key;       /* path of the store key; relative paths are below DIR */
	char *ca_crl_url, *ca_issuer_url, *ca_ocsp_url; /* addresses that the site's own CA writes into certificates; default "": none */
	char *ca;              /* who issues: "local" (default), or "hub": the CA that headquarters holds */
	char *station;         /* this terminal's window where CERTDESK_STATION doesn't say; default "01" */
	char *phone;           /* of the service point, for notices */
	char *manager_mobile, *manager_mail; /* who hears of a revocation that is late; default "": nobody */
	char *inbox;           /* where scans arrive; default DIR/inbox */
	char *input_method;    /* "auto" (escape sequences), "none", or a command pair "fcitx5-remote -c|fcitx5-remote -o" */
	char *bank_certificate; /* PEM file that lists with PINs are sealed to; default "": none */
	char *alipay_app_id;   /* payment by code; default "": none. With it: */
	char *alipay_key, *alipay_public_key; /* files: the merchant's private key (0600), Alipay's public key */
	char *alipay_certificate, *alipay_root_certificates; /* PEM files of an application that signs with a certificate; default "": with a bare key */
	char *alipay_gateway, *alipay_root;   /* where to; PEM file of who vouches for that address */
	int alipay_minutes;    /* until a code can't be paid any more; 5 */
	char *printer;         /* CUPS queue for sheets; default "": files only */
	char *label_printer;   /* … for labels */
	char *demo_logins;     /* "user password, …" shown on the login screen of a demonstration; default "" */
	int idle_seconds;      /* screens lock after; default 600, 0 never */
	int escape_ms;         /* wait after ESC; default 25 */
	int pin_digits;        /* of the first PIN; default 8 */
	bool issue_own_forbidden; /* nobody issues what they keyed in, approved or not */
	int review_days_new, review_days_replace; /* working days; 0: as the table `deadlines` says */
	int unpaid_hours;      /* 24 */
	int lost_hours;            /* a lost key's certificate is revoked after, where no new one was written before; 24 */
	int unlock_minutes;        /* how long an unlock code works; 120 */
	int crl_days;          /* validity of a CRL; 7 */
	char *crl_file;        /* where the newest one is put for a web server; default "": nowhere */
};

/* Reads DIR/certdesk.yaml; a missing file gives the defaults. ERR_YAML names every mistake with its line. */
enum err config_load(const char *dir, struct config *out, struct error *e);
/* Adds the line that names the store key's file. ERR_USAGE where its name is no UTF-8, which the file must be; ERR_MEMORY. */
enum err config_key_line(struct bytes *out, const char *key_file, struct error *e);
void config_free(struct config *c);
/* Writes one option into DIR/certdesk.yaml, in the place of what it was; the rest stays as it stands. ERR_FILE_READ, ERR_FILE_WRITE. */
enum err config_choose(const char *dir, const char *name, const char *value, struct error *e);

/* What is shipped as data below `share` besides forms and code tables: certificate profiles, texts, messages, bank
 * statements, print templates. The errors of the loader that finds the first wrong file, with all of its mistakes. */
enum err definitions_check(const char *share, struct error *e);

#endif
