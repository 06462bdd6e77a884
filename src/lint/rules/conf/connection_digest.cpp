#include "lint/rules/conf/connection_digest.hpp"

#include <algorithm>

#include "lint/conf/conf_time.hpp"

namespace lastcall::lint {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// More groups, or blocks around a setting, are no configuration that somebody wrote.
constexpr std::size_t most_groups = 64;
constexpr int deepest_block = 64;

/// https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive_timeout
constexpr milliseconds usual_upstream = seconds(60);

budget_term term_at(const conf_case& given, milliseconds value, std::string what,
                    const conf_word& word) {
    return {value, std::move(what), keep_place(given.report.file(), given.text, word.at)};
}

/// Of the word at `index` behind the name. Unset: there is none, or it is no time.
std::optional<milliseconds> time_at(const conf_item& one, std::size_t index, milliseconds bare) {
    return index < one.words.size() ? conf_time(one.words[index].text.text(), bare) : std::nullopt;
}

/// proxy_read_timeout, where the WebSocket goes through or around it.
std::optional<budget_term> websocket_of_nginx(const conf_case& given, const conf_item& at) {
    const auto* block = given.file.parent(at);
    for (int i = 0; block != nullptr && i < deepest_block; ++i, block = given.file.parent(*block)) {
        const auto* set = given.file.last_in(block, "proxy_read_timeout");
        const auto value = set == nullptr ? std::nullopt : time_at(*set, 0, seconds(1));
        if (set != nullptr) {
            return value ? std::optional(term_at(given, *value, "proxy_read_timeout of a WebSocket",
                                                 set->words.front()))
                         : std::nullopt;
        }
    }
    return std::nullopt;
}

/// `timeout tunnel`, the longest of them.
std::optional<budget_term> tunnel_of_haproxy(const conf_case& given) {
    std::optional<budget_term> made;
    for (const conf_item* one : given.file.all("timeout")) {
        const auto value =
            one->value() == "tunnel" ? time_at(*one, 1, milliseconds(1)) : std::nullopt;
        if (value && (!made || made->value < *value)) {
            made = term_at(given, *value, "timeout tunnel", one->words[1]);
        }
    }
    return made;
}

/// The shortest; 0 ends a connection with each answer, and nobody waits on it.
void take_shorter(std::optional<budget_term>& made, std::optional<milliseconds> value,
                  const conf_case& given, std::string_view what, const conf_word& word) {
    if (value && value->count() > 0 && (!made || *value < made->value)) {
        made = term_at(given, *value, std::string(what), word);
    }
}

bool keeps_in_gunicorn(const conf_file& file) {
    const auto* worker = only_setting(file, "worker_class");
    const auto* threads = only_setting(file, "threads");
    return (worker != nullptr && worker->value() != "sync") ||
           (worker == nullptr && threads != nullptr && threads->value() != "1");
}

/// "web" of web:8000 and of web.shop.svc.cluster.local:80; empty: an address, or this host.
std::string host_of(std::string_view server) {
    auto name = server.substr(0, server.find(':'));
    if (const auto at = name.find(".svc"); at != name.npos) {
        name = name.substr(0, name.find('.'));
    }
    const bool is_address = name.find_first_not_of("0123456789.") == name.npos;
    return is_address || name == "localhost" || name == "unix" ? std::string() : std::string(name);
}

/// Without these nginx ends the connection with each answer.
bool keeps_upstreams(const conf_file& file) {
    const auto versions = file.all("proxy_http_version");
    const auto headers = file.all("proxy_set_header");
    return std::any_of(versions.begin(), versions.end(),
                       [](const conf_item* one) { return one->value() == "1.1"; }) &&
           std::any_of(headers.begin(), headers.end(), [](const conf_item* one) {
               return lower(one->value()) == "connection" && one->words.size() == 2 &&
                      one->words[1].text.empty();
           });
}

}  // namespace

std::optional<budget_term> tunnel_of(const conf_case& given, conf_kind kind) {
    std::optional<budget_term> made;
    if (kind == conf_kind::nginx) {
        const auto* at = endless_in_nginx(given);
        made = at != nullptr && at->name == "proxy_set_header" ? websocket_of_nginx(given, *at)
                                                               : std::nullopt;
        if (made) {
            made->limit = "worker_shutdown_timeout";
        }
    } else if (kind == conf_kind::haproxy && is_endless_haproxy(given)) {
        made = tunnel_of_haproxy(given);
        if (made) {
            made->limit = "hard-stop-after";
        }
    }
    return made;
}

std::optional<budget_term> idle_of_conf(const conf_case& given, conf_kind kind) {
    std::optional<budget_term> made;
    if (kind == conf_kind::nginx) {
        for (const conf_item* one : given.file.all("keepalive_timeout")) {
            if (!given.file.is_within(*one, "upstream")) {
                take_shorter(made, time_at(*one, 0, seconds(1)), given, "keepalive_timeout",
                             one->words.empty() ? conf_word{} : one->words[0]);
            }
        }
    } else if (kind == conf_kind::haproxy) {
        for (const conf_item* one : given.file.all("timeout")) {
            if (one->value() == "http-keep-alive" && one->words.size() > 1) {
                take_shorter(made, time_at(*one, 1, milliseconds(1)), given,
                             "timeout http-keep-alive", one->words[1]);
            }
        }
    } else if (kind == conf_kind::gunicorn || kind == conf_kind::puma) {
        const bool is_puma = kind == conf_kind::puma;
        const auto* set = only_setting(given.file, is_puma ? "persistent_timeout" : "keepalive");
        if (set != nullptr && (is_puma || keeps_in_gunicorn(given.file))) {
            take_shorter(made, time_at(*set, 0, seconds(1)), given,
                         is_puma ? "persistent_timeout" : "keepalive", set->words[0]);
        }
    }
    return made;
}

void digest_upstreams(const conf_case& given, digest_store& into) {
    if (!keeps_upstreams(given.file)) {
        return;
    }
    auto groups = given.file.all("upstream");
    groups.resize(std::min(groups.size(), most_groups));
    for (const conf_item* group : groups) {
        const auto* keeps = given.file.last_in(group, "keepalive");
        if (!group->is_block || keeps == nullptr) {
            continue;
        }
        budget_digest made;
        made.kind = digest_kind::front;
        made.name = "nginx";
        for (const conf_item* server : given.file.in(group, "server")) {
            if (auto host = host_of(server->value()); !host.empty()) {
                made.hosts.push_back(std::move(host));
            }
        }
        const auto* set = given.file.last_in(group, "keepalive_timeout");
        const auto value =
            set == nullptr ? std::optional(usual_upstream) : time_at(*set, 0, seconds(1));
        if (made.hosts.empty() || !value) {
            continue;
        }
        made.where = keep_place(given.report.file(), given.text, keeps->at);
        made.idle =
            set == nullptr
                ? budget_term{*value, "keepalive_timeout of the upstream", made.where, true}
                : term_at(given, *value, "keepalive_timeout of the upstream", set->words.front());
        into.add(std::move(made));
    }
}

}  // namespace lastcall::lint
