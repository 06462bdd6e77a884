// Whatever /proc/self/cgroup holds, a unit is found or none is.
#include <cstdlib>

#include "sys/notify.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string unit =
        lastcall::sys::unit_of_cgroup({reinterpret_cast<const char*>(data), size});
    if (!unit.empty() && (!unit.ends_with(".service") || unit.find('/') != std::string::npos)) {
        std::abort();
    }
    return 0;
}
