#include "core/notify_message.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>

#include "core/text_parts.hpp"

namespace lastcall::core {
namespace {

constexpr std::uint64_t longest_usec = 365ULL * 24 * 3600 * 1'000'000;

struct line {
    std::string_view key;
    std::string_view value;
};

line split(std::string_view text) noexcept {
    const std::size_t equals = text.find('=');
    return equals == text.npos ? line{text, {}}
                               : line{first_of(text, equals), after(text, equals + 1)};
}

// Takes the first line off `text`, without its end.
std::string_view next_line(std::string_view& text) noexcept {
    const std::size_t end = text.find('\n');
    const std::string_view found = first_of(text, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    return found;
}

void read_line(const line& one, notify_message& into) noexcept {
    const bool is_one = one.value == "1";
    if (one.key == "READY") {
        into.ready = into.ready || is_one;
    } else if (one.key == "RELOADING") {
        into.reloading = into.reloading || is_one;
    } else if (one.key == "STOPPING") {
        into.stopping = into.stopping || is_one;
    } else if (one.key == "WATCHDOG") {
        into.watchdog = into.watchdog || is_one;
    } else if (one.key == "FDSTORE") {
        into.fdstore = into.fdstore || is_one;
    } else if (one.key == "BARRIER") {
        into.barrier = into.barrier || is_one;
    } else if (one.key == "STATUS") {
        into.status = one.value;
    } else if (one.key == "MAINPID") {
        const auto pid = whole_number(one.value);
        if (pid && *pid <= static_cast<std::uint64_t>(std::numeric_limits<int>::max())) {
            into.main_pid = static_cast<int>(*pid);
        }
    } else if (one.key == "EXTEND_TIMEOUT_USEC") {
        if (const auto usec = whole_number(one.value)) {
            into.extend_by = std::chrono::microseconds(std::min(*usec, longest_usec));
        }
    }
}

}  // namespace

notify_message read_notify_message(std::string_view text) noexcept {
    notify_message message;
    while (!text.empty()) {
        const std::string_view found = next_line(text);
        if (!found.empty()) {
            ++message.lines;
            read_line(split(found), message);
        }
    }
    return message;
}

std::size_t leave_out_own(std::span<char> text, bool ready_too) noexcept {
    std::string_view rest(text.data(), text.size());
    std::size_t kept = 0;
    while (!rest.empty()) {
        const char* const begin = rest.data();
        const std::string_view found = next_line(rest);
        const auto whole = static_cast<std::size_t>(rest.data() - begin);
        const line one = split(found);
        const bool own = one.key == "MAINPID" || one.key == "MAINPIDFD" ||
                         one.key == "MAINPIDFDID" ||
                         (ready_too && one.key == "READY" && one.value == "1");
        if (!own && !found.empty()) {
            std::memmove(text.data() + kept, begin, whole);
            kept += whole;
        }
    }
    return kept;
}

}  // namespace lastcall::core
