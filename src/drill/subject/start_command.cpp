#include <cerrno>
#include <deque>
#include <filesystem>
#include <mutex>
#include <stdexcept>

#include "drill/subject/command_result.hpp"
#include "drill/subject/notify_inbox.hpp"
#include "drill/subject/running_process.hpp"
#include "sys/process/process_set.hpp"
#include "sys/process/started_process.hpp"

namespace lastcall::drill {
namespace {

constexpr std::size_t lines_kept = 20;

/// lastcall-init beside our own program, as it is built and installed; else that of PATH.
std::string find_init() {
    std::error_code ignored;
    const auto own = std::filesystem::read_symlink("/proc/self/exe", ignored);
    const auto beside = own.parent_path() / "lastcall-init";
    if (!ignored && std::filesystem::exists(beside, ignored)) {
        return beside.string();
    }
    try {
        return sys::find_program("lastcall-init");
    } catch (const sys::start_error&) {
        throw std::runtime_error(
            "an init in front of the program needs lastcall-init: it is neither beside " +
            own.string() + " nor in PATH; install it, or drill without --init");
    }
}

sys::start_request request_of(const command_plan& plan, const notify_inbox* inbox) {
    sys::start_request request{.argv = plan.argv,
                               .environment = plan.environment,
                               .in_pid_namespace = plan.in_pid_namespace,
                               .in_control_group = plan.in_cgroup,
                               .listener = plan.listener};
    if (inbox != nullptr) {
        request.environment.push_back(inbox->variable());
    }
    if (plan.with_init) {
        // Under this name it does what `docker run --init` has: it forwards, and has no budget.
        request.file = find_init();
        static_cast<void>(sys::find_program(plan.argv.at(0)));
        request.argv.insert(request.argv.begin(), {"docker-init", "--"});
    }
    return request;
}

class started_subject final : public subject {
public:
    started_subject(const command_plan& plan, line_taker lines)
        : name_(in_words(plan.argv)),
          lines_(std::move(lines)),
          inbox_(plan.hears_notify ? std::make_unique<notify_inbox>() : nullptr),
          joins_(plan.in_pid_namespace),
          process_(request_of(plan, inbox_.get())) {}

    [[nodiscard]] std::string name() const override { return name_; }
    [[nodiscard]] int main_pid() const override {
        return exit() ? 0 : moved_ ? moved_->pid() : process_.pid();
    }
    [[nodiscard]] std::vector<int> processes() const override { return process_.processes(); }
    [[nodiscard]] std::vector<int> everybody() const override { return process_.everybody(); }

    int signal_main(int number) override {
        return moved_ ? moved_->signal(number) : process_.signal(number);
    }
    int signal_all(int number) override { return process_.signal_all(number); }

    bool wait(moment until) override {
        const auto take = [this](std::string_view line) {
            last_.emplace_back(line);
            if (last_.size() > lines_kept) {
                last_.pop_front();
            }
            if (lines_) {
                lines_(line);
            }
        };
        if (moved_) {
            process_.wait(clock::now(), take);
            return moved_->wait(until);
        }
        return process_.wait(until, take);
    }

    [[nodiscard]] std::optional<exit_facts> exit() const override {
        if (moved_) {
            const auto& end = moved_->end();
            return end ? std::optional(exit_of(*end)) : std::nullopt;
        }
        const auto end = process_.end();
        if (!end) {
            return std::nullopt;
        }
        return exit_facts{.known = true,
                          .code = end->code,
                          .signal = end->signal,
                          .dumped_core = end->dumped_core,
                          .processor_ns = end->processor_time.count(),
                          .peak_bytes = end->peak_bytes};
    }
    [[nodiscard]] std::int64_t exit_ns() const override {
        if (moved_) {
            return moved_->end() ? nanoseconds(moved_->end()->when) : 0;
        }
        const auto end = process_.end();
        return end ? nanoseconds(end->when) : 0;
    }

    [[nodiscard]] notify_news take_news() override {
        auto news = inbox_ ? inbox_->take() : notify_news{};
        if (news.main_pid) {
            move_main(*news.main_pid);
        }
        return news;
    }

    [[nodiscard]] std::vector<std::string> last_lines() const override {
        return {last_.begin(), last_.end()};
    }

    [[nodiscard]] beside command_beside(std::vector<std::string> argv) const override {
        return {std::move(argv), joins_ ? process_.pid() : 0};
    }
    [[nodiscard]] bool is_ours() const noexcept override { return true; }

    [[nodiscard]] std::vector<std::string> notes() const override {
        if (process_.why_no_control_group().empty()) {
            return {};
        }
        return {"it has no cgroup of its own (" + process_.why_no_control_group() +
                "): its process group stands for it, and who leaves that is not signalled"};
    }

private:
    /// MAINPID: who is waited for and signalled from now on, when it is one of ours.
    void move_main(int pid) {
        const auto all = process_.processes();
        if (pid == main_pid() || std::find(all.begin(), all.end(), pid) == all.end()) {
            return;
        }
        try {
            moved_ = std::make_unique<sys::watched_process>(pid);
        } catch (const std::system_error&) {
            // It ended at once; who it was taken from is still the main one.
        }
    }

    std::string name_;
    line_taker lines_;
    std::deque<std::string> last_;
    std::unique_ptr<notify_inbox> inbox_;
    bool joins_ = false;
    sys::started_process process_;
    std::unique_ptr<sys::watched_process> moved_;
};

}  // namespace

std::unique_ptr<subject> start_command(const command_plan& plan, line_taker lines) {
    if (plan.argv.empty()) {
        throw std::runtime_error("no command to start: put it after --");
    }
    return std::make_unique<started_subject>(plan, std::move(lines));
}

}  // namespace lastcall::drill
