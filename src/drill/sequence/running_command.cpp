#include "drill/sequence/running_command.hpp"

#include <cstdio>
#include <utility>

#include "drill/subject/command_result.hpp"
#include "sys/process/started_process.hpp"

namespace lastcall::drill {
namespace {

class prepared_command final : public running_command {
public:
    prepared_command(const std::string& role, const subject::beside& what,
                     std::vector<std::string> environment)
        : running_command(role + " `" + in_words(what.argv) + "`"),
          process_({.argv = what.argv,
                    .environment = std::move(environment),
                    .join_namespaces_of = what.join_namespaces_of,
                    .is_held = true}) {}

    void begin() noexcept override { process_.release(); }

    [[nodiscard]] std::optional<int> status() override {
        const auto take = [this](std::string_view line) { last_ = line; };
        if (!process_.wait(clock::now(), take)) {
            return std::nullopt;
        }
        const auto end = process_.end();
        return end->signal != 0 ? 128 + end->signal : end->code;
    }

    [[nodiscard]] std::string last_words() const override { return last_; }

private:
    sys::started_process process_;
    std::string last_;
};

}  // namespace

std::unique_ptr<running_command> prepare_command(const std::string& role,
                                                 const subject::beside& what,
                                                 std::vector<std::string> environment) {
    try {
        return std::make_unique<prepared_command>(role, what, std::move(environment));
    } catch (const sys::start_error& problem) {
        throw std::runtime_error(role + ": " + problem.what());
    }
}

void command_slot::take(std::unique_ptr<running_command> command, moment begun) {
    command_ = std::move(command);
    begun_ = begun;
}

void command_slot::begin(std::unique_ptr<running_command> command) {
    take(std::move(command), clock::now());
    command_->begin();
}

std::optional<command_slot::ended> command_slot::poll() {
    const auto status = command_ ? command_->status() : std::nullopt;
    if (!status) {
        return std::nullopt;
    }
    const auto done = std::move(command_);
    std::string text = done->title() + ": exit " + std::to_string(*status) + " after " +
                       in_words(clock::now() - begun_);
    if (*status != 0 && !done->last_words().empty()) {
        text += ": " + done->last_words();
    }
    return ended{*status, std::move(text)};
}

void command_slot::abandon() { abandoned_ = std::move(command_); }

void command_slot::clear() {
    command_.reset();
    abandoned_.reset();
}

std::string in_words(std::chrono::nanoseconds value) {
    char text[32];
    const double seconds = std::chrono::duration<double>(value).count();
    if (seconds < 1) {
        std::snprintf(text, sizeof text, "%.0f ms", seconds * 1000);
    } else {
        std::snprintf(text, sizeof text, "%.1f s", seconds);
    }
    return text;
}

}  // namespace lastcall::drill
