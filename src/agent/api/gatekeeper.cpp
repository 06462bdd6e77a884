#include "agent/api/gatekeeper.hpp"

#include <boost/beast/core/string.hpp>

#include "agent/api/api_error.hpp"
#include "sys/account_name.hpp"
#include "sys/host.hpp"

namespace lastcall::agent {

using http::field;
using http::status;

local_gatekeeper::local_gatekeeper() {
    // Looked up once: a directory service may take its time.
    for (const std::uint32_t uid : {std::uint32_t{0}, sys::own_uid()}) {
        allowed_.emplace(uid, sys::account_name(uid));
    }
}

identity local_gatekeeper::identify(const http::exchange& from) const {
    const auto peer = from.peer_credentials();
    const auto found = peer ? allowed_.find(peer->uid) : allowed_.end();
    if (found == allowed_.end()) {
        const std::string owner = allowed_.at(sys::own_uid());
        throw api_error(status::forbidden, "forbidden",
                        peer ? "you are uid " + std::to_string(peer->uid) + "; this agent is of " +
                                   owner + " (uid " + std::to_string(sys::own_uid()) + ")"
                             : "nobody can tell who you are",
                        "ask as " + owner + " or root, or use the TLS listener with a token");
    }
    if (from.request().count(field::authorization) > 0) {
        refuse_request("a token is not taken over the unix socket, where you are " + found->second +
                           " with all rights",
                       "leave Authorization out, or use the TLS listener");
    }
    identity made;
    made.who = {actor::kind::user, found->second, peer->uid, peer->pid};
    made.has_all_roles = true;
    return made;
}

identity token_gatekeeper::identify(const http::exchange& from) {
    const auto& request = from.request();
    const auto count = request.count(field::authorization);
    if (count != 1) {
        refuse(from, count == 0 ? "this needs a token" : "Authorization comes more than once",
               false);
    }
    const auto all = request[field::authorization];
    const std::string_view value(all.data(), all.size());
    const std::size_t space = value.find(' ');
    // RFC 9110, section 11.1: the scheme in any case.
    if (space == std::string_view::npos ||
        !boost::beast::iequals(value.substr(0, space), "bearer")) {
        refuse(from, "Authorization is not of the form \"Bearer TOKEN\"", false);
    }
    token_file::found found;
    try {
        found = tokens_.look_up(value.substr(space + 1), sys::wall_clock());
    } catch (const std::exception& e) {
        log_(std::string("api: no token is taken: ") + e.what());
        throw api_error(status::service_unavailable, "unavailable",
                        "the agent cannot read its tokens now", "its log says why");
    }
    if (found.what == token_file::outcome::expired) {
        refuse(from, "the token " + found.name + " has expired", true);
    }
    if (found.what != token_file::outcome::good) {
        refuse(from, "the token is not known", true);
    }
    identity made;
    made.who = {actor::kind::token, found.name, std::nullopt, std::nullopt};
    made.has = found.has;
    return made;
}

void token_gatekeeper::refuse(const http::exchange& from, const std::string& why, bool was_given) {
    const std::string peer = from.peer();
    const std::string address = peer.substr(0, peer.rfind(':'));
    if (failures_.note(address, std::chrono::steady_clock::now())) {
        log_("api: refused " + address + ", again and again: " + why);
        throw api_error(status::too_many_requests, "too_many_failures",
                        "too many requests without a good token came from " + address,
                        "wait, or send a good one")
            .with(field::retry_after, std::to_string(failures_.window().count()));
    }
    throw api_error(status::unauthorized, "unauthorized", why,
                    "`lastcall token NAME --role ROLE` makes one")
        .with(field::www_authenticate, was_given
                                           ? R"(Bearer realm="lastcall", error="invalid_token")"
                                           : R"(Bearer realm="lastcall")");
}

}  // namespace lastcall::agent
