#include "lint/rules/shell/command_digest.hpp"

#include <algorithm>
#include <system_error>

#include "lint/dockerfile/base_images.hpp"
#include "lint/rules/shell/cluster_limits.hpp"
#include "lint/shell/option_reader.hpp"
#include "lint/shell/stopping.hpp"

namespace lastcall::lint {
namespace {

namespace fs = std::filesystem;

constexpr int most_folders_up = 2;

bool is_container_tool(const std::string& name) {
    return name == "docker" || name == "podman" || name == "nerdctl";
}

/// The options of `docker build` and `docker run` that take a word behind them.
constexpr shell::option_rules build_options{
    " -t --tag -f --file --build-arg --target --platform --label --cache-from --cache-to --network "
    "--progress --secret --ssh -o --output --iidfile --shm-size --ulimit --add-host --builder "};
constexpr shell::option_rules run_options{
    " --name -p --publish -v --volume -e --env --env-file --network --restart -l --label -u --user "
    "-w --workdir --entrypoint --hostname -h -m --memory --cpus --mount --stop-timeout "
    "--stop-signal --log-driver --log-opt --add-host --platform --pull --link --ulimit --device "
    "--cap-add --cap-drop --security-opt --health-cmd --tmpfs "};

struct script_place {
    const script_origin& in;
    const shell::script& script;
    const shell::run_limit* limit;  ///< null: none is around it, or known

    [[nodiscard]] kept_place of(const shell::step& one) const {
        return keep_place(in.shown, in.text, script.at(one.where));
    }

    /// The folder of a build context: from the script's, or from one of the two above it, as a
    /// script of a repository is called from its top. Empty: not there.
    [[nodiscard]] std::string folder(const std::string& named, const std::string& file) const {
        fs::path from = in.path.parent_path();
        std::error_code failed;
        for (int i = 0; i <= most_folders_up; ++i, from /= "..") {
            const auto found = fs::absolute(from / named, failed).lexically_normal();
            if (fs::is_regular_file(found / file, failed)) {
                auto made = found.generic_string();
                if (made.size() > 1 && made.ends_with('/')) {
                    made.pop_back();
                }
                return made;
            }
        }
        return {};
    }
};

void digest_build(const shell::step& one, const script_place& at, digest_store& into) {
    budget_digest made;
    made.kind = digest_kind::build;
    std::string file;
    std::string context;
    std::size_t operands = 0;
    shell::option_reader reader(one, build_options);
    while (reader.next()) {
        if (reader.is_operand()) {
            context = reader.word().is_known() ? reader.word().what.text : std::string();
            operands += reader.word().is("buildx") ? 0U : 1U;
        } else if (reader.is("-t", "--tag") && reader.value()) {
            // The tag may be a variable, the name in front of it not.
            const auto& tag = reader.value()->what.text;
            const auto name = tag.substr(0, tag.find('$'));
            made.image = reader.value()->is_known() ? read_image_reference(tag).name
                         : name.ends_with(':')      ? name.substr(0, name.size() - 1)
                                                    : std::string();
        } else if (reader.is("-f", "--file") && reader.value()) {
            file = reader.value()->is_known() ? reader.value()->what.text : "$";
        }
    }
    if (made.image.empty() || context.empty() || operands != 2 || file.starts_with('$')) {
        return;
    }
    if (file.empty()) {
        made.folder = at.folder(context, "Dockerfile");
    } else {
        const auto top = at.folder(".", file);  // -f is from where the script is called
        made.path =
            top.empty() ? std::string() : (fs::path(top) / file).lexically_normal().string();
        made.folder = made.path.empty() ? std::string() : top;
    }
    if (!made.folder.empty()) {
        made.name = at.in.shown;
        made.where = at.of(one);
        into.add(std::move(made));
    }
}

void digest_run(const shell::step& one, const script_place& at, digest_store& into) {
    budget_digest made;
    made.kind = digest_kind::command;
    std::size_t operands = 0;
    shell::option_reader reader(one, run_options);
    while (reader.next() && operands < 2) {
        if (reader.is_operand()) {
            if (++operands == 2 && reader.word().is_known()) {
                made.image = read_image_reference(reader.word().what.text).name;
            }
        } else if (reader.is("--name") && reader.value() && reader.value()->is_known()) {
            made.container = reader.value()->what.text;
        } else if (reader.is("--stop-timeout", "--stop-signal")) {
            return;
        }
    }
    if (!made.container.empty() && !made.image.empty()) {
        made.name = at.in.shown;
        made.where = at.of(one);
        into.add(std::move(made));
    }
}

/// "app=web" of -l and --selector: what is equal, as text.
std::vector<std::string> selected_labels(const shell::step& one) {
    std::vector<std::string> made;
    for (std::size_t i = 0; i < one.arguments.size(); ++i) {
        const auto& text = one.arguments[i].what.text;
        std::string given;
        if ((text == "-l" || text == "--selector") && i + 1 < one.arguments.size() &&
            one.arguments[i + 1].is_known()) {
            given = one.arguments[i + 1].what.text;
        } else if (text.starts_with("--selector=") && one.arguments[i].is_known()) {
            given = text.substr(text.find('=') + 1);
        }
        while (!given.empty()) {
            auto label = given.substr(0, given.find(','));
            given.erase(0, label.size() + 1);
            if (label.find('!') != std::string::npos || label.find('=') == std::string::npos) {
                return {};
            }
            if (const auto twice = label.find("=="); twice != std::string::npos) {
                label.erase(twice, 1);
            }
            made.push_back(std::move(label));
        }
    }
    return made;
}

/// `timeout 120 systemctl stop web`: its unit may say how long that takes.
void digest_unit_stop(const shell::step& one, const shell::stop_request& stop,
                      const script_place& at, digest_store& into) {
    const auto end = shell::given_up_by(one, at.limit);
    auto unit = shell::stopped_unit(stop);
    if (!end || !unit || end->after == std::chrono::milliseconds::max() || !stop.waits) {
        return;
    }
    budget_digest made;
    made.kind = digest_kind::command;
    made.name = at.in.shown;
    made.where = at.of(one);
    made.unit = std::move(*unit);
    made.wait = budget_term{end->after,
                            end->by == nullptr ? "the time of timeout" : std::string(end->by->what),
                            made.where};
    into.add(std::move(made));
}

/// A limit that is longer than the usual grace period: what is shorter is said of the script by
/// itself (S20).
bool digest_cluster_wait(const shell::step& one, const shell::stop_request& stop,
                         const script_place& at, digest_store& into) {
    const auto wait = stop.grace ? std::nullopt : cluster_wait_of(one, at.limit);
    const auto usual = shell::usual_grace_of(stop.way);
    if (!wait || !usual || wait->limit < *usual) {
        return false;
    }
    budget_digest made;
    made.kind = digest_kind::command;
    made.name = at.in.shown;
    made.where = at.of(one);
    made.is_for_all = stop.way == shell::stop_way::kubectl_drain;
    made.labels = selected_labels(one);
    made.wait = budget_term{wait->limit, wait->what, made.where};
    if (made.is_for_all || !made.labels.empty()) {
        into.add(std::move(made));
    }
    return true;
}

void digest_stop(const shell::step& one, const script_place& at, digest_store& into) {
    const auto stop = shell::stop_request_of(one);
    if (stop && stop->way == shell::stop_way::unit_stop) {
        digest_unit_stop(one, *stop, at, into);
        return;
    }
    if (stop && !stop->only_asks && digest_cluster_wait(one, *stop, at, into)) {
        return;
    }
    const auto grace = stop && !stop->only_asks ? shell::asked_grace_of(*stop) : std::nullopt;
    if (!grace || *grace == std::chrono::milliseconds::max()) {
        return;
    }
    budget_digest made;
    made.kind = digest_kind::command;
    made.name = at.in.shown;
    made.where = at.of(one);
    made.wait = budget_term{*grace, {}, made.where};
    if (stop->way == shell::stop_way::kubectl_drain && !stop->targets.empty()) {
        made.is_for_all = true;
        made.wait->what = "--grace-period of kubectl drain";
    } else if (stop->way == shell::stop_way::kubectl_delete && !stop->targets.empty() &&
               (stop->targets.front().is("pod") || stop->targets.front().is("pods"))) {
        made.labels = selected_labels(one);
        made.wait->what = "--grace-period of kubectl delete";
    } else if (stop->way == shell::stop_way::container_stop && stop->targets.size() == 1 &&
               stop->targets.front().is_known()) {
        made.container = stop->targets.front().what.text;
        made.wait->what = "the time of " + stop->tool + " " + stop->verb;
    }
    if (made.is_for_all || !made.labels.empty() || !made.container.empty()) {
        into.add(std::move(made));
    }
}

bool has_verb(const shell::step& one, std::string_view verb) {
    const auto first = one.call.program + 1;
    for (std::size_t i = first; i < std::min(first + 2, one.arguments.size()); ++i) {
        if (one.arguments[i].is(verb)) {
            return true;
        }
    }
    return false;
}

}  // namespace

void digest_commands(const script_case& given, const script_origin& from, digest_store& into) {
    const script_place at{from, given.script, given.limit};
    for (const shell::step& one : given.run.steps) {
        if (one.call.program == shell::invocation::none || !one.around.is_called) {
            continue;
        }
        if (is_container_tool(one.name()) && has_verb(one, "build")) {
            digest_build(one, at, into);
        } else if (is_container_tool(one.name()) && has_verb(one, "run")) {
            digest_run(one, at, into);
        } else {
            digest_stop(one, at, into);
        }
    }
}

}  // namespace lastcall::lint
