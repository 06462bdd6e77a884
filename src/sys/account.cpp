#include "sys/account.hpp"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

namespace lastcall::sys {
namespace {

std::optional<std::uint32_t> number_in(const std::string& text) {
    std::uint32_t number = 0;
    const auto* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    // The highest number stands for "nobody asked for" in chown(2) and setresuid(2).
    if (error != std::errc{} || stop != end || number == UINT32_MAX) {
        return std::nullopt;
    }
    return number;
}

/// Calls a function of the _r family with a buffer that is large enough: ERANGE says it is not.
template <class Entry, class Ask>
bool ask_with_room(Entry& entry, std::vector<char>& room, Ask ask) {
    room.resize(1024);
    for (;;) {
        Entry* found = nullptr;
        const int error = ask(&entry, room.data(), room.size(), &found);
        if (error != ERANGE || room.size() > (1U << 24U)) {
            return error == 0 && found != nullptr;
        }
        room.resize(room.size() * 2);
    }
}

}  // namespace

std::optional<account> find_user(const std::string& name_or_number) {
    passwd entry{};
    std::vector<char> room;
    const auto number = number_in(name_or_number);
    const bool is_known =
        ask_with_room(entry, room, [&](passwd* into, char* at, std::size_t size, passwd** found) {
            return number ? ::getpwuid_r(*number, into, at, size, found)
                          : ::getpwnam_r(name_or_number.c_str(), into, at, size, found);
        });
    if (is_known) {
        return account{entry.pw_name, entry.pw_uid, entry.pw_gid, entry.pw_dir};
    }
    return number ? std::optional(account{{}, *number, *number, "/"}) : std::nullopt;
}

std::optional<std::uint32_t> find_group(const std::string& name_or_number) {
    if (const auto number = number_in(name_or_number)) {
        return number;
    }
    group entry{};
    std::vector<char> room;
    const bool is_known =
        ask_with_room(entry, room, [&](group* into, char* at, std::size_t size, group** found) {
            return ::getgrnam_r(name_or_number.c_str(), into, at, size, found);
        });
    return is_known ? std::optional(entry.gr_gid) : std::nullopt;
}

std::vector<std::uint32_t> groups_of(const account& who) {
    if (who.name.empty()) {
        return {who.gid};
    }
    std::vector<gid_t> found(32);
    for (;;) {
        int count = static_cast<int>(found.size());
        if (::getgrouplist(who.name.c_str(), who.gid, found.data(), &count) >= 0) {
            found.resize(static_cast<std::size_t>(count));
            return {found.begin(), found.end()};
        }
        // The count is now how many there are; more may be added meanwhile.
        found.resize(found.size() * 2);
    }
}

std::uint32_t effective_user() noexcept { return ::geteuid(); }

std::uint32_t effective_group() noexcept { return ::getegid(); }

}  // namespace lastcall::sys
