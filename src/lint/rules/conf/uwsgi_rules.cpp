// uwsgi.ini: X03.
#include <algorithm>
#include <array>
#include <system_error>

#include "lint/rules/conf/conf_case.hpp"
#include "lint/text/read_file.hpp"

namespace lastcall::lint {
namespace {

namespace fs = std::filesystem;

/// Settings by which something else may decide what SIGTERM does: another file, a hook, an emperor
/// above it (which stops its vassals by itself) or one in it.
constexpr std::array<std::string_view, 14> open_settings{
    "die-on-term",       "exit-on-reload", "ini", "include", "inherit", "import",
    "hook-master-start", "emperor",        "xml", "json",    "yaml",    "plugins-dir",
    "pymodule-alias",    "unix-signal"};

bool is_yes(const conf_item* one) {
    const auto value = one == nullptr ? std::string_view() : one->value();
    return value == "true" || value == "1" || value == "yes" || value == "on";
}

bool has_word_in(const fs::path& file, std::string_view word) {
    const auto read = read_file(file);
    return read.text && read.text->find(word) != std::string::npos;
}

/// A file beside it says by which signal it is stopped, or that it ends on SIGTERM.
bool is_stopped_otherwise(const fs::path& folder) {
    std::error_code failed;
    for (fs::directory_iterator one(folder, failed); !failed && one != fs::directory_iterator();
         one.increment(failed)) {
        const auto name = one->path().filename().string();
        const bool is_unit = name.ends_with(".service") || name.ends_with(".service.j2");
        const bool is_image = name.starts_with("Dockerfile") ||
                              name.starts_with("docker-compose") || name.starts_with("compose");
        const bool is_start = name.ends_with(".sh") || name.starts_with("Procfile");
        if ((is_unit && has_word_in(one->path(), "KillSignal")) ||
            (name.find("supervisor") != name.npos && has_word_in(one->path(), "stopsignal")) ||
            (is_start && has_word_in(one->path(), "die-on-term")) ||
            (is_image &&
             (has_word_in(one->path(), "STOPSIGNAL") || has_word_in(one->path(), "stop_signal") ||
              has_word_in(one->path(), "die-on-term")))) {
            return true;
        }
    }
    return false;
}

bool is_vassal(const fs::path& path) {
    return std::any_of(path.begin(), path.end(), [](const fs::path& part) {
        const auto name = part.string();
        return name.starts_with("apps-") || name.find("vassals") != std::string::npos;
    });
}

}  // namespace

void check_uwsgi_conf(const conf_case& given) {
    const auto* section = given.file.last_in(nullptr, "uwsgi");
    const auto* master = section == nullptr ? nullptr : given.file.last_in(section, "master");
    if (!is_yes(master) || is_vassal(given.path)) {
        return;
    }
    for (const conf_item& one : given.file.items) {
        if (std::find(open_settings.begin(), open_settings.end(), one.name) !=
                open_settings.end() ||
            one.name.starts_with("hook-") || one.name.starts_with("if-")) {
            return;
        }
    }
    const auto folder = given.path.parent_path();
    if (is_stopped_otherwise(folder.empty() ? "." : folder) ||
        is_stopped_otherwise(folder / "..")) {
        return;
    }
    auto& made = given.report.add("X03", master->at,
                                  "on SIGTERM uWSGI reloads instead of ending: die-on-term is not "
                                  "set");
    place end = conf_case::value_at(*master);
    end.offset += end.size;
    end.column += static_cast<std::uint32_t>(end.size);
    end.size = 0;
    const bool has_return = given.text.substr(end.offset).starts_with('\r');
    made.edits.push_back({end, has_return ? "\r\ndie-on-term = true" : "\ndie-on-term = true"});
    made.fix = "die-on-term = true";
}

}  // namespace lastcall::lint
