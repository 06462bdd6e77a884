#include "lint/rules/systemd/quadlet.hpp"

#include <algorithm>

#include "core/software.hpp"
#include "lint/dockerfile/base_images.hpp"
#include "lint/dockerfile/docker_words.hpp"
#include "lint/launch/stop_time.hpp"
#include "lint/shell/signals.hpp"
#include "lint/unit/unit_values.hpp"

namespace lastcall::lint {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::string_view quadlet_source = "podman-systemd.unit(5)";

/// podman-run(1), --stop-timeout, where containers.conf says nothing else.
constexpr milliseconds usual_podman = seconds(10);
/// DefaultTimeoutStopSec= where nobody has changed it: systemd-system.conf(5).
constexpr milliseconds usual_service = seconds(90);

/// What podman waits for between the stop signal and SIGKILL.
struct podman_stop {
    milliseconds grace = usual_podman;
    std::optional<unit_source> from;  ///< unset: nobody says it
};

std::string_view own_section(const unit_case& given) {
    return given.of().name.ends_with(".pod") ? "Pod" : "Container";
}

/// podman knows no time without end.
std::optional<milliseconds> podman_time(std::string_view text) {
    const auto value = shell::duration_of(text);
    return value && *value != milliseconds::max() ? value : std::nullopt;
}

/// Unset: not known.
std::optional<podman_stop> podman_stop_of(const unit_case& given) {
    const auto said = given.view().text(own_section(given), "StopTimeout");
    if (said) {
        const auto value = podman_time(said->text());
        return value && !is_template_text(said->text()) ? std::optional(podman_stop{*value, said})
                                                        : std::nullopt;
    }
    for (const auto& [word, from] : given.view().words(own_section(given), "PodmanArgs")) {
        constexpr std::string_view option = "--stop-timeout";
        const std::string_view text = word.text();
        if (text.starts_with(option)) {
            const auto value = text.substr(std::min(option.size() + 1, text.size()));
            const auto limit = podman_time(value);
            return limit ? std::optional(podman_stop{*limit, from}) : std::nullopt;
        }
    }
    return given.is_whole() ? std::optional(podman_stop{}) : std::nullopt;
}

/// What Exec= starts, as far as the image's ENTRYPOINT does not matter.
launch_chain exec_chain(const unit_case& given) {
    const auto all = unit_commands(given.view(), own_section(given), "Exec");
    std::vector<launch_word> words;
    if (all.size() == 1 && all.front().problems.empty()) {
        for (const command_word& one : all.front().words) {
            words.push_back(
                written_word(one.text, one.is_known && !is_template_text(one.text.text())));
        }
        const auto lines = std::make_shared<line_index>(all.front().from.file->lines);
        return follow_launch(std::move(words), all.front().from.file->path, lines,
                             [](const std::string& /*path*/) { return nullptr; });
    }
    return {};
}

void check_service_limit(const unit_case& given, const podman_stop& stop) {
    const auto limit = quadlet_limit(given);
    const auto said = given.stop_timeout();
    if (!limit || (stop.from && is_template_text(stop.from->text()))) {
        return;
    }
    finding* made = nullptr;
    if (*limit <= stop.grace && (stop.from || said)) {
        made = given.add("U12", stop.from ? *stop.from : said->from,
                         "podman gives the container " + seconds_text(stop.grace) +
                             " s to stop, and systemd kills podman after " + seconds_text(*limit) +
                             " s");
        if (made != nullptr) {
            made->fix =
                "TimeoutStopSec=" +
                std::to_string(std::chrono::ceil<seconds>(stop.grace + seconds(10)).count());
        }
    } else if (!stop.from && said && own_section(given) == "Container") {
        made = given.add("U12", said->from,
                         "podman kills the container after " + seconds_text(stop.grace) +
                             " s where StopTimeout is not set: the rest of these " +
                             seconds_text(*limit) + " s is of no use to it");
        if (made != nullptr) {
            made->fix =
                "StopTimeout=" +
                std::to_string(std::chrono::floor<seconds>(
                                   std::max<milliseconds>(*limit - seconds(10), usual_podman))
                                   .count()) +
                " in [Container]";
        }
    }
    if (made != nullptr) {
        made->source = quadlet_source;
    }
}

void check_podman_time(const unit_case& given, const podman_stop& stop, const launch_chain& chain) {
    const auto exec = given.view().text("Container", "Exec");
    if (!exec) {
        return;
    }
    for (const needed_time& one : needed_times(chain, exec->file->lines)) {
        if (one.limit + reserve_of(stop.grace) <= stop.grace) {
            continue;
        }
        auto* made =
            given.add("U03", *exec, one.at,
                      one.what + " " + seconds_text(one.limit) +
                          " s; podman kills the container after " + seconds_text(stop.grace) +
                          " s" + (stop.from ? "" : " where StopTimeout is not set"));
        if (made != nullptr) {
            made->source = one.source;
            made->fix = "StopTimeout=" + std::to_string(whole_for(one.limit).count());
        }
    }
}

/// The name of the program that Exec= or an image that is known starts; empty: not known.
std::string program_of(const unit_case& given, const launch_chain& chain) {
    if (const auto* hop = chain.program()) {
        return hop->call.name;
    }
    const auto image = given.view().text("Container", "Image");
    const auto* known = image ? find_base_image(read_image_reference(image->text())) : nullptr;
    const bool is_own = given.view().text("Container", "Entrypoint").has_value() ||
                        given.view().text("Container", "Exec").has_value();
    if (known == nullptr || is_own) {
        return {};
    }
    const auto words = read_json_words(mapped_text(known->cmd, 0)).words;
    return words.empty() ? std::string() : std::string(shell::base_name(words.front().text()));
}

void check_podman_signal(const unit_case& given, const launch_chain& chain) {
    const auto said = given.view().text("Container", "StopSignal");
    const auto name = said ? shell::signal_name(said->text()) : std::nullopt;
    if (!name) {
        return;
    }
    if (*name == "KILL" || *name == "STOP") {
        if (auto* made = given.add("U07", *said,
                                   "podman stops the container with SIG" + std::string(*name) +
                                       ", on which it can do nothing")) {
            made->sure = confidence::proven;
            made->source = quadlet_source;
            made->fix = "the signal on which the program ends in order";
        }
        return;
    }
    const auto* software = core::find_software(program_of(given, chain));
    if (software == nullptr || software->ends_in_order(*name) ||
        (*name == "TERM" && !software->term_option.empty())) {
        return;
    }
    if (auto* made = given.add("U07", *said,
                               "on SIG" + std::string(*name) + " " + std::string(software->name) +
                                   " " + std::string(software->other))) {
        made->source = software->source;
        made->fix = "StopSignal=SIG" + std::string(software->best());
    }
}

}  // namespace

bool is_quadlet(const unit_case& given) {
    const auto& name = given.of().name;
    return name.ends_with(".container") || name.ends_with(".pod") || name.ends_with(".kube");
}

std::optional<milliseconds> quadlet_limit(const unit_case& given) {
    const auto said = given.stop_timeout();
    if (given.is_templated("Service", "TimeoutStopSec") ||
        given.is_templated("Service", "TimeoutSec") || (said && said->value == no_limit)) {
        return std::nullopt;
    }
    return said ? std::chrono::duration_cast<milliseconds>(said->value) : usual_service;
}

void check_quadlet(const unit_case& given) {
    if (given.of().name.ends_with(".kube")) {
        check_kube(given);
        return;
    }
    const auto chain = exec_chain(given);
    if (const auto stop = podman_stop_of(given)) {
        check_service_limit(given, *stop);
        check_podman_time(given, *stop, chain);
    }
    check_podman_signal(given, chain);
}

void digest_quadlet(const unit_case& given, digest_store& into) {
    const auto image = given.view().text("Container", "Image");
    const auto stop = podman_stop_of(given);
    const auto limit = quadlet_limit(given);
    if (!image || image->file != given.judged() || !stop || is_template_text(image->text()) ||
        (stop->from && stop->from->file != given.judged())) {
        return;
    }
    const auto& file = *given.judged();
    const auto keep = [&](const unit_source& at) {
        return keep_place(file.path, given.text(), at.setting->value.whole(file.lines));
    };
    const auto chain = exec_chain(given);
    budget_digest made;
    made.kind = digest_kind::container;
    made.name = given.of().name;
    made.unit = given.view().name().prefix + ".service";
    made.image = read_image_reference(image->text()).name;
    made.has_own_command = given.view().text("Container", "Exec").has_value() ||
                           given.view().text("Container", "Entrypoint").has_value();
    if (const auto* hop = chain.program()) {
        made.program = hop->call.name;
    }
    made.where = keep(*image);
    made.kill = budget_term{std::min(stop->grace, limit.value_or(stop->grace)), "StopTimeout",
                            stop->from ? keep(*stop->from) : made.where, !stop->from};
    for (const needed_time& need : needed_times(chain, file.lines)) {
        if (!made.drain || made.drain->value < need.limit) {
            made.drain =
                budget_term{need.limit, need.setting, keep_place(file.path, given.text(), need.at)};
        }
    }
    into.add(std::move(made));
}

}  // namespace lastcall::lint
