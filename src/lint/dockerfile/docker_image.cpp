#include "lint/dockerfile/docker_image.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace lastcall::lint {
namespace {

constexpr std::size_t stage_limit = 250;
constexpr std::size_t trigger_limit = 1000;

std::optional<docker_command> command_of_base(std::string_view json) {
    if (json.empty()) {
        return std::nullopt;
    }
    docker_command made;
    made.is_json = true;
    made.words = read_json_words(mapped_text(json, 0)).words;
    return made;
}

bool is_same_name(std::string_view a, std::string_view b) { return lower(a) == lower(b); }

class evaluator {
public:
    explicit evaluator(const dockerfile& file) : file_(file) { before_.know_all(); }

    docker_build evaluate() {
        for (const docker_instruction& one : file_.instructions) {
            if (one.name == "FROM") {
                if (made_.stages.size() == stage_limit) {
                    note(one, "this file has more than 250 stages; the rest is not looked at");
                    break;
                }
                begin(one);
            } else if (made_.stages.empty()) {
                if (one.name == "ARG") {
                    arguments(one, before_, before_);
                } else {
                    note(one, "only ARG may stand before the first FROM; the build fails here");
                }
            } else {
                apply(one);
            }
        }
        return std::move(made_);
    }

private:
    void note(const docker_instruction& at, std::string what) {
        add_problem(made_.problems, at.at, std::move(what));
    }

    docker_stage& now() { return made_.stages.back(); }

    void begin(const docker_instruction& from) {
        const auto words = split_docker_words(from.rest, file_.escape);
        docker_stage made;
        made.at = from.at;
        if (const auto* platform = from.flag("platform")) {
            made.platform = platform->value.text();
        }
        if (!words.empty()) {
            made.base = expand_docker_word(words[0], before_, file_.escape);
        }
        if (words.size() == 3 && is_same_name(words[1].text(), "as")) {
            made.name = words[2].text();
        } else if (words.size() != 1) {
            note(from, "FROM is written FROM IMAGE or FROM IMAGE AS NAME");
        }
        args_ = {};
        is_set_ = {};
        const auto below = made.base.is_known ? stage_named(made.base.text.text()) : std::nullopt;
        if (below) {
            inherit(made, *below);
        } else {
            begin_with_image(made);
        }
        made_.stages.push_back(std::move(made));
        triggers_.resize(made_.stages.size());
        if (below) {
            // Those of the stage below run first; what they set is this stage's.
            const auto inherited = triggers_[*below];
            for (const auto* one : inherited) {
                apply(*one);
            }
        }
    }

    static void begin_with_image(docker_stage& into) {
        if (!into.base.is_known) {
            return;
        }
        into.image = read_image_reference(into.base.text.text());
        into.known = find_base_image(into.image);
        if (into.known == nullptr) {
            return;
        }
        into.entrypoint = command_of_base(into.known->entrypoint);
        into.cmd = command_of_base(into.known->cmd);
        if (!into.known->stop_signal.empty()) {
            into.stop_signal.emplace();
            into.stop_signal->value.text.add_made(into.known->stop_signal, into.at.offset, 0);
        }
        if (!into.known->workdir.empty()) {
            into.workdir = into.known->workdir;
        }
        if (into.known->name == "scratch") {
            into.environment.know_all();
        }
    }

    void inherit(docker_stage& into, std::size_t index) const {
        const docker_stage& below = made_.stages[index];
        into.base_stage = index;
        into.image = below.image;
        into.known = below.known;
        into.entrypoint = below.entrypoint;
        into.cmd = below.cmd;
        into.stop_signal = below.stop_signal;
        into.user = below.user;
        into.health = below.health;
        into.workdir = below.workdir;
        into.shell = below.shell;
        into.shell_from = below.shell_from;
        into.environment = below.environment;
    }

    [[nodiscard]] std::optional<std::size_t> stage_named(std::string_view name) const {
        for (std::size_t i = made_.stages.size(); i > 0; --i) {
            if (!made_.stages[i - 1].name.empty() && is_same_name(made_.stages[i - 1].name, name)) {
                return i - 1;
            }
        }
        return std::nullopt;
    }

    /// What ENV set goes before what ARG set.
    [[nodiscard]] docker_variables variables() {
        docker_variables made = now().environment;
        for (const auto& [name, value] : args_.all()) {
            if (!now().environment.all().contains(name)) {
                made.set(name, value);
            }
        }
        return made;
    }

    docker_word expanded(const mapped_text& word) {
        if (word.text().find('$') == std::string::npos) {
            static const docker_variables none;
            return expand_docker_word(word, none, file_.escape);
        }
        return expand_docker_word(word, variables(), file_.escape);
    }

    void apply(const docker_instruction& one) {
        if (one.name == "ENTRYPOINT") {
            replace(is_set_[0], one);
            now().entrypoint = command_of(one, one.rest, one.json);
            if (is_set_[1] == nullptr) {
                now().cleared_cmd = now().cmd ? now().cmd->from : nullptr;
                now().cmd = docker_command{};
            }
        } else if (one.name == "CMD") {
            replace(is_set_[1], one);
            now().cmd = command_of(one, one.rest, one.json);
        } else if (one.name == "STOPSIGNAL") {
            replace(is_set_[2], one);
            now().stop_signal = docker_text{expanded(one.rest), &one};
        } else if (one.name == "HEALTHCHECK") {
            replace(is_set_[3], one);
            now().health = health_of(one);
        } else if (one.name == "USER") {
            now().user = docker_text{expanded(one.rest), &one};
        } else if (one.name == "WORKDIR") {
            const auto path = expanded(one.rest);
            now().workdir = resolved(path);
        } else if (one.name == "SHELL") {
            shell(one);
        } else if (one.name == "ENV") {
            environment(one);
        } else if (one.name == "ARG") {
            auto with = variables();
            arguments(one, with, args_);
        } else if (one.name == "COPY" || one.name == "ADD") {
            copy(one);
        } else if (one.name == "ONBUILD" && !one.trigger.empty()) {
            auto& all = triggers_.back();
            if (all.size() < trigger_limit) {
                all.push_back(&one.trigger.front());
            }
        }
    }

    void replace(const docker_instruction*& last, const docker_instruction& with) {
        if (last != nullptr) {
            now().replaced.push_back(last);
        }
        last = &with;
    }

    docker_command command_of(const docker_instruction& from, const mapped_text& text,
                              const json_words& json) {
        docker_command made;
        made.from = &from;
        made.is_json = json.is_json;
        if (json.is_json) {
            made.words = json.words;
        } else {
            made.script = text;
            made.shell = now().shell;
        }
        return made;
    }

    docker_health health_of(const docker_instruction& from) {
        docker_health made;
        made.from = &from;
        const auto word = from.rest.text().substr(0, from.rest.text().find_first_of(" \t"));
        made.is_off = is_same_name(word, "none");
        if (is_same_name(word, "cmd")) {
            made.command = command_of(from, from.rest.part(3).trimmed(), from.json);
        } else if (!made.is_off) {
            note(from, "HEALTHCHECK is written HEALTHCHECK CMD COMMAND or HEALTHCHECK NONE");
        }
        for (const docker_flag& flag : from.flags) {
            const auto value = expanded(flag.value);
            if (!value.is_known) {
                continue;
            }
            const auto& text = value.text.text();
            if (flag.name == "retries") {
                int number = 0;
                const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
                if (read.ec == std::errc() && read.ptr == text.data() + text.size()) {
                    made.retries = number;
                }
            } else if (flag.name == "interval") {
                made.interval = go_duration(text);
            } else if (flag.name == "timeout") {
                made.timeout = go_duration(text);
            } else if (flag.name == "start-period") {
                made.start_period = go_duration(text);
            }
        }
        return made;
    }

    void shell(const docker_instruction& one) {
        if (!one.json.is_json || one.json.words.empty()) {
            note(one, "SHELL is written as a JSON array; the build fails here");
            return;
        }
        now().shell.clear();
        for (const auto& word : one.json.words) {
            now().shell.push_back(word.text());
        }
        now().shell_from = &one;
    }

    void environment(const docker_instruction& one) {
        const auto words = split_docker_words(one.rest, file_.escape);
        if (words.empty()) {
            return;
        }
        const auto with = variables();
        const auto set = [&](std::string_view name, const mapped_text& value) {
            const auto made = expand_docker_word(value, with, file_.escape);
            now().environment.set(name,
                                  made.is_known ? std::optional(made.text.text()) : std::nullopt);
        };
        if (words[0].text().find('=') == std::string::npos) {
            // ENV NAME VALUE: all that follows is the value.
            set(words[0].text(), one.rest.part(words[0].size()).trimmed());
            return;
        }
        for (const mapped_text& word : words) {
            const auto equals = word.text().find('=');
            if (equals == std::string::npos) {
                note(one, "ENV wants NAME=VALUE; the build fails here");
                return;
            }
            set(word.text().substr(0, equals), word.part(equals + 1));
        }
    }

    /// ARG NAME, ARG NAME=DEFAULT. Whoever builds may give another value, so that even a default
    /// is only what holds when nobody does.
    void arguments(const docker_instruction& one, const docker_variables& with,
                   docker_variables& into) {
        for (const mapped_text& word : split_docker_words(one.rest, file_.escape)) {
            const auto equals = word.text().find('=');
            const auto name = word.text().substr(0, equals);
            if (equals != std::string::npos) {
                const auto value = expand_docker_word(word.part(equals + 1), with, file_.escape);
                into.set(name, value.is_known ? std::optional(value.text.text()) : std::nullopt);
                continue;
            }
            const auto outer = &into == &before_ ? std::nullopt : before_.find(name);
            into.set(name, outer && *outer ? std::optional<std::string>(**outer) : std::nullopt);
        }
    }

    std::optional<std::string> resolved(const docker_word& path) {
        const auto& text = path.text.text();
        if (!path.is_known || (!text.starts_with('/') && !now().workdir)) {
            return std::nullopt;
        }
        return joined_path(now().workdir.value_or("/"), text);
    }

    void copy(const docker_instruction& one) {
        const auto words =
            one.json.is_json ? one.json.words : split_docker_words(one.rest, file_.escape);
        if (words.size() < 2 && one.heredocs.empty()) {
            note(one, one.name + " wants a source and a destination; the build fails here");
            return;
        }
        if (words.empty()) {
            return;
        }
        docker_copy made;
        made.from = &one;
        if (const auto* flag = one.flag("from")) {
            made.stage = flag->value.text();
        }
        for (std::size_t i = 0; i + 1 < words.size(); ++i) {
            made.sources.push_back(expanded(words[i]));
        }
        const auto to = expanded(words.back());
        const auto path = resolved(to);
        made.is_known = path.has_value();
        made.to = path.value_or("");
        made.is_folder = to.text.text().ends_with('/') || to.text.text().ends_with("/.") ||
                         to.text.text() == "." || made.sources.size() > 1;
        now().copies.push_back(std::move(made));
    }

    const dockerfile& file_;
    docker_build made_;
    docker_variables before_;  // ARG before the first FROM
    docker_variables args_;    // of this stage
    // ENTRYPOINT, CMD, STOPSIGNAL, HEALTHCHECK that were set in this stage
    std::array<const docker_instruction*, 4> is_set_{};
    std::vector<std::vector<const docker_instruction*>> triggers_;  // ONBUILD of each stage
};

}  // namespace

const docker_stage* docker_build::target(std::string_view name) const {
    if (stages.empty()) {
        return nullptr;
    }
    if (name.empty()) {
        return &stages.back();
    }
    for (auto one = stages.rbegin(); one != stages.rend(); ++one) {
        if (is_same_name(one->name, name)) {
            return &*one;
        }
    }
    std::size_t number = 0;
    const auto read = std::from_chars(name.data(), name.data() + name.size(), number);
    const bool is_number = read.ec == std::errc() && read.ptr == name.data() + name.size();
    return is_number && number < stages.size() ? &stages[number] : nullptr;
}

docker_build evaluate(const dockerfile& file) { return evaluator(file).evaluate(); }

}  // namespace lastcall::lint
