#include "base/start.h"
#include "hub/cli.h"

int main(int argc, char **argv)
{
	program_start();
	return hub_cli_main(argc - 1, argv + 1);
}
