#include "sys/host.hpp"

#include <sched.h>
#include <sys/utsname.h>

#include <array>
#include <ctime>

namespace lastcall::sys {

std::string host_description() {
    utsname name{};
    cpu_set_t processors;
    CPU_ZERO(&processors);
    std::string text;
    if (::uname(&name) == 0) {
        text.append(name.sysname).append(" ").append(name.release).append(" ").append(name.machine);
    }
    if (::sched_getaffinity(0, sizeof processors, &processors) == 0) {
        const int count = CPU_COUNT(&processors);
        text += ", " + std::to_string(count) + (count == 1 ? " processor" : " processors");
    }
    return text;
}

std::chrono::nanoseconds wall_clock() noexcept {
    return std::chrono::system_clock::now().time_since_epoch();
}

std::string wall_clock_text() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    std::array<char, 32> text{};
    const auto size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return {text.data(), size};
}

}  // namespace lastcall::sys
