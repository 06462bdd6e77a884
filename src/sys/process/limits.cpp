#include "sys/process/limits.hpp"

#include <sys/resource.h>

#include <fstream>

namespace lastcall::sys {

std::uint64_t raise_open_files() noexcept {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return 1024;
    }
    if (limit.rlim_cur < limit.rlim_max) {
        rlimit wanted = limit;
        wanted.rlim_cur = limit.rlim_max;
        if (::setrlimit(RLIMIT_NOFILE, &wanted) == 0) {
            limit = wanted;
        }
    }
    return limit.rlim_cur;
}

std::uint64_t local_ports() noexcept {
    std::ifstream file("/proc/sys/net/ipv4/ip_local_port_range");
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    if (!(file >> first >> last) || last < first) {
        return 28'232;  // the kernel's default, 32768 to 60999
    }
    return last - first + 1;
}

}  // namespace lastcall::sys
