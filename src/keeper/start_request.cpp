#include "keeper/start_request.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "keeper/request_error.hpp"

namespace lastcall::keeper {
namespace {

std::uint64_t parse_limit(std::string_view text, const std::string& whole) {
    if (text == "unlimited" || text == "infinity") {
        return ~std::uint64_t{0};
    }
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) {
        throw request_error(EINVAL, "the limit \"" + whole +
                                        "\" is no number; write nofile=1024:4096, or unlimited");
    }
    return value;
}

/// "nofile=1024:4096", "nice=5", "oom_score_adj=100"; what a cgroup limits ("memory.max=N")
/// goes to `of_group`.
void read_limit(const std::string& text, sys::service_start& into, group_limits& of_group) {
    const auto equals = text.find('=');
    const std::string name = text.substr(0, equals);
    const std::string value = equals == std::string::npos ? "" : text.substr(equals + 1);
    const auto whole_number = [&] {
        int number = 0;
        const auto [end, error] =
            std::from_chars(value.data(), value.data() + value.size(), number);
        if (value.empty() || error != std::errc{} || end != value.data() + value.size()) {
            throw request_error(EINVAL, "the limit \"" + text + "\" is no whole number");
        }
        return number;
    };
    if (name == "nice") {
        into.nice = whole_number();
    } else if (name == "oom_score_adj") {
        into.oom_score = whole_number();
    } else if (name == "memory.max" || name == "memory.high" || name == "pids.max" ||
               name == "cpu.max") {
        of_group.emplace_back(name, value);
    } else if (const auto number = sys::limit_number(name)) {
        const auto colon = value.find(':');
        const auto soft = parse_limit(value.substr(0, colon), text);
        const auto hard =
            colon == std::string::npos ? soft : parse_limit(value.substr(colon + 1), text);
        if (soft > hard) {
            throw request_error(EINVAL, "the limit \"" + text + "\" has more before the ':'");
        }
        into.limits.push_back({*number, soft, hard});
    } else {
        throw request_error(EINVAL, "there is no limit \"" + name +
                                        "\"; there are those of setrlimit(2) in small letters, "
                                        "nice, oom_score_adj, memory.max, memory.high, pids.max");
    }
}

template <typename Id>
std::optional<Id> read_id(const wire::keeper_message& asked, std::string_view name) {
    if (!asked.has(name)) {
        return std::nullopt;
    }
    const auto number = asked.number(name);
    if (!number || *number < 0 || *number >= 0xffff'ffff) {
        throw request_error(EINVAL, "`" + std::string(name) + "` is no number of a user or group");
    }
    return static_cast<Id>(*number);
}

}  // namespace

group_limits read_start_request(const wire::keeper_message& asked, generation& one,
                                sys::service_start& what) {
    group_limits of_group;
    one.handed_over = asked.has("handover") ? asked.text("handover") : "inherit";
    if (one.handed_over != "inherit" && one.handed_over != "intercept" &&
        one.handed_over != "none") {
        throw request_error(EINVAL, "there is no handover \"" + one.handed_over +
                                        "\"; there are inherit, intercept and none");
    }
    one.sockets = asked.all("sockets");
    if (one.handed_over == "none") {
        one.sockets.clear();
    }
    for (const auto& text : asked.all("limit")) {
        read_limit(text, what, of_group);
    }
    what.uid = read_id<uid_t>(asked, "uid");
    what.gid = read_id<gid_t>(asked, "gid");
    for (const auto& text : asked.all("groups")) {
        what.groups.push_back(static_cast<gid_t>(
            read_id<gid_t>(wire::keeper_message("x").add("groups", text), "groups").value_or(0)));
    }
    if (asked.has("umask")) {
        what.umask = static_cast<unsigned>(asked.number("umask").value_or(0)) & 0777U;
    }
    what.directory = asked.text("directory");
    one.directory = what.directory;
    one.log_terms.path = asked.text("log");
    one.log_terms.limit = static_cast<std::uint64_t>(
        std::max<std::int64_t>(asked.number("log_limit").value_or(16 << 20), 4096));
    one.log_terms.keep = static_cast<unsigned>(
        std::clamp<std::int64_t>(asked.number("log_keep").value_or(4), 0, 1000));
    one.log_terms.leave =
        static_cast<std::uint64_t>(std::max<std::int64_t>(asked.number("log_left").value_or(0), 0));
    if (!one.log_terms.path.empty() && one.log_terms.path.front() != '/') {
        throw request_error(EINVAL, "`log` needs an absolute path");
    }
    for (auto& entry : asked.all("environment")) {
        const auto key = entry.substr(0, entry.find('='));
        if (key != "LISTEN_FDS" && key != "LISTEN_PID" && key != "LISTEN_FDNAMES" &&
            key != "LISTEN_PIDFDID" && key != "NOTIFY_SOCKET") {
            what.environment.push_back(std::move(entry));
        }
    }
    return of_group;
}

}  // namespace lastcall::keeper
