#include "base/lang.h"

int main(void)
{
	lang_start();
	return 0;
}
