// A question that is asked until it is answered well, or badly often enough: readiness,
// liveness, the checks of a bake window.
//
// Threads: the engine's. Nothing here blocks.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <string>

#include "agent/config/service_spec.hpp"
#include "agent/engine/probe_try.hpp"

namespace lastcall::agent {

class probe {
public:
    /// `passed`: it was good `passes` times in a row, `failed` likewise for `failures`, with
    /// what the last answer was. Each is called again only after the other. The owner may
    /// destroy the probe in them.
    struct events {
        std::function<void()> passed;
        std::function<void(const std::string& why)> failed;
    };

    /// `ways`  how a try reaches the generation that is meant
    probe(boost::asio::io_context& loop, boost::asio::thread_pool& aside, const check_spec& what,
          probe_ways ways, events on);
    ~probe();

    /// What the last try has met: "connection refused", "answered 503".
    [[nodiscard]] const std::string& last() const noexcept;

private:
    class state;
    std::shared_ptr<state> state_;
};

}  // namespace lastcall::agent
