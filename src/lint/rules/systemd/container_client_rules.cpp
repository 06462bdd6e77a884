// A service that is a container by way of its client: U12.
#include <algorithm>

#include "lint/rules/systemd/unit_case.hpp"
#include "lint/shell/option_reader.hpp"
#include "lint/shell/stopping.hpp"
#include "lint/unit/unit_values.hpp"

namespace lastcall::lint {
namespace {

using shell::stop_way;
using std::chrono::milliseconds;

/// docker stop and podman stop, where nobody gives --time.
constexpr milliseconds usual_container_grace = std::chrono::seconds(10);
constexpr milliseconds usual_unit_limit = std::chrono::seconds(90);

struct container_start {
    std::string tool;          ///< "docker"
    bool is_run = false;       ///< run, start -a; else compose up
    bool is_detached = false;  ///< the client ends at once
    std::optional<milliseconds> grace;
};

/// Letters of `run` that take no value, so that others may follow them: -dit, -dp 80:80.
constexpr std::string_view run_letters = "ditPq";
/// docker-run(1), podman-run(1): what takes no value.
constexpr std::string_view run_flags =
    " --detach --disable-content-trust --env-host --http-proxy --init --interactive "
    "--no-healthcheck --no-hostname --no-hosts --oom-kill-disable --passwd --privileged "
    "--publish-all --quiet --read-only --read-only-tmpfs --replace --rm --rmi --sig-proxy "
    "--tls-verify --tty ";

bool is_detaching(std::string_view text) {
    if (text.size() < 2 || text[0] != '-' || text[1] == '-') {
        return text == "--detach" || text == "--detach=true";
    }
    const auto letters = text.substr(1, text.find_first_not_of(run_letters, 1) - 1);
    return letters.find('d') != letters.npos;
}

/// The value of the option is the next word.
bool takes_next(std::string_view option) {
    if (option.find('=') != option.npos) {
        return false;
    }
    return option[1] == '-' ? !shell::is_named(run_flags, option)
                            : option.find_first_not_of(run_letters, 1) + 1 == option.size();
}

/// Behind the options of `run` the image stands, and what runs in it has options of its own.
std::size_t end_of_options(const std::vector<std::string>& words, std::size_t begin) {
    auto at = begin;
    while (at < words.size() && words[at].size() > 1 && words[at][0] == '-') {
        at += takes_next(words[at]) ? 2U : 1U;
    }
    return std::min(at, words.size());
}

/// Unset: it starts no container, or not one that stays.
std::optional<container_start> start_of(const unit_run& run) {
    const auto* hop = run.chain.hops.size() == 1 ? &run.chain.hops[0] : nullptr;
    if (hop == nullptr || (hop->call.name != "docker" && hop->call.name != "podman" &&
                           hop->call.name != "docker-compose")) {
        return std::nullopt;
    }
    container_start made;
    made.tool = hop->call.name;
    std::vector<std::string> words;
    for (std::size_t i = hop->call.program + 1; i < hop->words.size(); ++i) {
        words.push_back(hop->words[i].what.what.text);
    }
    const auto at = [&](std::string_view word) {
        return std::find(words.begin(), words.end(), word);
    };
    const auto run_at = at("run");
    const auto up_at = at("up");
    const bool is_compose = made.tool == "docker-compose" || at("compose") != words.end();
    const auto verb = is_compose ? up_at : run_at;
    if (verb == words.end()) {
        return std::nullopt;
    }
    made.is_run = !is_compose;
    const auto begin = static_cast<std::size_t>(verb + 1 - words.begin());
    const auto length = is_compose ? words.size() : end_of_options(words, begin);
    const auto end = words.begin() + static_cast<std::ptrdiff_t>(length);
    for (auto one = verb + 1; one < end; ++one) {
        made.is_detached = made.is_detached || is_detaching(*one);
        if (*one == "--stop-timeout" && one + 1 != end) {
            made.grace = shell::duration_of(*(one + 1));
        } else if (one->starts_with("--stop-timeout=")) {
            made.grace = shell::duration_of(std::string_view(*one).substr(15));
        }
    }
    return made;
}

void check_no_stop(const unit_case& given, const unit_run& run, const container_start& start) {
    const bool stays =
        given.view().boolean("Service", "RemainAfterExit").value_or(unit_answer<bool>{}).value;
    const bool is_oneshot = given.type() == service_type::oneshot;
    const bool is_simple =
        given.type() == service_type::simple || given.type() == service_type::exec;
    if (!given.stops().empty() || !given.stop_posts().empty() || !given.is_whole()) {
        return;
    }
    std::string what;
    if (start.is_detached && ((is_oneshot && stays) || (start.tool == "docker" && is_simple))) {
        what = "the client ends at once, and nothing stops the container when the unit is stopped";
    } else if (start.tool == "docker" && start.is_run && !start.is_detached && is_simple) {
        what =
            "systemd stops the client of Docker, and not the container: when the time limit comes, "
            "only the client is killed, and the container goes on running";
    }
    if (what.empty()) {
        return;
    }
    if (auto* made = given.add("U12", run.from(), what)) {
        made->sure = start.is_detached ? confidence::proven : confidence::likely;
        made->fix = start.is_run ? "ExecStop=" + start.tool + " stop NAME"
                                 : "ExecStop=" + start.tool +
                                       (start.tool == "docker" ? " compose stop" : " stop");
    }
}

void check_stop_length(const unit_case& given, const std::optional<container_start>& start) {
    const auto said = given.stop_timeout();
    if ((!said && !given.is_whole()) || (said && said->value == no_limit) ||
        given.is_templated("Service", "TimeoutStopSec") ||
        given.is_templated("Service", "TimeoutSec")) {
        return;
    }
    const auto limit =
        said ? std::chrono::duration_cast<milliseconds>(said->value) : usual_unit_limit;
    for (const unit_run& one : given.stops()) {
        for (const shell::step& step : steps_of(one.chain)) {
            const auto stop = shell::stop_request_of(step);
            if (!stop || stop->way != stop_way::container_stop || stop->verb != "stop") {
                continue;
            }
            auto grace = start && start->grace ? *start->grace : usual_container_grace;
            if (stop->grace) {
                const auto given_grace = stop->grace->is_known()
                                             ? shell::duration_of(stop->grace->what.text)
                                             : std::nullopt;
                if (!given_grace || *given_grace == milliseconds::max()) {
                    continue;
                }
                grace = *given_grace;
            }
            if (grace < limit) {
                continue;
            }
            auto* made = given.add("U12", one.from(),
                                   "the container has " + seconds_text(grace) +
                                       " s to stop, and systemd ends the "
                                       "client that waits for it after " +
                                       seconds_text(limit) + " s");
            if (made == nullptr) {
                continue;
            }
            made->fix = "TimeoutStopSec=" + seconds_text(std::chrono::ceil<std::chrono::seconds>(
                                                grace + milliseconds(std::chrono::seconds(10))));
            if (said) {
                made->further.push_back(further_at(said->from, "the time limit"));
            }
        }
    }
}

}  // namespace

void check_container_client(const unit_case& given) {
    const auto* run = given.main_run();
    const auto start = run == nullptr ? std::nullopt : start_of(*run);
    if (start) {
        check_no_stop(given, *run, *start);
    }
    check_stop_length(given, start);
}

}  // namespace lastcall::lint
