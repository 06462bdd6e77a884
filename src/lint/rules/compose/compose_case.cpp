#include "lint/rules/compose/compose_case.hpp"

#include <algorithm>
#include <system_error>

#include "lint/dockerfile/docker_words.hpp"
#include "lint/shell/signals.hpp"
#include "lint/text/read_file.hpp"

namespace lastcall::lint {
namespace {

namespace fs = std::filesystem;

/// Words that stand in another file: the place stands for all of them.
std::vector<launch_word> words_at(const std::vector<std::string>& words, const place& at) {
    std::vector<launch_word> made;
    for (const std::string& one : words) {
        mapped_text text;
        text.add_made(one, at.offset, at.size);
        made.push_back(written_word(text));
    }
    return made;
}

std::vector<std::string> words_in_json(std::string_view json) {
    std::vector<std::string> made;
    for (const mapped_text& one : read_json_words(mapped_text(json, 0)).words) {
        made.push_back(one.text());
    }
    return made;
}

std::vector<std::string> words_of_docker(const docker_command& of) {
    std::vector<std::string> made;
    if (of.is_json) {
        for (const mapped_text& one : of.words) {
            made.push_back(one.text());
        }
    } else if (!of.is_empty()) {
        made = of.shell;
        made.push_back(of.script.text());
    }
    return made;
}

/// The entry scripts of official images run what follows them and become it (exec "$@").
bool becomes_its_words(const std::vector<std::string>& entrypoint) {
    return entrypoint.size() == 1 &&
           (entrypoint[0].ends_with("entrypoint.sh") || entrypoint[0].ends_with("entrypoint"));
}

bool is_on_disk(std::string_view context) {
    return context.find("://") == std::string_view::npos && !context.starts_with("git@") &&
           !context.starts_with("github.com/");
}

/// An argument of the build decides what the image starts or is stopped with.
bool is_used_at_end(const docker_case& given, std::string_view name) {
    const auto& all = given.file().instructions;
    return std::any_of(all.begin(), all.end(), [&](const docker_instruction& one) {
        const auto& text = one.rest.text();
        const bool decides = one.name == "FROM" || one.name == "CMD" || one.name == "ENTRYPOINT" ||
                             one.name == "STOPSIGNAL";
        return decides && (text.find("$" + std::string(name)) != std::string::npos ||
                           text.find("${" + std::string(name)) != std::string::npos);
    });
}

}  // namespace

compose_case::compose_case(const compose_project& project, const compose_service& of,
                           file_report& report)
    : project_(project), of_(of), report_(report) {
    read_image();
    read_build();
    read_start();
    read_stop();
}

finding* compose_case::add(std::string_view rule, const compose_value& from, place at,
                           std::string what) const {
    return from.in == &project_.judged() ? &report_.add(rule, at, std::move(what)) : nullptr;
}

finding* compose_case::add_at_name(std::string_view rule, std::string what) const {
    const auto& own = of_.layers.back();
    return own.in == &project_.judged()
               ? &report_.add(rule, of_.name_in(project_.judged()), std::move(what))
               : nullptr;
}

void compose_case::read_image() {
    const auto image = of_.get("build") ? std::nullopt : project_.text(of_.get("image"));
    if (image) {
        known_ = find_base_image(read_image_reference(image->text()));
    }
}

void compose_case::read_build() {
    const auto build = of_.get("build");
    const bool is_map = build.ref.is_map();
    const auto part = [&](std::string_view key) {
        return is_map ? compose_value{build.ref.get(key), build.in} : compose_value();
    };
    const auto said = is_map ? part("context") : build;
    const auto context = said || build.ref.may_have_more() ? project_.text(said)
                                                           : std::optional(mapped_text(".", 0));
    const bool is_other = part("dockerfile_inline") || of_.all("build").size() > 1;
    if (!build || !context || is_other || !is_on_disk(context->text())) {
        return;
    }
    const auto named = part("dockerfile");
    const auto name = named ? project_.text(named) : std::nullopt;
    if (named && !name) {
        return;
    }
    const auto path = (fs::path(build.in->path).parent_path() / context->text() /
                       (name ? name->text() : "Dockerfile"))
                          .lexically_normal();
    std::error_code failed;
    auto read = fs::is_regular_file(path, failed) ? read_file(path) : read_bytes{};
    if (!read.text) {
        return;
    }
    auto made = std::make_unique<built_image>(path, std::move(*read.text));
    const auto* stage = made->given().stage();
    const auto target = part("target");
    const auto wanted = target ? project_.text(target) : std::nullopt;
    const bool is_last =
        !target || (wanted && made->given().build().target(wanted->text()) == stage);
    compose_service with_args;
    with_args.layers.push_back(build);
    const auto args = with_args.entries("args");
    const bool is_certain = std::none_of(args.begin(), args.end(), [&](const auto& one) {
        return is_used_at_end(made->given(), one.name);
    });
    if (stage != nullptr && is_last && is_certain) {
        known_ = stage->known;
        build_ = std::move(made);
    }
}

std::optional<std::vector<launch_word>> compose_case::image_entry(const place& at) const {
    if (build_ != nullptr) {
        const auto& entry = build_->given().stage()->entrypoint;
        const auto words = entry ? words_of_docker(*entry) : std::vector<std::string>();
        if (!entry) {
            return std::nullopt;
        }
        return entry->from == nullptr && becomes_its_words(words) ? std::vector<launch_word>()
                                                                  : words_at(words, at);
    }
    if (known_ == nullptr || of_.get("build")) {
        return std::nullopt;
    }
    const auto words = words_in_json(known_->entrypoint);
    if (known_->entrypoint.empty()) {
        return std::nullopt;
    }
    return becomes_its_words(words) ? std::vector<launch_word>() : words_at(words, at);
}

std::vector<launch_word> compose_case::image_command(const place& at) const {
    if (build_ != nullptr) {
        const auto& cmd = build_->given().stage()->cmd;
        return cmd ? words_at(words_of_docker(*cmd), at) : std::vector<launch_word>();
    }
    return words_at(words_in_json(known_->cmd), at);
}

/// A shell reads what is left of a variable as one of its own, of which it knows as little.
std::optional<std::vector<launch_word>> compose_case::written_words(
    const compose_value& value) const {
    const auto words = project_.words(value);
    if (!words) {
        return std::nullopt;
    }
    std::vector<launch_word> made;
    for (const compose_word& one : *words) {
        made.push_back(written_word(one.text, one.is_known));
    }
    return made;
}

void compose_case::read_start() {
    const auto entrypoint = of_.get("entrypoint");
    const auto command = of_.get("command");
    const bool has_entry = entrypoint && !entrypoint.ref.is_null();
    const bool has_command = command && !command.ref.is_null();
    const bool is_unsure = (!has_entry && !of_.is_absent("entrypoint") && !entrypoint) ||
                           (!has_command && !of_.is_absent("command") && !command);
    if (is_unsure || (has_entry && has_command && entrypoint.in != command.in)) {
        return;
    }
    if (!has_entry && !has_command && build_ != nullptr) {
        chain_ = build_->given().chain();
        return;
    }
    started_by_ = has_entry ? entrypoint : command;
    const auto* in = started_by_ ? started_by_.in : of_.layers.back().in;
    const auto image = of_.get(of_.get("build") ? "build" : "image");
    const auto at = image.in == in ? image.ref.used_at() : place{};
    auto words = has_entry ? written_words(entrypoint) : image_entry(at);
    if (!words) {
        return;
    }
    if (has_command) {
        const auto more = written_words(command);
        if (!more) {
            return;
        }
        words->insert(words->end(), more->begin(), more->end());
    } else if (!has_entry) {
        const auto more = image_command(at);
        words->insert(words->end(), more.begin(), more.end());
    }
    chain_ =
        follow_launch(std::move(*words), in->path, std::make_shared<line_index>(in->yaml.lines),
                      [this](const std::string& path) {
                          return build_ != nullptr ? build_->given().find_script(path) : nullptr;
                      });
}

const line_index& compose_case::chain_lines() const noexcept {
    if (started_by_) {
        return started_by_.in->yaml.lines;
    }
    return build_ != nullptr ? build_->given().file().lines : of_.layers.back().in->yaml.lines;
}

void compose_case::read_stop() {
    const auto period = of_.get("stop_grace_period");
    if (of_.is_absent("stop_grace_period")) {
        grace_ = compose_grace;
    } else if (const auto text = project_.text(period)) {
        if (const auto read = go_duration(text->text())) {
            grace_ = std::chrono::duration_cast<std::chrono::milliseconds>(*read);
        }
    }
    const auto signal = of_.get("stop_signal");
    if (const auto text = project_.text(signal)) {
        if (const auto name = shell::signal_name(text->text())) {
            signal_ = *name;
        }
    } else if (of_.is_absent("stop_signal")) {
        if (build_ != nullptr) {
            signal_ = build_->given().stop_signal();
        } else if (known_ != nullptr && !known_->stop_signal.empty()) {
            signal_ = shell::signal_name(known_->stop_signal);
        }
    }
}

bool compose_case::has_no_init() const {
    const auto init = of_.get("init");
    return of_.is_absent("init") || (init.ref.boolean() && !*init.ref.boolean());
}

bool compose_case::is_job() const {
    const auto& all = project_.services();
    return std::any_of(all.begin(), all.end(), [&](const compose_service& one) {
        const auto on = one.entries("depends_on");
        return std::any_of(on.begin(), on.end(), [&](const auto& each) {
            return each.name == of_.name &&
                   each.value.ref.get("condition").text() == "service_completed_successfully";
        });
    });
}

bool compose_case::is_server() const {
    const auto restart = of_.get("restart").ref.text();
    const bool restarts = restart && *restart != "no" && *restart != "on-failure";
    return restarts || of_.get("ports") || of_.get("expose") || of_.get("healthcheck");
}

std::string compose_case::image_name() const {
    const auto image = of_.get("build") ? std::nullopt : project_.text(of_.get("image"));
    if (!image) {
        return {};
    }
    const auto name = read_image_reference(image->text()).name;
    return name.substr(name.rfind('/') + 1);
}

}  // namespace lastcall::lint
