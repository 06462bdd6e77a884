// Whatever a YAML file holds, its values have places in it, and each scalar is made of its bytes.
#include "fuzz/target.hpp"
#include "lint/text/reader_promises.hpp"

LASTCALL_FUZZ_TARGET(lint_yaml) { lastcall::lint::promises::keep_yaml(input); }
