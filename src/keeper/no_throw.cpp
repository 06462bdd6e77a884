// What the headers of the standard library call where they would throw. Without exceptions
// each of these is a fault of ours; and these definitions keep the machinery of exceptions,
// and with it the heap, out of the static program.
#include <cstddef>

namespace std {

[[noreturn]] void __throw_out_of_range_fmt(const char*,
                                           ...);  // NOLINT(bugprone-reserved-identifier)
[[noreturn]] void __throw_out_of_range_fmt(const char*, ...) { __builtin_trap(); }

}  // namespace std
