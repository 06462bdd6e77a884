#include "sys/account_name.hpp"

#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

namespace lastcall::sys {

std::string account_name(std::uint32_t uid) {
    constexpr std::size_t largest = 1U << 20U;
    passwd entry{};
    passwd* found = nullptr;
    std::vector<char> room(1024);
    // ERANGE: the entry does not fit. An interrupted look-up is begun again.
    for (;;) {
        const int error = ::getpwuid_r(uid, &entry, room.data(), room.size(), &found);
        if (error == ERANGE && room.size() < largest) {
            room.resize(room.size() * 2);
        } else if (error != EINTR) {
            break;
        }
    }
    return found != nullptr && found->pw_name != nullptr ? found->pw_name : std::to_string(uid);
}

std::uint32_t own_uid() noexcept { return ::geteuid(); }

}  // namespace lastcall::sys
