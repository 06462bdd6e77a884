#include "agent/engine/connecting_try.hpp"

#include <array>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <cstring>
#include <optional>

namespace lastcall::agent {

using socket = asio::generic::stream_protocol::socket;
using endpoint = asio::generic::stream_protocol::endpoint;

namespace {

/// "127.0.0.1:8080" -> what connect(2) takes. A wildcard is reached by a loopback.
std::optional<endpoint> tcp_endpoint(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) {
        return std::nullopt;
    }
    std::string host(text.substr(0, colon));
    if (host.size() > 1 && host.front() == '[') {
        host = host.substr(1, host.size() - 2);
    }
    if (host.empty() || host == "*" || host == "0.0.0.0") {
        host = "127.0.0.1";
    } else if (host == "::") {
        host = "::1";
    }
    error_code bad;
    const auto address = asio::ip::make_address(host, bad);
    const int port = std::atoi(std::string(text.substr(colon + 1)).c_str());
    if (bad || port < 1 || port > 65535) {
        return std::nullopt;
    }
    return asio::ip::tcp::endpoint(address, static_cast<std::uint16_t>(port));
}

std::optional<endpoint> to_endpoint(std::string_view address) {
    if (address.starts_with("unix:")) {
        return asio::local::stream_protocol::endpoint(std::string(address.substr(5)));
    }
    return tcp_endpoint(address.starts_with("tcp:") ? address.substr(4) : address);
}

/// Where else a program may listen that was to listen at all addresses: at those of IPv4 only.
std::optional<endpoint> other_loopback(std::string_view address) {
    for (const std::string_view all : {"tcp:[::]:", "tcp:*:"}) {
        if (address.starts_with(all)) {
            const auto port = std::string(address.substr(all.size()));
            return tcp_endpoint((all == "tcp:*:" ? "[::1]:" : "127.0.0.1:") + port);
        }
    }
    return std::nullopt;
}

/// connect(2), from a port that reaches the generation that is meant.
class connecting_try : public one_try {
public:
    connecting_try(asio::io_context& loop, const check_spec& what, const probe_ways& ways,
                   std::string address, probe_answer answer)
        : one_try(loop, what, std::move(answer)),
          ways_(ways),
          address_(std::move(address)),
          socket_(loop) {}

protected:
    void start() override {
        const auto where = to_endpoint(address_);
        if (!where) {
            const bool is_port = address_.starts_with("tcp:") && address_.rfind(':') == 3;
            return end_later(is_port ? "nothing is bound at port " + address_.substr(4) + " yet"
                                     : "\"" + address_ + "\" is no address");
        }
        if (!ways_.open_path || address_ != ways_.address) {
            other_ = other_loopback(address_);
            return connect(*where);
        }
        error_code bad;
        socket_.open(where->protocol(), bad);
        if (bad) {
            return end_later(bad.message());
        }
        std::uint16_t port = 0;
        if (!address_.starts_with("unix:")) {
            const bool is_v6 = where->protocol().family() == AF_INET6;
            socket_.bind(
                asio::ip::tcp::endpoint(is_v6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4(), 0), bad);
            if (bad) {
                return end_later(bad.message());
            }
            port = local_port();
        }
        ways_.open_path(port, [self = weak_from_this()](const std::string& address) {
            const auto alive = std::static_pointer_cast<connecting_try>(self.lock());
            if (alive && !alive->is_over()) {
                const auto there = to_endpoint(address);
                there ? alive->connect(*there) : alive->end("no way to it: " + address);
            }
        });
    }

    void stop() override {
        error_code ignored;
        socket_.close(ignored);
    }

    virtual void connected() = 0;

    std::shared_ptr<connecting_try> self() {
        return std::static_pointer_cast<connecting_try>(shared_from_this());
    }

    const probe_ways ways_;
    const std::string address_;
    socket socket_;

private:
    [[nodiscard]] std::uint16_t local_port() const {
        error_code ignored;
        const auto bound = socket_.local_endpoint(ignored);
        asio::ip::tcp::endpoint as_tcp;
        as_tcp.resize(bound.size());
        std::memcpy(as_tcp.data(), bound.data(), bound.size());
        return as_tcp.port();
    }

    void connect(const endpoint& where) {
        socket_.async_connect(where, [alive = self()](error_code bad) {
            if (alive->is_over()) {
                return;
            }
            if (!bad) {
                return alive->connected();
            }
            const auto other = std::exchange(alive->other_, std::nullopt);
            if (!other) {
                return alive->end(bad.message());
            }
            error_code ignored;
            alive->socket_.close(ignored);
            alive->connect(*other);
        });
    }

    std::optional<endpoint> other_;  ///< to be tried when the first is not to be reached
};

/// A connection, and where that can be known, that the program accepts it.
class tcp_try : public connecting_try {
public:
    using connecting_try::connecting_try;

protected:
    void connected() override {
        if (!ways_.has_accepted) {
            return end({});
        }
        ways_.has_accepted([alive = self(), this](bool yes) {
            if (is_over()) {
                return;
            }
            yes ? end({}) : look_again();
        });
    }

    [[nodiscard]] std::string too_late() const override { return "it does not accept connections"; }

private:
    void look_again() {
        again_.expires_after(std::chrono::milliseconds(5));
        again_.async_wait([alive = self(), this](error_code cancelled) {
            if (!cancelled && !is_over()) {
                connected();
            }
        });
    }
    asio::steady_timer again_{loop_};
};

/// GET, and any 2xx (RFC 9110, section 15.3).
class http_try : public connecting_try {
public:
    http_try(asio::io_context& loop, const check_spec& what, const probe_ways& ways,
             const http_target& target, probe_answer answer)
        : connecting_try(loop, what, ways, target.address, std::move(answer)),
          request_("GET " + target.path + " HTTP/1.1\r\nHost: " + target.host +
                   "\r\nUser-Agent: lastcall\r\nConnection: close\r\n\r\n") {}

protected:
    void connected() override {
        asio::async_write(socket_, asio::buffer(request_),
                          [alive = self(), this](error_code bad, std::size_t) {
                              if (!is_over()) {
                                  bad ? end(bad.message()) : read_status();
                              }
                          });
    }

private:
    void read_status() {
        asio::async_read(socket_, asio::buffer(head_),
                         [alive = self(), this](error_code bad, std::size_t size) {
                             if (!is_over()) {
                                 judge(bad, {head_.data(), size});
                             }
                         });
    }

    void judge(error_code bad, std::string_view head) {
        if (head.size() < head_.size() || !head.starts_with("HTTP/1.") || head[8] != ' ') {
            end(!head.empty()             ? "what it answered is no HTTP/1.1"
                : bad == asio::error::eof ? "it closed the connection"
                                          : bad.message());
        } else if (head[9] != '2') {
            end("it answered " + std::string(head.substr(9, 3)));
        } else {
            read_rest();
        }
    }

    /// Closing on a response that is being sent would be a reset in the service's log.
    void read_rest() {
        socket_.async_read_some(asio::buffer(rest_),
                                [alive = self(), this](error_code bad, std::size_t) {
                                    if (!is_over()) {
                                        bad ? end({}) : read_rest();
                                    }
                                });
    }

    std::string request_;
    std::array<char, 12> head_{};  // "HTTP/1.1 200"
    std::array<char, 4096> rest_{};
};

}  // namespace

bool is_tcp_address(std::string_view text) { return tcp_endpoint(text).has_value(); }

std::shared_ptr<one_try> make_tcp_try(asio::io_context& loop, const check_spec& what,
                                      const probe_ways& ways, const std::string& address,
                                      probe_answer answer) {
    return std::make_shared<tcp_try>(loop, what, ways, address, std::move(answer));
}

std::shared_ptr<one_try> make_http_try(asio::io_context& loop, const check_spec& what,
                                       const probe_ways& ways, const http_target& target,
                                       probe_answer answer) {
    return std::make_shared<http_try>(loop, what, ways, target, std::move(answer));
}

}  // namespace lastcall::agent
