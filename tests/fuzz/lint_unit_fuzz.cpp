// Whatever the unit of a service holds, its values have places in it, and its commands words.
#include "fuzz/target.hpp"
#include "lint/text/reader_promises.hpp"

LASTCALL_FUZZ_TARGET(lint_unit) { lastcall::lint::promises::keep_unit(input); }
