// Whatever /proc/self/cgroup holds, a unit is found or none is.
#include "fuzz/target.hpp"
#include "sys/socket/notify.hpp"

LASTCALL_FUZZ_TARGET(cgroup) {
    const std::string unit = lastcall::sys::unit_of_cgroup(input);
    lastcall::fuzz::must(
        unit.empty() || (unit.ends_with(".service") && unit.find_first_of("/\n") == unit.npos),
        "\"" + unit + "\" is no unit");
}
