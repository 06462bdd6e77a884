#include "agent/story/facts.hpp"

#include "agent/story/words.hpp"
#include "sys/signal/signal_names.hpp"

namespace lastcall::agent::story {

namespace {

const nlohmann::json nothing;

/// "SIGKILL", whether it is stored as that or as a number.
std::string signal_text(const nlohmann::json& value) {
    if (value.is_string()) {
        return shown(value.get_ref<const std::string&>());
    }
    const auto number = value.get<std::int64_t>();
    const auto name = number > 0 && number < 128 ? sys::signal_name(static_cast<int>(number)) : "";
    return name.empty() ? "signal " + std::to_string(number) : std::string(name);
}

bool names_signal(const nlohmann::json& value) {
    return value.is_string() || value.is_number_integer();
}

/// What lastcall-init says of the program: its own status would be 128 + n for a signal.
const nlohmann::json& main_of(const journal_row& exited) {
    return member(member(exited.fields, "last_line"), "main");
}

}  // namespace

const nlohmann::json& member(const nlohmann::json& object, std::string_view key) {
    if (!object.is_object()) {
        return nothing;
    }
    const auto found = object.find(key);
    return found == object.end() ? nothing : *found;
}

std::string text(const nlohmann::json& object, std::string_view key) {
    const auto& value = member(object, key);
    return value.is_string() ? shown(value.get_ref<const std::string&>()) : std::string{};
}

std::optional<std::int64_t> number(const nlohmann::json& object, std::string_view key) {
    const auto& value = member(object, key);
    if (value.is_number_integer()) {
        return value.get<std::int64_t>();
    }
    return std::nullopt;
}

std::optional<nanoseconds> milliseconds(const nlohmann::json& object, std::string_view key) {
    const auto& value = member(object, key);
    if (!value.is_number() || !(value.get<double>() < 1e12 && value.get<double>() > -1e12)) {
        return std::nullopt;
    }
    return nanoseconds(static_cast<std::int64_t>(value.get<double>() * 1e6));
}

bool flag(const nlohmann::json& object, std::string_view key) {
    const auto& value = member(object, key);
    return value.is_boolean() && value.get<bool>();
}

std::optional<nanoseconds> between(const journal_row& from, const journal_row& to) {
    const auto passed = !from.boot.empty() && from.boot == to.boot ? to.since_boot - from.since_boot
                                                                   : to.at - from.at;
    return passed < nanoseconds(0) ? std::nullopt : std::optional(passed);
}

std::string end_text(const journal_row& exited) {
    const auto& main = main_of(exited);
    const auto core = flag(exited.fields, "core") ? " (core dumped)" : "";
    if (names_signal(member(main, "signal"))) {
        return (flag(main, "killed_by_keeper") ? "had to be killed by " : "ended by ") +
               signal_text(member(main, "signal")) + core;
    }
    if (const auto status = number(main, "status")) {
        return "exited with " + std::to_string(*status);
    }
    if (names_signal(member(exited.fields, "signal"))) {
        return "ended by " + signal_text(member(exited.fields, "signal")) + core;
    }
    const auto code = number(exited.fields, "code");
    return code ? "exited with " + std::to_string(*code) : "ended";
}

bool is_clean(const journal_row& exited) {
    const auto& line = member(exited.fields, "last_line");
    if (number(line, "killed_count").value_or(0) > 0 || number(line, "left").value_or(0) > 0 ||
        number(exited.fields, "oom_kills").value_or(0) > 0) {
        return false;
    }
    const auto& main = main_of(exited);
    const bool is_asked = flag(exited.fields, "asked");
    if (is_asked && text(main, "signal") == "SIGTERM") {
        return true;  // a program without a handler for it, on which nothing depends
    }
    const auto code = number(exited.fields, "code");
    constexpr int by_sigterm = 143;  // what a shell makes of the same
    return code && (*code == 0 || (is_asked && *code == by_sigterm));
}

bool is_final_state(std::string_view state) noexcept {
    return state == "done" || state == "rolled_back" || state == "rejected";
}

}  // namespace lastcall::agent::story
