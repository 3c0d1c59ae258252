/* swap FIRST SECOND: exchanges two names as fast as it can until it is ended, and says `swapping` once it does. */
#include <fcntl.h>

#include "common.h"

int main(int argc, char **argv)
{
    if (argc != 3)
        die(EXIT_USAGE, "swap FIRST SECOND");
    for (unsigned long count = 0;; count++) {
        if (renameat2(AT_FDCWD, argv[1], AT_FDCWD, argv[2], RENAME_EXCHANGE) != 0)
            die(EXIT_USAGE, "exchanging %s and %s: %s", argv[1], argv[2], strerror(errno));
        if (count == 0) {
            puts("swapping");
            fflush(stdout);
        }
    }
}
