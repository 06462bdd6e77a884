#include "doctor/settings/stopper.hpp"

#include <algorithm>

#include "doctor/look/look.hpp"
#include "doctor/look/script_line.hpp"
#include "lint/launch/loaded_script.hpp"
#include "lint/shell/left_time.hpp"
#include "lint/text/line_index.hpp"
#include "lint/text/read_file.hpp"

namespace lastcall::doctor {
namespace {

using lint::shell::stop_way;

/// "web", "web.service" and "unit web.service" are one.
std::string_view bare_name(std::string_view name) {
    name = name.substr(name.rfind(' ') + 1);
    return name.ends_with(".service") ? name.substr(0, name.size() - 8) : name;
}

bool names(const lint::shell::left_time& one, const platform_facts& subject) {
    return std::any_of(one.targets.begin(), one.targets.end(), [&](const auto& target) {
        return !target.is_known() || bare_name(target.what.text) == bare_name(subject.name);
    });
}

/// The command stops the subject, as far as it can be told: of a kill one does not know.
bool is_about(const lint::shell::left_time& one, const platform_facts& subject) {
    switch (one.way) {
        case stop_way::unit_stop:
        case stop_way::unit_kill:
            return subject.kind == platform_kind::systemd && names(one, subject);
        case stop_way::container_stop:
        case stop_way::container_kill:
        case stop_way::container_remove:
            return subject.kind == platform_kind::docker && names(one, subject);
        case stop_way::compose_stop:
        case stop_way::compose_kill:
            return subject.kind == platform_kind::docker;
        case stop_way::kubectl_delete:
        case stop_way::kubectl_drain:
            return false;
        default:
            return true;
    }
}

}  // namespace

stopper read_stopper(const std::string& file, const platform_facts& subject) {
    const auto read = lint::read_file(file);
    if (!read.text) {
        throw look_error("--stopped-by: " + file + " cannot be read: " + read.why_not,
                         "give the script that stops it");
    }
    const lint::loaded_script script(file, *read.text);
    const lint::line_index lines(*read.text);
    stopper made;
    made.file = file;
    for (const auto& one : lint::shell::left_times(script.run())) {
        const bool is_longer =
            made.line != 0 && (!one.value || (made.leaves && *made.leaves <= *one.value));
        if (is_longer || !is_about(one, subject)) {
            continue;
        }
        made.leaves = one.value;
        made.line = lines.at(one.where.begin).line;
        made.text = line_text(*read.text, lines, made.line);
    }
    return made;
}

}  // namespace lastcall::doctor
