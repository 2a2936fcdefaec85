#include "base/start.h"
#include "cli/cli.h"

int main(int argc, char **argv)
{
	program_start();
	return cli_main(argc - 1, argv + 1);
}
