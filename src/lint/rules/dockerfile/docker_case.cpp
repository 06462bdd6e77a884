#include "lint/rules/dockerfile/docker_case.hpp"

#include <algorithm>

#include "lint/shell/shebang.hpp"
#include "lint/shell/signals.hpp"
#include "lint/text/read_file.hpp"

namespace lastcall::lint {
namespace {

namespace fs = std::filesystem;

/// Where a build context begins that a Dockerfile is part of: in its folder, or up to two above.
constexpr int folders_above = 2;

/// The entry scripts of official images run what follows them and become it (`exec "$@"`).
bool is_entry_script_of_base(const docker_command& command) {
    if (command.from != nullptr || command.words.size() != 1) {
        return false;
    }
    const auto& name = command.words.front().text();
    return name.ends_with("entrypoint.sh") || name.ends_with("entrypoint");
}

}  // namespace

docker_case::docker_case(const fs::path& path, std::string_view text, file_report& report)
    : folder_(path.parent_path()),
      file_(read_dockerfile(text)),
      build_(evaluate(file_)),
      report_(report),
      lines_(std::make_shared<line_index>(file_.lines)) {
    follow();
}

void docker_case::follow() {
    const auto* last = stage();
    if (last == nullptr) {
        return;
    }
    std::vector<mapped_text> words;
    const auto add = [&](const docker_command& command) {
        if (command.is_empty() || is_entry_script_of_base(command)) {
            return;
        }
        if (words.empty()) {
            started_by_ = command.from;
        }
        if (command.is_json) {
            words.insert(words.end(), command.words.begin(), command.words.end());
            return;
        }
        for (const std::string& one : command.shell) {
            mapped_text made;
            made.add_made(one, command.script.offset_of(0), 0);
            words.push_back(std::move(made));
        }
        words.push_back(command.script);
    };
    const bool is_shell_form =
        last->entrypoint && !last->entrypoint->is_json && !last->entrypoint->is_empty();
    if (last->entrypoint) {
        add(*last->entrypoint);
    }
    if (last->cmd && !is_shell_form) {
        add(*last->cmd);
    }
    chain_ = follow_launch(words, report_.file(), lines_,
                           [this](const std::string& path) { return find_script(path); });
}

place docker_case::started_at() const {
    return started_by_ != nullptr ? started_by_->rest.whole(file_.lines) : place{};
}

std::optional<docker_case::context_file> docker_case::find_file(const std::string& path) const {
    for (const copied_file& one : find_copied(build_, *stage(), path)) {
        if (one.heredoc != nullptr) {
            return context_file{report_.file(), {}, one.heredoc->content.text()};
        }
        fs::path context = folder_;
        for (int i = 0; i <= folders_above; ++i, context /= "..") {
            const auto at = (context / one.path).lexically_normal();
            std::error_code failed;
            if (!fs::is_regular_file(at, failed)) {
                continue;
            }
            if (auto read = read_file(at); read.text) {
                return context_file{at.string(), at, std::move(*read.text)};
            }
        }
    }
    return std::nullopt;
}

std::shared_ptr<const loaded_script> docker_case::find_script(const std::string& path) const {
    auto found = find_file(path);
    if (!found || found->text.find('\0') != std::string::npos) {
        return nullptr;
    }
    const auto begin = shell::read_shebang(found->text).shell;
    const bool is_named = path.ends_with(".sh");
    if (begin == shell::dialect::other || (begin == shell::dialect::none && !is_named)) {
        return nullptr;
    }
    return std::make_shared<const loaded_script>(found->name, std::move(found->text));
}

std::optional<std::string> docker_case::stop_signal() const {
    const auto& set = stage()->stop_signal;
    if (!set) {
        return std::nullopt;
    }
    const auto name = shell::signal_name(set->value.text.text());
    return set->value.is_known && name ? std::optional<std::string>(*name) : std::nullopt;
}

const docker_instruction* docker_case::stop_signal_by() const {
    return stage()->stop_signal ? stage()->stop_signal->from : nullptr;
}

}  // namespace lastcall::lint
