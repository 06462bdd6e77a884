#include "cli/doctor_ready.hpp"

#include "cli/command.hpp"
#include "cli/problem.hpp"
#include "drill/contract/url.hpp"
#include "drill/load/fetch.hpp"
#include "sys/socket/local_address.hpp"
#include "sys/socket/resolve.hpp"

namespace lastcall::cli {
namespace {

constexpr auto patience = std::chrono::seconds(2);

problem bad_url(const std::string& url, const std::string& why) {
    return problem("--ready " + url + ": " + why,
                   "write the URL that is asked for readiness, as http://127.0.0.1:8080/ready",
                   status_usage);
}

drill::url_parts parts_of(const std::string& url) {
    std::string why;
    auto parts = drill::parse_url(url, why);
    if (!parts) {
        throw bad_url(url, why);
    }
    if (parts->uses_tls) {
        throw bad_url(url, "only http is asked");
    }
    return *std::move(parts);
}

}  // namespace

std::function<doctor::readiness_answer()> asker_of(const std::string& url) {
    const auto parts = parts_of(url);
    std::string why;
    const auto at = sys::resolve(parts.host, parts.port, why);
    if (!at) {
        throw bad_url(url, parts.host + ": " + why);
    }
    if (!sys::is_of_this_machine(*at)) {
        throw bad_url(url, at->text() + " is not of this machine, and others are not asked");
    }
    const drill::load_target target{.at = *at, .host = parts.authority, .authority = {}};
    return [=] {
        const auto got = drill::fetch(target, parts.target, patience);
        return doctor::readiness_answer{url, parts.port, got.status, got.problem};
    };
}

}  // namespace lastcall::cli
