// What the headers of the standard library call where they would throw. Without exceptions
// each of these is a fault of ours; and this definition keeps the machinery of exceptions,
// and with it the heap, out of the static program.

// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl58-cpp): the library's own name is meant
namespace std {

[[noreturn]] void __throw_out_of_range_fmt(const char*, ...);
[[noreturn]] void __throw_out_of_range_fmt(const char*, ...) { __builtin_trap(); }

}  // namespace std
// NOLINTEND(bugprone-reserved-identifier,cert-dcl58-cpp)
