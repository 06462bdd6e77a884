#include "agent/engine/keeper_link.hpp"

#include <boost/asio/post.hpp>
#include <cstdio>

#include "sys/error_text.hpp"

namespace lastcall::agent {

using boost::system::error_code;
using descriptor = boost::asio::posix::stream_descriptor;

keeper_link::keeper_link(boost::asio::io_context& loop, sys::unique_fd channel, events on)
    : channel_(std::move(channel)), watched_(loop, channel_.fd()), on_(std::move(on)) {
    wait_readable();
}

keeper_link::~keeper_link() {
    watched_.release();  // the descriptor is the channel's
}

void keeper_link::ask(message what, reply to, const std::vector<int>& descriptors) {
    const auto id = next_id_++;
    what.add("id", id);
    waiting_[id] = std::move(to);
    if (is_lost_ || !channel_.send(what.encode(), descriptors)) {
        return lose();
    }
    flush();
}

void keeper_link::flush() {
    if (!channel_.has_queued() || is_writing_) {
        return;
    }
    is_writing_ = true;
    watched_.async_wait(descriptor::wait_write, [this](error_code bad) {
        if (bad) {
            return;
        }
        is_writing_ = false;
        if (!channel_.flush()) {
            return lose();
        }
        flush();
    });
}

void keeper_link::wait_readable() {
    watched_.async_wait(descriptor::wait_read, [this](error_code bad) {
        if (!bad) {
            take_all();
        }
    });
}

void keeper_link::take_all() {
    using kind = sys::message_channel::received::kind;
    for (;;) {
        const auto got = channel_.receive();
        if (got.what == kind::none) {
            return wait_readable();
        }
        if (got.what == kind::closed) {
            return lose();
        }
        if (const auto what = wire::keeper_message::decode(got.text)) {
            take(*what);
        }
    }
}

void keeper_link::take(const message& what) {
    if (!what.is("done") && !what.is("failed") && !what.is("welcome")) {
        return on_.told(what);
    }
    const auto found = waiting_.find(what.number("id").value_or(0));
    if (found == waiting_.end()) {
        return;
    }
    const auto to = std::move(found->second);
    waiting_.erase(found);
    if (to) {
        to(what);
    } else if (what.is("failed")) {
        std::fprintf(stderr, "lastcall: the keeper refuses `%s`: %s\n",
                     std::string(what.text("word")).c_str(), why_failed(what).c_str());
    }
}

void keeper_link::lose() {
    if (!std::exchange(is_lost_, true)) {
        boost::asio::post(watched_.get_executor(), [this] { on_.lost(); });
    }
}

std::string why_failed(const wire::keeper_message& failed) {
    std::string why(failed.text("why"));
    const auto error = failed.number("error");
    if (why.empty()) {
        why = error ? std::string(sys::error_text(static_cast<int>(*error)))
                    : "the keeper refused it";
    }
    return why;
}

}  // namespace lastcall::agent
