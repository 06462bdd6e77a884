// Whatever a Dockerfile holds, its values have places in it, and its stages can be evaluated.
#include "fuzz/target.hpp"
#include "lint/text/reader_promises.hpp"

LASTCALL_FUZZ_TARGET(lint_dockerfile) { lastcall::lint::promises::keep_dockerfile(input); }
