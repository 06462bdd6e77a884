// The one target of a fuzzer, as libFuzzer calls it. A promise that is broken leaves as an
// exception, which libFuzzer takes for the crash that it looks for.
#include <cstdio>
#include <cstdlib>

#include "fuzz/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    static const auto run = lastcall::fuzz::targets().begin()->second;
    try {
        run({reinterpret_cast<const char*>(data), size});
    } catch (const std::exception& e) {
        std::fprintf(stderr, "broken: %s\n", e.what());
        std::abort();
    }
    return 0;
}

// A target that needs a lifecycle has to make it before libFuzzer starts its thread that
// watches the memory.
extern "C" int LLVMFuzzerInitialize(int*, char***) { return LLVMFuzzerTestOneInput(nullptr, 0); }
