// The stop of a systemd service, by the states that `systemctl status` shows: stop,
// stop-sigterm, stop-sigkill, stop-post, final-sigterm, final-sigkill. systemd.service(5),
// systemd.kill(5). Each state, and each command of a list, has TimeoutStopSec anew.
#include <algorithm>

#include "drill/sequence/stop_machine.hpp"

namespace lastcall::drill {
namespace {

constexpr int sighup = 1;
constexpr int sigcont = 18;

class systemd_machine final : public stop_machine {
public:
    explicit systemd_machine(const sequence_plan& plan) : stop_machine(plan) {}

private:
    enum class state : std::uint8_t {
        stop,
        stop_sigterm,
        stop_sigkill,
        stop_post,
        final_sigterm,
        final_sigkill,
    };

    void on(const happening& what) override {
        switch (what.what) {
            case happening::kind::begun:
                plan_routes(what.now);
                plan_.exec_stop.empty() ? terminate(what.now) : run_next(what.now);
                break;
            case happening::kind::struck:
                if (time_of(timer::grace)) {
                    set(timer::grace, what.now, plan_.grace);
                }
                plan_second_signal(what.now);
                break;
            case happening::kind::command_ended:
                command_ended(what);
                break;
            case happening::kind::main_ended:
                main_ended_ = true;
                // What is left of it is looked at now; in the state stop its command goes on.
                if (state_ == state::stop_sigterm || state_ == state::stop_sigkill) {
                    enter_post(what.now);
                }
                break;
            case happening::kind::all_ended:
                all_ended_ = true;
                if (state_ == state::stop_sigterm || state_ == state::stop_sigkill) {
                    enter_post(what.now);
                } else if (state_ == state::final_sigterm || state_ == state::final_sigkill) {
                    end();
                }
                break;
            case happening::kind::extended:
                if (const auto at = time_of(timer::grace); at && *at < what.now + what.extend) {
                    set(timer::grace, what.now, what.extend);
                }
                break;
            default:
                break;
        }
    }

    void on_timer(timer which, ns now) override {
        if (which == timer::grace) {
            timed_out(now);
        }
    }

    void timed_out(ns now) {
        switch (state_) {
            case state::stop:
                act({.what = action::kind::abandon,
                     .note = "ExecStop took longer than TimeoutStopSec"});
                terminate(now);
                break;
            case state::stop_sigterm:
                if (plan_.send_sigkill) {
                    kill(state::stop_sigkill, now);
                } else {
                    enter_post(now, "TimeoutStopSec is over; SendSIGKILL=no leaves it running");
                }
                break;
            case state::stop_sigkill:
                enter_post(now, "processes are still there TimeoutStopSec after SIGKILL");
                break;
            case state::stop_post:
                act({.what = action::kind::abandon,
                     .note = "ExecStopPost took longer than TimeoutStopSec"});
                enter_final(now);
                break;
            case state::final_sigterm:
                if (plan_.send_sigkill) {
                    kill(state::final_sigkill, now);
                } else {
                    end("TimeoutStopSec is over; SendSIGKILL=no leaves the rest running");
                }
                break;
            case state::final_sigkill:
                end("processes are still there TimeoutStopSec after SIGKILL");
                break;
        }
    }

    void command_ended(const happening& what) {
        const auto& list = commands();
        const bool may_fail = list[next_ - 1].front().starts_with('-');
        if ((what.status == 0 || may_fail) && next_ < list.size()) {
            run_next(what.now);
        } else if (state_ == state::stop) {
            terminate(what.now);
        } else if (state_ == state::stop_post) {
            enter_final(what.now);
        }
    }

    [[nodiscard]] const std::vector<std::vector<std::string>>& commands() const {
        return state_ == state::stop ? plan_.exec_stop : plan_.exec_stop_post;
    }

    void run_next(ns now) {
        action what{.what = has_struck_ ? action::kind::run : action::kind::strike,
                    .command = commands()[next_],
                    .role = state_ == state::stop ? "ExecStop" : "ExecStopPost"};
        if (what.command.front().starts_with('-')) {
            what.command.front().erase(0, 1);
        }
        ++next_;
        set(timer::grace, now, plan_.grace);
        begin(std::move(what));
    }

    /// The first thing that the process can notice is the strike.
    void begin(action what) {
        what.withdraws = what.what == action::kind::strike && plan_.route_lag == ns::zero();
        has_struck_ = true;
        act(std::move(what));
    }

    [[nodiscard]] std::vector<sending> termination() const {
        using enum sending::whom;
        const auto to = plan_.mode == kill_mode::control_group ? everybody : main;
        std::vector<sending> signals{{to, plan_.signal}};
        if (plan_.signal != sigkill) {
            signals.push_back({to, sigcont});  // so that whoever is stopped can end
        }
        if (plan_.send_sighup) {
            signals.push_back({to, sighup});
        }
        return signals;
    }

    void terminate(ns now) {
        state_ = state::stop_sigterm;
        const bool reaches_nobody = plan_.mode == kill_mode::none || all_ended_ ||
                                    (main_ended_ && plan_.mode != kill_mode::control_group);
        if (reaches_nobody) {
            if (!has_struck_) {
                begin({.what = action::kind::strike,
                       .note = "KillMode=none: systemd sends no signal"});
            }
            enter_post(now);
            return;
        }
        set(timer::grace, now, plan_.grace);
        begin({.what = has_struck_ ? action::kind::send : action::kind::strike,
               .signals = termination()});
    }

    void kill(state next, ns now) {
        state_ = next;
        const auto to =
            plan_.mode == kill_mode::process ? sending::whom::main : sending::whom::everybody;
        act({.what = action::kind::send,
             .signals = {{to, plan_.final_signal.value_or(sigkill)}},
             .at = mark::killed});
        set(timer::grace, now, plan_.grace);
    }

    void enter_post(ns now, std::string note = {}) {
        if (!note.empty()) {
            act({.what = action::kind::say, .note = std::move(note)});
        }
        clear(timer::grace);
        state_ = state::stop_post;
        next_ = 0;
        if (plan_.exec_stop_post.empty()) {
            enter_final(now);
        } else {
            run_next(now);
        }
    }

    /// Whoever is left when the main process has ended, and its commands too.
    void enter_final(ns now) {
        clear(timer::grace);
        state_ = state::final_sigterm;
        if (!all_ended_ && plan_.mode == kill_mode::control_group) {
            act({.what = action::kind::send,
                 .signals = termination(),
                 .note = "the main process has ended; the rest of the group gets the signal "
                         "again"});
            set(timer::grace, now, plan_.grace);
        } else if (!all_ended_ && plan_.mode == kill_mode::mixed && plan_.send_sigkill) {
            state_ = state::final_sigkill;
            act({.what = action::kind::send,
                 .signals = {{sending::whom::everybody, plan_.final_signal.value_or(sigkill)}},
                 .note = "KillMode=mixed: the main process has ended, SIGKILL to the rest"});
            set(timer::grace, now, plan_.grace);
        } else {
            end();
        }
    }

    state state_ = state::stop;
    std::size_t next_ = 0;  // of the commands of the state
    bool has_struck_ = false;
    bool main_ended_ = false;
    bool all_ended_ = false;
};

}  // namespace

std::unique_ptr<stop_machine> make_systemd_machine(const sequence_plan& plan) {
    return std::make_unique<systemd_machine>(plan);
}

}  // namespace lastcall::drill
