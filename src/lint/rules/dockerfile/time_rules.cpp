// Times that the files beside a Dockerfile tell, and instructions without effect: D14 to D16.
#include <charconv>
#include <chrono>
#include <optional>

#include "lint/conf/read_conf.hpp"
#include "lint/rules/dockerfile/docker_case.hpp"

namespace lastcall::lint {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// docker stop, where nobody gives --time:
/// https://docs.docker.com/reference/cli/docker/container/stop/
constexpr milliseconds usual_grace = seconds(10);
/// terminationGracePeriodSeconds of Kubernetes where nothing is said, the longest of the usual
/// ones.
constexpr seconds longest_usual_grace{30};
/// HEALTHCHECK where nothing is said: every 30 s, and three in a row.
constexpr seconds usual_interval{30};
constexpr int usual_retries = 3;

std::optional<long> number_of(std::string_view text) {
    long value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    return read.ec == std::errc() && read.ptr == text.data() + text.size() && value >= 0
               ? std::optional(value)
               : std::nullopt;
}

/// The file behind -c, or where supervisord looks for it first.
std::string supervisor_file(const launch_hop& hop) {
    for (std::size_t i = hop.call.program + 1; i < hop.words.size(); ++i) {
        const auto& text = hop.words[i].what.what.text;
        if ((text == "-c" || text == "--configuration") && i + 1 < hop.words.size()) {
            return hop.words[i + 1].what.what.text;
        }
        if (text.starts_with("--configuration=")) {
            return text.substr(text.find('=') + 1);
        }
    }
    return "/etc/supervisord.conf";
}

void check_supervisord(const docker_case& given, const launch_hop& hop) {
    const auto found = given.find_file(supervisor_file(hop));
    if (!found) {
        return;
    }
    const auto conf = read_ini(found->text, ini_style::supervisor);
    for (const conf_item* one : conf.all("stopwaitsecs")) {
        const auto wait = number_of(one->value());
        if (!wait || seconds(*wait) < usual_grace) {
            continue;
        }
        auto& made = given.report().add(
            "D14", given.started_at(),
            "supervisord gives a program " + std::to_string(*wait) +
                " s, but the container is killed after 10 s where nobody says anything else");
        made.further.push_back({found->name, one->at, "stopwaitsecs"});
        return;
    }
}

/// s6-overlay: https://github.com/just-containers/s6-overlay#customizing-s6-overlay-behaviour
void check_s6(const docker_case& given) {
    milliseconds sum{0};
    const docker_instruction* last = nullptr;
    for (const docker_instruction& one : given.file().instructions) {
        const auto& text = one.rest.text();
        if (one.name == "ENV" && (text.find("S6_SERVICES_GRACETIME") != std::string::npos ||
                                  text.find("S6_KILL_GRACETIME") != std::string::npos)) {
            last = &one;
        }
    }
    for (const std::string_view name : {"S6_SERVICES_GRACETIME", "S6_KILL_GRACETIME"}) {
        const auto set = given.stage()->environment.find(name);
        const auto value = set && *set ? number_of(**set) : std::nullopt;
        sum += milliseconds(value.value_or(3000));  // what each is where nothing is said
    }
    if (last != nullptr && sum >= usual_grace) {
        given.report().add("D14", last->rest.whole(given.file().lines),
                           "s6-overlay takes up to " + std::to_string(sum.count()) +
                               " ms to stop, but the container is killed after 10 s where nobody "
                               "says anything else");
    }
}

}  // namespace

void check_supervisor_times(const docker_case& given) {
    const auto* hop = given.chain().program();
    if (hop != nullptr && hop->call.name == "supervisord" && given.started_by() != nullptr) {
        check_supervisord(given, *hop);
    }
    check_s6(given);
}

void check_replaced(const docker_case& given) {
    for (const docker_stage& stage : given.build().stages) {
        for (const docker_instruction* one : stage.replaced) {
            given.report()
                .add("D15", one->at, "a later " + one->name + " of this stage replaces this one")
                .sure = confidence::proven;
        }
    }
}

void check_health_check(const docker_case& given) {
    const auto& health = given.stage()->health;
    if (!health || health->from == nullptr || health->is_off) {
        return;
    }
    const auto interval = health->interval.value_or(usual_interval);
    const int retries = health->retries.value_or(usual_retries);
    const auto seen = std::chrono::ceil<seconds>(interval * retries);
    if (seen <= longest_usual_grace) {
        return;
    }
    auto& made =
        given.report().add("D16", health->from->at,
                           "a container that answers \"not healthy\" is taken for it after up to " +
                               std::to_string(seen.count()) + " s");
    made.sure = confidence::hint;
}

}  // namespace lastcall::lint
