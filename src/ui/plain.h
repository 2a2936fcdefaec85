/* A sentence for people at a screen: without the commands in brackets that it says to scripts. */
#ifndef CERTDESK_UI_PLAIN_H
#define CERTDESK_UI_PLAIN_H

/* Takes out what stands in brackets, of either language, and begins with one of the desk's commands: “（pay verify）”. In place. */
void plain_sentence(char *text);

#endif
