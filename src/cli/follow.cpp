#include "cli/follow.hpp"

#include <atomic>

#include "cli/problem.hpp"
#include "cli/row_stream.hpp"
#include "sys/host.hpp"
#include "sys/process/process.hpp"
#include "sys/signal/interrupt.hpp"

namespace lastcall::cli {

using namespace std::chrono_literals;
using agent::api_client;
using agent::client_error;
using clock = std::chrono::steady_clock;

namespace {

// A line that is drawn over itself moves so often; Ctrl-C is noticed as fast.
constexpr auto wait_tick = 100ms;
// Where every row is told, this is only for a row that got lost.
constexpr auto look_again = 5s;
// The keeper starts an agent again at once. One that is not there by then needs a person.
constexpr auto longest_absence = 10s;

class follower {
public:
    follower(const agent_place& where, json deploy, const follow_terms& how)
        : where_(where),
          target_(where.target()),
          client_(target_),
          deploy_(std::move(deploy)),
          how_(how),
          out_(how.as_json ? stderr : stdout),
          row_(how.after) {}

    int run() {
        say(deploy_head(deploy_, style()));
        if (how_.no_wait) {
            return tell_begun();
        }
        const auto& interrupted = sys::catch_interrupts();
        while (!is_over(deploy_)) {
            tell_states();
            tell_decision();
            if (!wait_for_news(interrupted)) {
                return tell_left();
            }
            look();
        }
        tell_states();
        return tell_end();
    }

private:
    [[nodiscard]] text_style style() const { return style_of(out_, where_); }

    void say(const std::string& line) {
        wipe();
        std::fprintf(out_, "%s\n", line.c_str());
        std::fflush(out_);
    }

    void wipe() {
        if (std::exchange(has_running_line_, false)) {
            std::fputs("\r\x1b[K", out_);
        }
    }

    void draw_running() {
        const auto now = style();
        if (now.on.is_terminal) {
            wipe();
            std::fputs(running_line(deploy_, now).c_str(), out_);
            std::fflush(out_);
            has_running_line_ = true;
        }
    }

    void tell_states() {
        for (const auto& line : state_lines(deploy_, told_, style())) {
            say(line);
            ++told_;
        }
    }

    void tell_decision() {
        const auto lines = decision_lines(deploy_, style());
        if (!lines.empty() && text_in(deploy_, "state") != told_decision_) {
            told_decision_ = text_in(deploy_, "state");
            for (const auto& line : lines) {
                say("  " + line);
            }
        }
    }

    /// Returns: false after Ctrl-C.
    bool wait_for_news(const std::atomic<bool>& interrupted) {
        if (!rows_) {
            rows_ = std::make_unique<row_stream>(
                target_, api_client::event_wish{
                             .service = text_in(deploy_, "service"), .kinds = {}, .after = row_});
        }
        const auto enough = clock::now() + look_again;
        while (clock::now() < enough) {
            if (interrupted) {
                return false;
            }
            draw_running();
            json row;
            const auto what = rows_->next(row, clock::now() + wait_tick);
            if (what == row_stream::news::over) {
                rows_.reset();
                return true;
            }
            if (what == row_stream::news::row) {
                row_ = std::max(row_, number_in(row, "number"));
                if (number_in(row, "deploy") == number_in(deploy_, "number")) {
                    return true;
                }
            }
        }
        return true;
    }

    void look() {
        const auto target = "/v1/deploys/" + std::to_string(number_in(deploy_, "number"));
        const auto enough = clock::now() + longest_absence;
        for (;;) {
            try {
                deploy_ = client_.get(target);
                return;
            } catch (const client_error& e) {
                const bool may_come_back =
                    e.why() == client_error::kind::no_agent || e.why() == client_error::kind::lost;
                if (!may_come_back) {
                    throw;
                }
                rows_.reset();
                if (clock::now() >= enough) {
                    throw_lost(e);
                }
                if (!std::exchange(told_absence_, true)) {
                    say("  the agent is gone; its keeper starts it again");
                }
                sys::sleep_until(clock::now() + wait_tick);
            }
        }
    }

    [[noreturn]] void throw_lost(const client_error& e) {
        wipe();
        const auto name = harmless(text_in(deploy_, "service"));
        throw problem("the agent does not come back (" + std::string(e.what()) + "); deploy " +
                          std::to_string(number_in(deploy_, "number")) + " of " + name + " was " +
                          harmless(text_in(deploy_, "state")) + " when it was last heard of",
                      "look again: lastcall status" + where_.as_options() + ", lastcall history " +
                          name + where_.as_options(),
                      status_inconclusive);
    }

    int tell_begun() {
        for (const auto& line : decision_lines(deploy_, style())) {
            say("  " + line);
        }
        if (!is_over(deploy_)) {
            say("  it goes on: lastcall status " + harmless(text_in(deploy_, "service")) +
                where_.as_options());
        }
        print_result();
        return is_over(deploy_) ? status() : status_ok;
    }

    int tell_left() {
        const auto name = harmless(text_in(deploy_, "service"));
        const auto state = harmless(text_in(deploy_, "state"));
        say("  no longer followed; deploy " + std::to_string(number_in(deploy_, "number")) +
            " of " + name + " goes on (" + state + ")");
        const auto between = std::string(style().on.between());
        say("  lastcall status " + name + where_.as_options() + between + "lastcall rollback " +
            name + where_.as_options());
        print_result();
        return status_inconclusive;
    }

    int tell_end() {
        json service;
        try {
            service = client_.get(agent::service_path(text_in(deploy_, "service")));
        } catch (const client_error&) {
            service = nullptr;  // the deploy is over all the same
        }
        for (const auto& line : summary_lines(deploy_, service, style())) {
            say(line);
        }
        print_result();
        return status();
    }

    [[nodiscard]] int status() const {
        const bool is_as_asked = how_.is_taken_back && text_in(deploy_, "state") == "rolled_back";
        return is_as_asked ? static_cast<int>(status_ok) : status_of_deploy(deploy_);
    }

    void print_result() const {
        if (how_.as_json) {
            std::fputs(json_line("lastcall_deploy", deploy_).c_str(), stdout);
        }
    }

    const agent_place& where_;
    agent::client_target target_;
    api_client client_;
    json deploy_;
    const follow_terms how_;
    std::FILE* const out_;
    std::unique_ptr<row_stream> rows_;
    std::int64_t row_;
    std::size_t told_ = 0;
    std::string told_decision_;
    bool told_absence_ = false;
    bool has_running_line_ = false;
};

}  // namespace

int follow_deploy(const agent_place& where, const json& deploy, const follow_terms& how) {
    return follower(where, deploy, how).run();
}

int ask_and_follow(const agent_place& where, const std::string& service, const char* verb,
                   follow_terms how) {
    api_client client(where.target());
    const auto name = service_meant(client, service);
    how.after = newest_row(client);
    const auto deploy = client.post(agent::service_path(name, verb));
    // A rollback ends the deploy that is under way, or is one of its own.
    how.is_taken_back = std::string_view(verb) == "rollback" && !truth_in(deploy, "is_rollback");
    return follow_deploy(where, deploy, how);
}

std::int64_t newest_row(api_client& client) {
    const auto answer = client.get("/v1/journal?limit=1&newest=1");
    const auto rows = list_in(answer, "rows");
    return rows.empty() ? 0 : number_in(rows.front(), "number");
}

std::string service_meant(api_client& client, const std::string& name) {
    if (!name.empty()) {
        return name;
    }
    const auto services = list_in(client.get("/v1/status"), "services");
    if (services.size() == 1) {
        return text_in(services.front(), "name");
    }
    std::string names;
    for (const auto& one : services) {
        names += (names.empty() ? "" : ", ") + text_in(one, "name");
    }
    throw services.empty()
        ? problem("there is no service here")
        : problem("which service is meant?", "there are: " + names, status_usage);
}

bool is_deploy_number(const std::string& text) {
    return !text.empty() && text.size() <= 18 && text != "0" &&
           text.find_first_not_of("0123456789") == std::string::npos;
}

text_style style_of(std::FILE* stream, const agent_place& where) {
    return {screen_of(stream == stdout ? 1 : 2), sys::wall_clock(), where.as_options()};
}

std::string json_line(const char* kind, const json& value) {
    json made = {{kind, 1}};
    made.update(value);
    return made.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace lastcall::cli
