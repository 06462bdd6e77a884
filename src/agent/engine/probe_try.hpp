// One try of a check: a GET, a connection, a command or a file. Ends within its timeout.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/service_spec.hpp"

namespace lastcall::agent {

/// How the generation that is meant is reached.
struct probe_ways {
    /// Where connections go: "tcp:127.0.0.1:8080" or "unix:/path".
    std::string address;
    /// Called with the local port of a connection that is about to be opened: `go` is called
    /// with where to connect to, once connections from this port reach the generation. Empty:
    /// they do so by themselves.
    std::function<void(std::uint16_t port, std::function<void(std::string address)> go)> open_path =
        {};
    /// Calls back whether the generation has accepted all connections. Empty: not to be known.
    std::function<void(std::function<void(bool)>)> has_accepted = {};
    std::map<std::string, std::string> environment = {};  ///< of a command
    /// Before each try: brings `address` up to date. A program may bind it while it is asked.
    std::function<void(probe_ways&)> refresh = {};
    std::vector<probe_ways> others = {};  ///< to its other sockets
};

/// Empty text: it is good; else what was met, in words.
using probe_answer = std::function<void(std::string)>;

/// Begins one try. Returns: what it is, destroyed to call it off; `answer` is called once,
/// not from within this function, and not after the destruction.
/// Errors: none; what cannot be tried is answered as bad.
[[nodiscard]] std::shared_ptr<void> try_probe(boost::asio::io_context& loop,
                                              boost::asio::thread_pool& aside,
                                              const check_spec& what, const probe_ways& ways,
                                              probe_answer answer);

/// "http://127.0.0.1:9000/ready" or "/ready" with `address` -> where, Host and path.
struct http_target {
    std::string address, host, path;
};
/// Returns: false when `text` is none; `why` in words.
bool read_http_target(std::string_view text, std::string_view address, http_target& into,
                      std::string& why);

}  // namespace lastcall::agent
