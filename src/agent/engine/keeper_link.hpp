// The agent's end of the keeper's protocol (docs/keeper-protocol.md): requests with their
// answers, and what the keeper tells by itself.
//
// Threads: the engine's.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <map>
#include <vector>

#include "sys/socket/message_channel.hpp"
#include "wire/keeper_message.hpp"

namespace lastcall::agent {

class keeper_link {
public:
    using message = wire::keeper_message;
    /// Gets `done` or `failed`.
    using reply = std::function<void(const message&)>;

    struct events {
        std::function<void(const message&)> told;
        std::function<void()> lost;  ///< the keeper is gone: no reply will come any more
    };

    /// `channel` as LASTCALL_KEEPER_FD names it.
    keeper_link(boost::asio::io_context& loop, sys::unique_fd channel, events on);
    keeper_link(const keeper_link&) = delete;
    keeper_link& operator=(const keeper_link&) = delete;
    ~keeper_link();

    /// Sends a request; `descriptors` stay the caller's.
    void ask(message what, reply to = {}, const std::vector<int>& descriptors = {});

private:
    void wait_readable();
    void take_all();
    void take(const message& what);
    void flush();
    void lose();

    sys::message_channel channel_;
    boost::asio::posix::stream_descriptor watched_;
    events on_;
    std::map<std::int64_t, reply> waiting_;
    std::int64_t next_id_ = 1;
    bool is_writing_ = false;
    bool is_lost_ = false;
};

/// What a `failed` says, for people.
[[nodiscard]] std::string why_failed(const wire::keeper_message& failed);

}  // namespace lastcall::agent
