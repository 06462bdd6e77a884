// Whatever a configuration holds, each of its readers gives items with places in it.
#include "fuzz/target.hpp"
#include "lint/text/reader_promises.hpp"

LASTCALL_FUZZ_TARGET(lint_conf) { lastcall::lint::promises::keep_conf(input); }
