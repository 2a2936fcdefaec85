/* What every program of ours does first. */
#ifndef CERTDESK_BASE_START_H
#define CERTDESK_BASE_START_H

/* No core file and no other process of the account sees this one's memory; standard streams are open, a reader that has gone away is
 * an error of writing, OpenSSL is as we built it, texts have their language. Call it once, at the start of main. */
void program_start(void);

#endif
