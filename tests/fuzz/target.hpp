// A fuzz target is a promise about what a parser does with any input. libFuzzer looks for
// an input that breaks it (preset `fuzz`); in every other preset fuzz_corpus_test holds it
// against the inputs in corpus/.
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace lastcall::fuzz {

using body = void (*)(std::string_view input);

/// The targets that are linked into this program.
std::map<std::string, body>& targets();

struct target {
    target(const char* name, body run) { targets()[name] = run; }
};

/// LASTCALL_FUZZ_TARGET(name) { ... input ... }
#define LASTCALL_FUZZ_TARGET(name)                                             \
    static void fuzz_##name(std::string_view input);                           \
    static const ::lastcall::fuzz::target register_##name(#name, fuzz_##name); \
    static void fuzz_##name(std::string_view input)

struct broken_promise : std::logic_error {
    using std::logic_error::logic_error;
};

/// Errors: broken_promise, unless `holds`.
inline void must(bool holds, const std::string& promise) {
    if (!holds) {
        throw broken_promise(promise);
    }
}

}  // namespace lastcall::fuzz
