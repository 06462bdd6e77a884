#include "core/stop_cause.hpp"

#include <algorithm>
#include <array>

namespace lastcall::core {
namespace {

constexpr std::array shells = {std::string_view("sh"),   std::string_view("dash"),
                               std::string_view("bash"), std::string_view("ash"),
                               std::string_view("ksh"),  std::string_view("mksh"),
                               std::string_view("zsh"),  std::string_view("busybox")};

constexpr std::array inits = {std::string_view("tini"),        std::string_view("tini-static"),
                              std::string_view("docker-init"), std::string_view("dumb-init"),
                              std::string_view("catatonit"),   std::string_view("lastcall-init")};

// With one word of their own, as in "go run server.go".
constexpr std::array building_launchers = {std::string_view("go"), std::string_view("cargo"),
                                           std::string_view("dotnet")};

constexpr std::array launchers = {
    std::string_view("npm"),     std::string_view("npx"),    std::string_view("yarn"),
    std::string_view("yarnpkg"), std::string_view("pnpm"),   std::string_view("nodemon"),
    std::string_view("poetry"),  std::string_view("pipenv"), std::string_view("mvn"),
    std::string_view("gradle"),  std::string_view("sudo"),   std::string_view("su"),
    std::string_view("runuser"), std::string_view("script"), std::string_view("xargs"),
    std::string_view("flock"),   std::string_view("strace")};

std::string_view last_part(std::string_view path) noexcept {
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

template <std::size_t Size>
bool is_in(const std::array<std::string_view, Size>& names, std::string_view name) noexcept {
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::string_view take_argument(std::string_view& command) noexcept {
    const std::size_t size = std::min(command.find(' '), command.size());
    const std::string_view word = command.substr(0, size);
    command.remove_prefix(std::min(size + 1, command.size()));
    return word;
}

bool waits_for_child(const stop_facts& facts) noexcept {
    return facts.children > 0 && (facts.system_call == "wait4" || facts.system_call == "waitid" ||
                                  facts.wchan == "do_wait" || facts.wchan == "do_wait4");
}

/// Where the call can not be read, a shell with a child is taken to wait for it.
bool shell_waits(const stop_facts& facts) noexcept {
    const bool is_in_wait =
        facts.on_stop == disposition::caught && facts.child_stands == child_place::background;
    return is_shell(facts.program) && facts.children > 0 && !is_in_wait &&
           (waits_for_child(facts) || (facts.system_call.empty() && facts.wchan.empty()));
}

bool is_node(const stop_facts& facts) noexcept {
    return facts.program == "node" || facts.program == "nodejs";
}

using kind = stop_cause_kind;

/// Blocked, and it came all the same: a handler that runs has its own signal blocked.
bool is_in_handler(const stop_facts& facts) noexcept {
    return facts.is_blocked && facts.on_stop == disposition::caught && !facts.is_pending &&
           !facts.reads_signalfd;
}

/// What keeps the signal from its handler, or from its effect.
stop_cause why_signal_is_lost(const stop_facts& facts) noexcept {
    if (facts.on_stop == disposition::ignored) {
        return {kind::ignored, confidence::proven};
    }
    if (facts.is_blocked && facts.reads_signalfd) {
        return facts.is_pending ? stop_cause{kind::signalfd_not_read, confidence::proven}
                                : stop_cause{};
    }
    if (facts.is_blocked) {
        return {kind::blocked, is_in_handler(facts) ? confidence::hint : confidence::proven};
    }
    const bool is_default = facts.on_stop == disposition::by_default;
    if (shell_waits(facts) && (!is_default || facts.is_namespace_init)) {
        return {kind::shell_in_front, confidence::likely};
    }
    if (facts.is_namespace_init && is_default) {
        return is_node(facts) ? stop_cause{kind::decoy_handler, confidence::likely}
                              : stop_cause{kind::init_default, confidence::proven};
    }
    return {};
}

/// What a process that took the signal is busy with.
stop_cause what_it_waits_for(const stop_facts& facts) noexcept {
    if (facts.children > 0 && !launcher_in(facts.command).empty()) {
        return {kind::launcher_in_front, confidence::likely};
    }
    if (waits_for_child(facts)) {
        return {kind::waits_for_child, confidence::likely};
    }
    if (facts.clients > 0) {
        return {kind::clients_remain, confidence::likely};
    }
    if (facts.state == 'R') {
        return {kind::busy, confidence::hint};
    }
    if (facts.listening > 0) {
        return {kind::still_listening, confidence::likely};
    }
    if (facts.connected > 0) {
        return {kind::peers_remain, confidence::hint};
    }
    return {kind::slow_handler, confidence::hint};
}

}  // namespace

bool is_shell(std::string_view program) noexcept { return is_in(shells, program); }

bool is_init(std::string_view program) noexcept { return is_in(inits, program); }

std::string_view launcher_in(std::string_view command) noexcept {
    // "npm run start", "node /usr/bin/yarn start", "/usr/bin/npm-cli.js"
    for (int looked_at = 0; looked_at < 2; ++looked_at) {
        std::string_view name = last_part(take_argument(command));
        for (const std::string_view end : {".js", ".cjs", ".mjs", "-cli"}) {
            if (name.size() > end.size() && name.substr(name.size() - end.size()) == end) {
                name.remove_suffix(end.size());
            }
        }
        if (is_in(launchers, name)) {
            return name;
        }
        if (looked_at == 0 && is_in(building_launchers, name)) {
            const auto verb = take_argument(command);
            return verb == "run" || verb == "watch" ? name : std::string_view();
        }
        if (looked_at == 0 && name != "node" && name != "nodejs" && !is_shell(name)) {
            break;  // the second word is a script only for what runs scripts
        }
    }
    return {};
}

stop_cause why_it_can_not_run(const stop_facts& facts) noexcept {
    if (facts.is_dead) {
        return {kind::zombie, confidence::proven};
    }
    // Of one that was killed the main thread is over first: what holds the others is to be said.
    if (facts.state == 'Z' && !facts.sleeps_in_kernel) {
        return {kind::zombie_leader, confidence::proven};
    }
    if (facts.is_frozen) {
        return {kind::frozen, confidence::proven};
    }
    if (facts.dumps_core) {
        return {kind::core_dump, confidence::proven};
    }
    if (facts.state == 't') {
        return {kind::traced, confidence::proven};
    }
    if (facts.state == 'T') {
        return {kind::stopped, confidence::proven};
    }
    if (facts.state == 'D' || facts.sleeps_in_kernel) {
        return {kind::uninterruptible,
                facts.kill_is_pending ? confidence::proven : confidence::likely};
    }
    if (facts.is_exiting) {
        return {kind::exiting, confidence::proven};
    }
    if (facts.kill_is_pending) {
        return {kind::kill_pending, confidence::proven};
    }
    return {};
}

stop_cause why_not_stopped(const stop_facts& facts) noexcept {
    if (const auto cause = why_it_can_not_run(facts); cause.kind != kind::unknown) {
        return cause;
    }
    if (!facts.was_signalled) {
        const bool is_hidden = facts.parent_is_shell || !launcher_in(facts.parent_command).empty();
        if (facts.left_session && !is_hidden) {
            return {kind::left_session, confidence::likely};
        }
        if (is_hidden) {
            return {kind::not_signalled, confidence::likely};
        }
        // A master tells its workers in a way of its own: what keeps them is to be said then.
        if (facts.parent_handles && facts.clients > 0) {
            return {kind::clients_remain, confidence::likely};
        }
        return {kind::not_signalled, confidence::hint};
    }
    if (is_in_handler(facts)) {
        return what_it_waits_for(facts);
    }
    if (const auto cause = why_signal_is_lost(facts); cause.kind != kind::unknown) {
        return cause;
    }
    if (facts.on_stop == disposition::by_default && !facts.is_blocked) {
        return {kind::should_have_ended, confidence::hint};
    }
    if (facts.on_stop == disposition::unknown) {
        return {};
    }
    return what_it_waits_for(facts);
}

stop_cause what_will_fail(const stop_facts& facts) noexcept {
    if (facts.is_dead || facts.is_exiting || facts.state == 'Z') {
        return {};
    }
    if (is_shell(facts.program) && facts.on_stop == disposition::caught &&
        facts.child_stands != child_place::foreground) {
        return {};  // it may be inside `wait`, where a trap runs at once
    }
    // One child, and nothing to wait for but it: the shell could have been replaced.
    if (is_shell(facts.program) && facts.children == 1 && facts.listening == 0) {
        return {kind::shell_in_front, confidence::likely};
    }
    if (const auto cause = why_signal_is_lost(facts); cause.kind != kind::unknown) {
        return cause;
    }
    const auto launcher = launcher_in(facts.command);
    // sudo(8), "Signal handling": it relays what it gets.
    if (facts.children == 1 && !launcher.empty() && launcher != "sudo") {
        return {kind::launcher_in_front, confidence::likely};
    }
    if (facts.on_stop == disposition::by_default && !facts.is_blocked) {
        return {kind::no_handler, confidence::proven};
    }
    return {};
}

}  // namespace lastcall::core
