// nginx.conf: X01.
#include <algorithm>

#include "lint/rules/conf/conf_case.hpp"
#include "lint/text/mapped_text.hpp"

namespace lastcall::lint {
namespace {

/// What makes connections that last: an upgraded one, or a proxied stream. Null: nothing here does.
const conf_item* lasting(const conf_file& file) {
    for (const conf_item& one : file.items) {
        if (one.name == "proxy_set_header" && one.words.size() == 2 &&
            lower(one.words[0].text.text()) == "upgrade" && !one.words[1].text.empty()) {
            return &one;
        }
        if (one.name == "proxy_pass" && file.is_within(one, "stream") &&
            file.is_within(one, "server")) {
            const auto listens = file.in(file.parent(one), "listen");
            const bool is_udp =
                std::any_of(listens.begin(), listens.end(), [](const conf_item* listen) {
                    return std::any_of(listen->words.begin(), listen->words.end(),
                                       [](const auto& word) { return word.text.text() == "udp"; });
                });
            if (!is_udp) {
                return &one;
            }
        }
    }
    return nullptr;
}

}  // namespace

const conf_item* endless_in_nginx(const conf_case& given) {
    const auto* events = given.file.last_in(nullptr, "events");
    if (events == nullptr || given.file.last_in(nullptr, "worker_shutdown_timeout") != nullptr ||
        may_be_set_elsewhere(given.file, conf_kind::nginx)) {
        return nullptr;  // a piece of a configuration, or one with a limit
    }
    return lasting(given.file);
}

void check_nginx_conf(const conf_case& given) {
    const auto* at = endless_in_nginx(given);
    if (at == nullptr) {
        return;
    }
    const auto* events = given.file.last_in(nullptr, "events");
    const bool is_stream = at->name == "proxy_pass";
    auto& made = given.report.add(
        "X01", at->at,
        std::string(is_stream ? "a connection through this proxy" : "a WebSocket through here") +
            " keeps an old worker until the client leaves: nothing limits its shutdown");
    made.further.push_back({given.report.file(), events->at, "the main context of nginx"});
}

}  // namespace lastcall::lint
