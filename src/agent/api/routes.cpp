#include "agent/api/routes.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "agent/api/api_error.hpp"
#include "agent/api/target.hpp"

namespace lastcall::agent {

using http::verb;

namespace {

constexpr std::array table{
    route{verb::get, "/v1/status", role::read, operation::show},
    route{verb::get, "/v1/services/{name}", role::read, operation::show_service},
    route{verb::post, "/v1/services/{name}/deploys", role::deploy, operation::deploy},
    route{verb::post, "/v1/services/{name}/rollback", role::deploy, operation::rollback},
    route{verb::post, "/v1/services/{name}/restart", role::deploy, operation::restart},
    route{verb::post, "/v1/services/{name}/start", role::deploy, operation::start},
    route{verb::post, "/v1/services/{name}/stop", role::deploy, operation::stop},
    route{verb::get, "/v1/services/{name}/history", role::read, operation::service_history},
    route{verb::get, "/v1/services/{name}/logs", role::read, operation::logs},
    route{verb::get, "/v1/deploys/{number}", role::read, operation::show_deploy},
    route{verb::post, "/v1/deploys/{number}/approve", role::approve, operation::approve},
    route{verb::post, "/v1/deploys/{number}/reject", role::approve, operation::reject},
    route{verb::get, "/v1/events", role::read, operation::events},
    route{verb::get, "/v1/journal", role::read, operation::journal},
    route{verb::post, "/v1/apply", role::deploy, operation::apply},
    route{verb::post, "/v1/stop", role::deploy, operation::stop_all},
    route{verb::post, "/v1/upgrade", role::deploy, operation::upgrade},
    route{verb::get, "/metrics", role::read, operation::metrics},
    route{verb::get, "/ready", role::none, operation::ready},
};

using parts = std::vector<std::string_view>;

parts split(std::string_view path) {
    parts made;
    path.remove_prefix(path.starts_with('/') ? 1 : 0);
    for (;;) {
        const std::size_t slash = path.find('/');
        made.push_back(path.substr(0, slash));
        if (slash == std::string_view::npos) {
            return made;
        }
        path.remove_prefix(slash + 1);
    }
}

bool is_place(std::string_view part) { return part.starts_with('{'); }

bool matches(const parts& pattern, const parts& path) {
    return std::equal(pattern.begin(), pattern.end(), path.begin(), path.end(),
                      [](std::string_view wanted, std::string_view given) {
                          return is_place(wanted) ? !given.empty() : wanted == given;
                      });
}

std::size_t edits_between(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) {
        row[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t before = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t same = before + (a[i - 1] == b[j - 1] ? 0 : 1);
            before = row[j];
            row[j] = std::min({same, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row.back();
}

// Nobody needs the distance of long ones; it takes time by their product.
constexpr std::size_t longest_compared = 100;

std::string_view nearest(std::string_view path) {
    std::string_view best = table.front().path;
    std::size_t least = std::string_view::npos;
    const parts given = split(path.substr(0, longest_compared));
    for (const route& one : table) {
        std::size_t edits = 0;
        const parts pattern = split(one.path);
        for (std::size_t i = 0; i < std::max(pattern.size(), given.size()); ++i) {
            const std::string_view wanted = i < pattern.size() ? pattern[i] : "";
            const std::string_view is = i < given.size() ? given[i] : "";
            edits += is_place(wanted) && !is.empty() ? 0 : edits_between(wanted, is);
        }
        if (edits < least) {
            least = edits;
            best = one.path;
        }
    }
    return best;
}

void fill(routed& made, std::string_view path) {
    const parts pattern = split(made.to->path);
    const parts given = split(path);
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == "{name}") {
            made.name = decode_part(given[i]);
        } else if (pattern[i] == "{number}") {
            const auto number = read_whole(given[i]);
            if (!number || *number == 0) {
                refuse_request("\"" + decode_part(given[i]) +
                               "\" is no number of a deploy; it takes a whole one from 1 up");
            }
            made.number = *number;
        }
    }
}

}  // namespace

std::string_view to_string(role value) noexcept {
    switch (value) {
        case role::none:
            return "none";
        case role::read:
            return "read";
        case role::deploy:
            return "deploy";
        case role::approve:
            break;
    }
    return "approve";
}

std::optional<role> to_role(std::string_view text) noexcept {
    for (const role one : {role::read, role::deploy, role::approve}) {
        if (text == to_string(one)) {
            return one;
        }
    }
    return std::nullopt;
}

bool allows(role has, role needed) noexcept {
    return needed == role::none || has == needed || (needed == role::read && has != role::none);
}

std::span<const route> routes() noexcept { return table; }

routed find_route(verb method, std::string_view path) {
    const parts given = split(path);
    const verb wanted = method == verb::head ? verb::get : method;  // RFC 9110, section 9.3.2
    std::string allowed;
    routed made;
    for (const route& one : table) {
        if (path.starts_with('/') && matches(split(one.path), given)) {
            allowed.append(allowed.empty() ? "" : ", ")
                .append(one.method == verb::get ? "GET, HEAD" : "POST");
            if (one.method == wanted) {
                made.to = &one;
            }
        }
    }
    if (made.to != nullptr) {
        fill(made, path);
        return made;
    }
    if (allowed.empty()) {
        throw api_error(http::status::not_found, "not_found",
                        "there is no " + decode_part(path.substr(0, longest_compared)),
                        "did you mean " + std::string(nearest(path)) + "?");
    }
    throw api_error(http::status::method_not_allowed, "method_not_allowed",
                    "this path is not for that method", "use " + allowed)
        .with(http::field::allow, allowed);
}

}  // namespace lastcall::agent
