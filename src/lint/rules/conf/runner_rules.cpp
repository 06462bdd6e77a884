// What starts programs from a list: pm2's ecosystem file and the Procfile (X09).
#include <algorithm>

#include "lint/conf/conf_time.hpp"
#include "lint/conf/js_objects.hpp"
#include "lint/launch/launch_steps.hpp"
#include "lint/launch/stop_time.hpp"
#include "lint/rules/conf/conf_case.hpp"
#include "lint/text/read_file.hpp"

namespace lastcall::lint {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// https://pm2.keymetrics.io/docs/usage/signals-clean-restart/
constexpr milliseconds pm2_default{1600};
/// What Heroku gives, which is the longest of those that read a Procfile: foreman gives 5 s.
constexpr milliseconds procfile_longest = seconds(30);

/// A handler for the signal that pm2 sends: the program does something before it ends.
bool handles_interrupt(const fs::path& script) {
    const auto read = read_file(script);
    return read.text && (read.text->find("on('SIGINT'") != std::string::npos ||
                         read.text->find("on(\"SIGINT\"") != std::string::npos ||
                         read.text->find("once('SIGINT'") != std::string::npos ||
                         read.text->find("once(\"SIGINT\"") != std::string::npos);
}

void check_app(const conf_case& given, const js_object& app) {
    const auto* script = app.find("script");
    const auto* set = app.find("kill_timeout");
    if (script == nullptr || !script->text || app.is_open || app.find("cwd") != nullptr) {
        return;
    }
    const auto limit = set == nullptr ? std::optional(pm2_default)
                       : set->text    ? conf_time(*set->text, milliseconds(1))
                                      : std::nullopt;
    if (!limit || *limit > pm2_default ||
        !handles_interrupt(given.path.parent_path() / *script->text)) {
        return;
    }
    given.report.add("X09", set == nullptr ? script->at : set->at,
                     "pm2 sends SIGKILL " + seconds_text(*limit) + " s after SIGINT" +
                         (set == nullptr ? " where kill_timeout is not set" : "") + ", and " +
                         *script->text + " has something to do on SIGINT");
}

/// What is no scalar is set to something that is not known.
js_object app_of(const yaml_ref& entry) {
    js_object made;
    made.is_open = entry.may_have_more();
    for (const auto& [key, value] : entry.entries()) {
        if (key.text()) {
            const auto text = value.text();
            made.values.push_back({std::string(*key.text()), key.used_at(),
                                   text ? std::optional<std::string>(*text) : std::nullopt,
                                   value.used_at()});
        }
    }
    return made;
}

}  // namespace

void check_pm2_yaml(const conf_case& given) {
    for (const yaml_ref& root : roots(given.yaml)) {
        for (const yaml_ref& one : root.get("apps").items()) {
            check_app(given, app_of(one));
        }
    }
}

void check_pm2_conf(const conf_case& given) {
    for (const js_object& one : read_js_objects(given.text)) {
        if (one.key == "apps") {
            check_app(given, one);
        }
    }
}

void check_procfile(const conf_case& given) {
    const auto lines = std::make_shared<line_index>(given.file.lines);
    for (const conf_item& one : given.file.items) {
        const auto chain = follow_command(one.words.front().text, given.report.file(), lines, true);
        check_stop_needs(given, chain, *lines,
                         {"X09", procfile_longest, "Heroku (foreman even sooner)", {}});
        check_uvicorn_command(given.report, chain, *lines);
    }
}

}  // namespace lastcall::lint
