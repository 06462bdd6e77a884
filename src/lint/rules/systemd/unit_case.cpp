#include "lint/rules/systemd/unit_case.hpp"

#include <algorithm>
#include <array>
#include <system_error>

#include "lint/shell/shebang.hpp"
#include "lint/text/read_file.hpp"
#include "lint/unit/unit_values.hpp"
#include "sys/signal/signal_names.hpp"

namespace lastcall::lint {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 8> type_words{"simple", "exec",   "forking",       "oneshot",
                                                     "dbus",   "notify", "notify-reload", "idle"};
constexpr std::array type_values{service_type::simple,  service_type::exec, service_type::forking,
                                 service_type::oneshot, service_type::dbus, service_type::notify,
                                 service_type::notify,  service_type::idle};
constexpr std::array<std::string_view, 4> kill_modes{"control-group", "mixed", "process", "none"};

bool is_word_of(std::string_view text, std::string_view chars) {
    return !text.empty() && text.find_first_not_of(chars) == std::string_view::npos;
}

/// @bindir@, @PIDFILE@: what configure puts in.
bool has_at_name(std::string_view text) {
    constexpr std::string_view name =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
    for (auto at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
        const auto end = text.find('@', at + 1);
        if (end == std::string_view::npos) {
            return false;
        }
        if (is_word_of(text.substr(at + 1, end - at - 1), name)) {
            return true;
        }
    }
    return false;
}

}  // namespace

bool is_template_text(std::string_view text) {
    return text.find("{{") != std::string_view::npos || text.find("{%") != std::string_view::npos ||
           text.find("<%") != std::string_view::npos || has_at_name(text);
}

further_place further_at(const unit_source& from, std::string what) {
    return {from.file->path, from.setting->at, std::move(what)};
}

unit_case::unit_case(judged_unit of, const fs::path& judged, file_report& report,
                     reported_places& done)
    : of_(std::move(of)),
      report_(report),
      done_(done),
      loaded_(load_unit(of_.name, of_.file, of_.roots)) {
    for (const unit_file& one : view().files()) {
        std::error_code failed;
        if (one.path == judged.native() || fs::equivalent(one.path, judged, failed)) {
            judged_ = &one;
        }
    }
    starts_ = runs_of("ExecStart");
    stops_ = runs_of("ExecStop");
    stop_posts_ = runs_of("ExecStopPost");
}

std::vector<unit_run> unit_case::runs_of(std::string_view setting) const {
    std::vector<unit_run> made;
    for (unit_command& one : unit_commands(view(), "Service", setting)) {
        std::vector<launch_word> words;
        const bool is_refused = !one.problems.empty();
        for (const command_word& word : is_refused ? std::vector<command_word>() : one.words) {
            words.push_back(
                written_word(word.text, word.is_known && !is_template_text(word.text.text())));
        }
        const auto lines = std::make_shared<line_index>(one.from.file->lines);
        auto chain = follow_launch(std::move(words), one.from.file->path, lines,
                                   [this](const std::string& path) { return find_script(path); });
        made.push_back({std::move(one), std::move(chain)});
    }
    return made;
}

std::shared_ptr<const loaded_script> unit_case::find_script(const std::string& path) const {
    // Only where the unit lies in a tree that has its programs, too.
    if (of_.top.empty() || !path.starts_with('/')) {
        return nullptr;
    }
    const auto at = of_.top / path.substr(1);
    std::error_code failed;
    constexpr std::uintmax_t most = 1UL << 20;
    if (!fs::is_regular_file(at, failed) || fs::file_size(at, failed) > most) {
        return nullptr;
    }
    auto read = read_file(at);
    if (!read.text || read.text->find('\0') != std::string::npos) {
        return nullptr;
    }
    const auto begin = shell::read_shebang(*read.text).shell;
    if (begin == shell::dialect::other || begin == shell::dialect::none) {
        return nullptr;
    }
    return std::make_shared<const loaded_script>(at.string(), std::move(*read.text));
}

finding* unit_case::add(std::string_view rule, const unit_source& from, place at,
                        std::string what) const {
    if (from.file != judged_ || !done_.emplace(rule, at.offset).second) {
        return nullptr;
    }
    return &report_.add(rule, at, std::move(what));
}

finding* unit_case::add(std::string_view rule, const unit_source& from, std::string what) const {
    return add(rule, from, from.setting->at, std::move(what));
}

bool unit_case::is_templated(std::string_view section, std::string_view setting) const {
    const auto& all = view().said(section, setting);
    return std::any_of(all.begin(), all.end(),
                       [](const unit_source& one) { return is_template_text(one.text()); });
}

std::optional<unit_source> unit_case::said_last(std::string_view section,
                                                std::string_view setting) const {
    const auto& all = view().said(section, setting);
    return all.empty() ? std::nullopt : std::optional(all.back());
}

service_type unit_case::type() const {
    if (is_templated("Service", "Type")) {
        return service_type::unknown;
    }
    if (const auto said = view().choice("Service", "Type", type_words)) {
        const auto at = std::find(type_words.begin(), type_words.end(), said->text());
        return type_values[static_cast<std::size_t>(at - type_words.begin())];
    }
    if (!is_whole()) {
        return service_type::unknown;
    }
    // systemd.service(5), Type=
    return view().text("Service", "BusName") ? service_type::dbus
           : starts_.empty()                 ? service_type::oneshot
                                             : service_type::simple;
}

bool unit_case::is_long_running() const {
    const auto is = type();
    return is != service_type::unknown && is != service_type::oneshot &&
           is != service_type::forking &&
           view().boolean("Service", "RemainAfterExit").value_or(unit_answer<bool>{}).value ==
               false;
}

std::string_view unit_case::kill_mode() const {
    if (is_templated("Service", "KillMode")) {
        return {};
    }
    if (const auto said = view().choice("Service", "KillMode", kill_modes)) {
        return *std::find(kill_modes.begin(), kill_modes.end(), said->text());
    }
    return is_whole() ? "control-group" : "";
}

std::optional<std::string> unit_case::stop_signal() const {
    if (is_templated("Service", "KillSignal")) {
        return std::nullopt;
    }
    if (const auto said = view().signal("Service", "KillSignal")) {
        std::string name(sys::signal_name(said->value));
        return name.starts_with("SIG") ? name.substr(3) : name;
    }
    return is_whole() ? std::optional<std::string>("TERM") : std::nullopt;
}

std::optional<unit_answer<std::chrono::microseconds>> unit_case::stop_timeout() const {
    if (is_templated("Service", "TimeoutStopSec") || is_templated("Service", "TimeoutSec")) {
        return std::nullopt;
    }
    return view().stop_timeout();
}

const unit_run* unit_case::main_run() const { return starts_.size() == 1 ? &starts_[0] : nullptr; }

fs::path unit_case::find_unit(const std::string& name) const {
    for (const fs::path& root : of_.roots) {
        std::error_code failed;
        if (fs::is_regular_file(root / name, failed)) {
            return root / name;
        }
    }
    return {};
}

}  // namespace lastcall::lint
