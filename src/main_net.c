/* certdesk-net: the program that speaks to the network for certdesk, which starts it (net/net.h). */
#include <openssl/crypto.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "base/lang.h"
#include "net/cell.h"
#include "net/worker.h"

enum { WORKER_FD = 3 };

int main(int argc, char **argv)
{
	int type = 0;
	socklen_t size = sizeof type;
	cell_hide();
	lang_start();
	if (argc == 2)
		lang_set(strcmp(argv[1], "en") == 0 ? LANG_EN : LANG_ZH);
	if (getsockopt(WORKER_FD, SOL_SOCKET, SO_DOMAIN, &type, &size) != 0 || type != AF_UNIX) {
		fputs(tr("certdesk-net 由 certdesk 启动，不能单独使用\n", "certdesk-net is started by certdesk and does nothing alone\n"), stderr);
		return EXIT_USAGE;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_IGN);
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL); /* what is safe here is no matter of the machine's settings */
	_exit(net_worker_run(WORKER_FD));
}
