#include "agent/api/api.hpp"

#include "agent/api/desk.hpp"
#include "agent/api/gatekeeper.hpp"

namespace lastcall::agent {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t largest_body = 1U << 20U;

void check(const api_options& options) {
    const auto& remote = options.remote;
    if (options.socket.empty()) {
        throw std::invalid_argument("the API needs the path of its socket");
    }
    if (remote.listen.empty()) {
        return;
    }
    if (remote.listen.starts_with("unix:") || remote.listen.starts_with("fd:")) {
        throw std::invalid_argument("api.listen \"" + remote.listen +
                                    "\": it takes an address and a port, as 127.0.0.1:7777");
    }
    if (remote.certificate.empty() || remote.key.empty()) {
        throw std::invalid_argument("api.listen " + remote.listen +
                                    " needs api.certificate and api.key: "
                                    "tokens are never taken in plain text");
    }
    if (remote.tokens_file.empty()) {
        throw std::invalid_argument("api.listen " + remote.listen +
                                    " needs api.tokens; `lastcall token` makes entries");
    }
}

/// The configuration's "tcp:127.0.0.1:7777", as the server takes it.
std::string without_tcp(const std::string& address) {
    constexpr std::string_view tcp = "tcp:";
    return address.starts_with(tcp) ? address.substr(tcp.size()) : address;
}

http::server_options common_options(const api_options& options) {
    http::server_options made;
    made.threads = 1;
    made.backlog = 128;
    made.body_limit = largest_body;
    made.race_grace = 100ms;
    made.linger = 250ms;
    made.loop_limit = 0ms;  // nobody asks for its health; watching would wake an idle agent
    made.uses = options.uses;
    return made;
}

}  // namespace

class api::impl {
public:
    impl(lifecycle& life, api_options o, commands& of)
        : options_((check(o), std::move(o))), desk_(options_, of) {
        if (!options_.remote.listen.empty()) {
            tokens_.emplace(options_.remote.tokens_file, options_.token_failures,
                            options_.token_window, options_.log);
        }
        http::server_options local = common_options(options_);
        local.name = "api";
        local.listen = "unix:" + options_.socket;
        if (tokens_) {
            http::server_options remote = common_options(options_);
            remote.name = "api-tls";
            remote.listen = without_tcp(options_.remote.listen);
            remote.tls = {options_.remote.certificate, options_.remote.key};
            remote.listen_again = options_.listen_again;
            remote.listening = options_.remote_listening;
            remote_.emplace(life, remote, [this](http::exchange x) {
                take(std::move(x), [this](const auto& from) { return tokens_->identify(from); });
            });
        }
        local_.emplace(life, local, [this](http::exchange x) {
            take(std::move(x), [this](const auto& from) { return gatekeeper_.identify(from); });
        });
    }

    [[nodiscard]] std::uint16_t port() const noexcept { return remote_ ? remote_->port() : 0; }

private:
    template <class Identify>
    void take(http::exchange from, Identify identify) {
        const auto c = std::make_shared<call>(std::move(from), desk_.counts(), options_.version);
        try {
            admit(*c, identify);
            desk_.handle(c);
        } catch (...) {
            c->fail(std::current_exception());
        }
    }

    // What does not exist is told only to those who may ask at all.
    template <class Identify>
    void admit(call& c, Identify& identify) {
        routed to;
        std::exception_ptr no_route;
        try {
            to = find_route(c.request().method(), c.from().path());
        } catch (const api_error&) {
            no_route = std::current_exception();
        }
        if (no_route || to.to->needs != role::none) {
            const identity who = identify(c.from());
            if (no_route) {
                std::rethrow_exception(no_route);
            }
            if (!who.may(to.to->needs)) {
                throw api_error(http::status::forbidden, "forbidden",
                                who.who.text() + " has the role " +
                                    std::string(to_string(who.has)) + "; this needs " +
                                    std::string(to_string(to.to->needs)),
                                "use a token of that role");
            }
            c.who = who.who;
        }
        c.at = std::move(to);
    }

    const api_options options_;
    desk desk_;
    const local_gatekeeper gatekeeper_;
    std::optional<token_gatekeeper> tokens_;
    // Last: their threads use the others.
    std::optional<http::server> remote_;
    std::optional<http::server> local_;
};

api::api(lifecycle& life, api_options options, commands& of)
    : impl_(std::make_unique<impl>(life, std::move(options), of)) {}

api::~api() = default;

std::uint16_t api::port() const noexcept { return impl_->port(); }

}  // namespace lastcall::agent
