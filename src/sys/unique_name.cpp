#include "sys/unique_name.hpp"

#include <sys/random.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <random>
#include <system_error>

namespace lastcall::sys {

std::string unique_owner_name() {
    std::array<char, 256> host{};
    ::gethostname(host.data(), host.size() - 1);
    std::random_device random;
    return std::string(host.data()) + ":" + std::to_string(::getpid()) + ":" +
           std::to_string(random()) + std::to_string(random());
}

std::string random_digits() {
    std::uint64_t random = 0;
    // Eight bytes are never cut short or interrupted (getrandom(2)).
    if (::getrandom(&random, sizeof random, 0) != sizeof random) {
        throw std::system_error(errno, std::generic_category(), "getrandom");
    }
    std::array<char, 17> digits{};
    std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(random));
    return digits.data();
}

}  // namespace lastcall::sys
