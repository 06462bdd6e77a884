// haproxy.cfg: X04.
#include <algorithm>
#include <system_error>

#include "lint/rules/conf/conf_case.hpp"
#include "lint/text/read_file.hpp"

namespace lastcall::lint {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view haproxy_key = "hard-stop-after";

/// HAProxy reads all files of a folder that it is given: another one may have the setting.
bool is_set_beside(const fs::path& path) {
    std::error_code failed;
    const auto folder = path.parent_path();
    for (fs::directory_iterator one(folder.empty() ? "." : folder, failed);
         !failed && one != fs::directory_iterator(); one.increment(failed)) {
        if (one->path().extension() != ".cfg" || one->path().filename() == path.filename()) {
            continue;
        }
        const auto read = read_file(one->path());
        if (!read.text || read.text->find(haproxy_key) != std::string::npos) {
            return true;
        }
    }
    return false;
}

/// What is said for all holds where a proxy that clients connect to says nothing itself.
bool is_default_used(const conf_file& file) {
    for (const std::string_view kind : {"frontend", "listen"}) {
        for (const conf_item* one : file.in(nullptr, kind)) {
            if (file.last_in(one, "mode") == nullptr) {
                return true;
            }
        }
    }
    return false;
}

/// What makes connections that last. Null: nothing says so.
const conf_item* tunnels(const conf_file& file) {
    for (const conf_item& one : file.items) {
        const bool is_tunnel = one.name == "timeout" && one.value() == "tunnel";
        const bool is_tcp = one.name == "mode" && one.value() == "tcp" &&
                            (!file.is_within(one, "defaults") || is_default_used(file));
        if (is_tunnel || is_tcp) {
            return &one;
        }
    }
    return nullptr;
}

}  // namespace

bool is_endless_haproxy(const conf_case& given) {
    // .if, .elif: parts hold for some versions or environments only.
    if (given.file.in(nullptr, "global").empty() ||
        may_be_set_elsewhere(given.file, conf_kind::haproxy) ||
        !given.file.all(haproxy_key).empty() || is_set_beside(given.path)) {
        return false;
    }
    // Without a proxy of its own it is a piece of a configuration.
    return !given.file.in(nullptr, "frontend").empty() || !given.file.in(nullptr, "listen").empty();
}

void check_haproxy_conf(const conf_case& given) {
    if (!is_endless_haproxy(given)) {
        return;
    }
    const auto globals = given.file.in(nullptr, "global");
    const auto* lasting = tunnels(given.file);
    auto& made = given.report.add(
        "X04", globals.front()->at,
        lasting != nullptr
            ? "an old HAProxy stays after a reload for as long as one of its tunnels does"
            : "an old HAProxy stays after a reload for as long as a client keeps sending");
    if (lasting == nullptr) {
        made.how = severity::note;
        made.sure = confidence::hint;
    } else {
        made.further.push_back({given.report.file(), lasting->at, "connections that last"});
    }
}

}  // namespace lastcall::lint
