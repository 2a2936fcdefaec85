/* certdesk-paper: sets papers for certdesk, which starts it (print/apart.h). */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/error.h"
#include "base/lang.h"
#include "print/apart.h"

int main(void)
{
	lang_start();
	if (isatty(0) || isatty(1)) {
		fputs(tr("certdesk-paper 由 certdesk 启动，不能单独使用\n", "certdesk-paper is started by certdesk and does nothing alone\n"), stderr);
		return EXIT_USAGE;
	}
	signal(SIGPIPE, SIG_IGN);
	_exit(apart_serve(0, 1)); /* fontconfig keeps what it has found; nobody needs it taken apart */
}
