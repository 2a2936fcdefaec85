/* What the worker gives up before the first byte from outside: it can start no program, write no file that it wasn't handed,
 * read none but what looking up a name needs, signal and trace nobody, listen nowhere, and leaves no core. Kernels without
 * Landlock or filters go on without them. */
#ifndef CERTDESK_NET_CELL_H
#define CERTDESK_NET_CELL_H

/* As early as possible: no core, no look into this process. */
void cell_hide(void);
/* Behind all libraries' own starting up. */
void cell_close(void);

#endif
