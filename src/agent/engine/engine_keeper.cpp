// What the agent does to the keeper: stops it, or replaces it and itself.
#include <filesystem>

#include "agent/engine/engine.hpp"
#include "sys/error_text.hpp"
#include "sys/held_file.hpp"
#include "sys/process/pidfd.hpp"

namespace lastcall::agent {
namespace {

constexpr int terminate_signal = 15;  // SIGTERM

/// A program of the new release. Errors: refusal.
std::string program_in(const std::string& directory, const char* name) {
    const auto file = std::filesystem::path(directory) / name;
    if (!std::filesystem::exists(file)) {
        throw refusal(refusal::kind::invalid, file.string() + " is not there",
                      "name the directory that holds lastcall, lastcall-keeper and lastcall-init");
    }
    return file;
}

}  // namespace

/// The keeper stops everything by the last plan, as if the platform had asked for it.
void engine::stop_keeper() {
    const auto handle = sys::open_process(keeper_pid_);
    if (const int error = sys::signal_process(handle.get(), keeper_pid_, terminate_signal);
        error != 0) {
        throw refusal(refusal::kind::unavailable,
                      std::string("the keeper cannot be told to stop: ") + sys::error_text(error));
    }
}

void engine::upgrade_now(const std::string& directory, const actor& who) {
    const auto lastcall = program_in(directory, "lastcall");
    const auto keeper = program_in(directory, "lastcall-keeper");
    const auto init = program_in(directory, "lastcall-init");
    for (const auto& [name, one] : services_) {
        if (one->active() != nullptr) {
            throw refusal(refusal::kind::conflict, "a deploy of " + name + " is under way",
                          "upgrade when it is over");
        }
    }
    host_.note({.kind = "upgrade_asked", .who = who, .fields = {{"directory", directory}}});
    const sys::held_file program(keeper);
    keeper_.ask(message("upgrade").add("argv", "--init").add("argv", init),
                [this, lastcall](const message& upgraded) {
                    if (!upgraded.is("done")) {
                        host_.note({.kind = "upgrade_refused",
                                    .fields = {{"reason", why_failed(upgraded)}}});
                        return;
                    }
                    keeper_.ask(message("alive"));  // else the old keeper comes back
                    message next("upgrade_agent");
                    next.add("argv", lastcall);
                    for (const auto& word : how_.own_arguments) {
                        next.add("argv", word);
                    }
                    keeper_.ask(std::move(next));
                },
                {program.fd()});
}

}  // namespace lastcall::agent
