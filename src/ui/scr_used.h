/* What this window has attached already: which scan of the inbox, for which order, as what. The inbox keeps its files, and the next
 * customer's must not be taken for one of them. Kept as long as the program runs; a scan is known by path, size and time. */
#ifndef CERTDESK_UI_SCR_USED_H
#define CERTDESK_UI_SCR_USED_H

#include <jansson.h>

/* `scan` (a row of attach_scans) is now the order's document `title`, and no other scan is. */
void used_mark(json_t **used, const json_t *scan, const char *order, const char *title);
/* The order has no document `title` any more. */
void used_forget(json_t *used, const char *order, const char *title);
/* Adds "used" to those rows that are: the title, of another order with the end of its number. */
void used_show(const json_t *used, const char *order, json_t *rows);

#endif
