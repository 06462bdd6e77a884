// What can be wrong with a file of any kind.
#include <array>

#include "lint/catalogue/catalogue.hpp"

namespace lastcall::lint {
namespace {

constexpr std::array general_table{
    rule{"G01", severity::error, "a file cannot be read",
         "Nothing is known of it. A check that passes over it in silence would say that all is "
         "well.",
         "docs/lint.md", "Make it readable, or leave it out of the paths that are looked at.",
         "$ ls -l Dockerfile\n---------- 1 root root 120 Dockerfile", "$ chmod a+r Dockerfile"},
    rule{"G02", severity::warning, "a part of a file cannot be understood",
         "Whoever reads it later refuses it, or takes it for something else than what was meant. "
         "The rest of the file was looked at.",
         "docs/lint.md", "Correct it: who reads it refuses it, or reads something else.",
         "FROM debian:12\nCMD [\"server\",]", "FROM debian:12\nCMD [\"server\"]"},
    rule{"G03", severity::warning, "a comment that is to silence a rule silences none",
         "It gives no reason, names no rule, or its date has passed: what it was to accept is "
         "reported again. Or what it was for is gone, and it would accept the next one unseen.",
         "docs/lint.md",
         "Write # lastcall: ignore=RULE reason=WHY, and until=YYYY-MM-DD to end it.",
         "# lastcall: ignore=D01\nCMD server",
         "# lastcall: ignore=D01 reason=\"a tool that ends by itself\"\nCMD server"},
    rule{"G04", severity::note, "the baseline knows something that is not there any more",
         "It was mended, or its line is another one now. What stays in the baseline would accept "
         "the same again without a word.",
         "docs/lint.md", "Write the baseline again: lastcall lint --write-baseline FILE PATH...",
         "{\"file\":\"Dockerfile\",\"rule\":\"D01\",\"line\":\"CMD server\"}",
         "$ lastcall lint --write-baseline lint.json ."},
};

}  // namespace

std::span<const rule> general_rules() { return general_table; }

}  // namespace lastcall::lint
