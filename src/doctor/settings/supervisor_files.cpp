// supervisord.conf and circus.ini: which section is that of a program, and what it says.
#include <algorithm>
#include <map>
#include <memory>

#include "doctor/settings/program_words.hpp"
#include "doctor/settings/supervision.hpp"
#include "lint/conf/conf_time.hpp"
#include "lint/conf/read_conf.hpp"
#include "lint/text/mapped_text.hpp"

namespace lastcall::doctor {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr milliseconds usual_wait = seconds(10);  // stopwaitsecs

/// A file that is read, with the text that it points to.
struct read_ini_file {
    std::string path;
    std::string text;
    lint::conf_file file;
};

struct found_section {
    const read_ini_file* in = nullptr;
    const lint::conf_item* item = nullptr;

    [[nodiscard]] const lint::conf_item* get(std::string_view name) const {
        return in->file.last_in(item, name);
    }
    [[nodiscard]] std::string_view value(std::string_view name) const {
        const auto* one = get(name);
        return one == nullptr ? std::string_view() : one->value();
    }
    [[nodiscard]] bool is_on(std::string_view name) const {
        const auto text = lint::lower(value(name));
        return text == "true" || text == "1" || text == "yes" || text == "on";
    }
    [[nodiscard]] std::string source(std::string_view name) const {
        const auto* one = get(name);
        return std::string(name) + " of " + in->path + ":" +
               std::to_string((one == nullptr ? item : one)->at.line);
    }
};

/// A file and those that it includes.
class ini_files {
public:
    ini_files(std::string_view section, const surroundings& around)
        : section_(section), around_(around) {}

    /// Returns: false where it is not there, or may not be read.
    bool read(const std::string& path) {
        auto text = around_.read(path);
        if (!text) {
            return false;
        }
        auto& made = *files_.emplace_back(std::make_unique<read_ini_file>());
        made.path = path;
        made.text = std::move(*text);
        made.file = lint::read_ini(made.text, lint::ini_style::supervisor);
        return true;
    }

    /// Patterns are below the folder of the file that names them.
    void read_included(std::string_view key) {
        std::vector<std::string> paths;
        for (const auto& file : files_) {
            for (const auto* block : file->file.in(nullptr, section_)) {
                const auto* item = file->file.last_in(block, key);
                for (const auto& one : split_words(item == nullptr ? "" : item->value())) {
                    const auto above = file->path.substr(0, file->path.rfind('/') + 1);
                    const auto more = around_.matching(one.starts_with('/') ? one : above + one);
                    paths.insert(paths.end(), more.begin(), more.end());
                }
            }
        }
        for (const auto& path : paths) {
            (void)read(path);
        }
    }

    [[nodiscard]] std::vector<found_section> sections(std::string_view begin) const {
        std::vector<found_section> made;
        for (const auto& file : files_) {
            for (const lint::conf_item& one : file->file.items) {
                if (one.is_block && one.name.starts_with(begin)) {
                    made.push_back({file.get(), &one});
                }
            }
        }
        return made;
    }

private:
    std::string_view section_;
    const surroundings& around_;
    std::vector<std::unique_ptr<read_ini_file>> files_;
};

std::string name_behind(const lint::conf_item& section) {
    return section.name.substr(section.name.find(':') + 1);
}

/// The command of the section is what this process runs: the file of its program, or of its script.
bool is_command_of(std::string_view command, const seen_process& one) {
    const auto words = split_words(command);
    return !words.empty() && is_named(one, words.front().substr(words.front().rfind('/') + 1));
}

/// The only one of which the command fits; null: none, or several.
const found_section* section_by_command(const std::vector<found_section>& all, const char* key,
                                        const seen_process& one) {
    const found_section* found = nullptr;
    for (const found_section& each : all) {
        if (is_command_of(each.value(key), one)) {
            if (found != nullptr) {
                return nullptr;
            }
            found = &each;
        }
    }
    return found;
}

/// supervisord tells a program its name, unless that has written over its environment.
const found_section* section_of(const std::vector<found_section>& all,
                                const placed_process& program) {
    const auto name = program.around.variable("SUPERVISOR_PROCESS_NAME");
    const auto group = program.around.variable("SUPERVISOR_GROUP_NAME");
    for (const std::string& wanted : {name, group}) {
        for (const found_section& each : all) {
            if (!wanted.empty() && name_behind(*each.item) == wanted) {
                return &each;
            }
        }
    }
    return section_by_command(all, "command", program.process);
}

std::optional<milliseconds> wait_in(const found_section& one) {
    const auto* set = one.get("stopwaitsecs");
    return set == nullptr ? std::optional(usual_wait) : lint::conf_time(set->value());
}

/// It stops one group after another; each program is a group of its own, unless it is in one.
void add_up(const ini_files& files, const std::vector<found_section>& programs, supervised& into) {
    std::map<std::string, std::string> group_of;
    for (const found_section& group : files.sections("group:")) {
        std::string names(group.value("programs"));
        std::replace(names.begin(), names.end(), ',', ' ');
        for (const std::string& one : split_words(names)) {
            group_of[one] = group.item->name;
        }
    }
    std::map<std::string, milliseconds> longest;
    for (const found_section& one : programs) {
        const auto name = name_behind(*one.item);
        const auto wait = wait_in(one);
        if (!wait) {
            return;
        }
        auto& of_group = longest[group_of.contains(name) ? group_of[name] : one.item->name];
        of_group = std::max(of_group, *wait);
    }
    into.groups = longest.size();
    for (const auto& [name, wait] : longest) {
        into.all += wait;
    }
}

/// The file behind -c, or the first that supervisord would find.
bool read_supervisor_files(const placed_process& above, ini_files& files) {
    const auto words = words_of(above.process);
    auto named = words.option("-c");
    named = named ? named : words.option("--configuration");
    if (named) {
        return files.read(above.around.whole(*named));
    }
    for (const char* path : {"supervisord.conf", "etc/supervisord.conf", "/etc/supervisord.conf",
                             "/etc/supervisor/supervisord.conf"}) {
        if (files.read(above.around.whole(path))) {
            return true;
        }
    }
    return false;
}

}  // namespace

void read_supervisord(const placed_process& above, const placed_process& program,
                      supervised& into) {
    ini_files files("include", above.around);
    if (!read_supervisor_files(above, files)) {
        return;
    }
    files.read_included("files");
    auto programs = files.sections("program:");
    const auto more = files.sections("fcgi-program:");
    programs.insert(programs.end(), more.begin(), more.end());
    const auto* found = section_of(programs, program);
    if (found == nullptr) {
        return;
    }
    const auto wait = wait_in(*found);
    into.wait = wait ? std::optional<nanoseconds>(*wait) : std::nullopt;
    into.is_default = found->get("stopwaitsecs") == nullptr;
    into.source = into.is_default
                      ? "stopwaitsecs, by default: not in " + found->item->name + " of " +
                            found->in->path + ":" + std::to_string(found->item->at.line)
                      : found->source("stopwaitsecs");
    into.is_known = wait.has_value();
    into.to_group = found->is_on("stopasgroup");
    into.kills_group = into.to_group || found->is_on("killasgroup");
    if (found->get("stopsignal") != nullptr) {
        take_signal(found->value("stopsignal"), found->source("stopsignal"), into);
    }
    add_up(files, programs, into);
}

void read_circus(const placed_process& above, const placed_process& program, supervised& into) {
    ini_files files("circus", above.around);
    const auto words = words_of(above.process);
    const auto named = std::find_if(words.words.begin(), words.words.end(),
                                    [](const auto& one) { return one.ends_with(".ini"); });
    if (named == words.words.end() || !files.read(above.around.whole(*named))) {
        return;
    }
    files.read_included("include");
    const auto watchers = files.sections("watcher:");
    const auto* found = section_by_command(watchers, "cmd", program.process);
    if (found == nullptr) {
        return;
    }
    into.is_known = true;
    into.to_group = found->is_on("stop_children");
    if (found->get("graceful_timeout") != nullptr) {
        const auto wait = lint::conf_time(found->value("graceful_timeout"));
        into.wait = wait ? std::optional<nanoseconds>(*wait) : std::nullopt;
        into.source = found->source("graceful_timeout");
        into.is_known = wait.has_value();
        into.is_default = false;
    }
    if (found->get("stop_signal") != nullptr) {
        take_signal(found->value("stop_signal"), found->source("stop_signal"), into);
    }
}

}  // namespace lastcall::doctor
