/* 扫描: serials typed or scanned one after the other, each judged at once, all done with one key. */
#ifndef CERTDESK_UI_SCR_SCAN_H
#define CERTDESK_UI_SCR_SCAN_H

#include "desk/stock.h"
#include "ui/screen.h"

/* What is done with them; copied. Empty texts are none. */
struct scan_arg {
	bool count;          /* a drawer is counted, and `deed` doesn't matter */
	enum stock_deed deed;
	char drawer[33], site[33], medium[33], reason[500];
	bool new_drawer;
};
extern const struct screen_class scr_scan;

/* Does it with a list from a file; says how it went. True when it was done. */
bool scan_by_file(struct ui *ui, const struct scan_arg *arg);

#endif
