// What every kind of try of a check shares: it answers once, within its time.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <string>

#include "agent/engine/probe_try.hpp"

namespace lastcall::agent {

namespace asio = boost::asio;
using boost::system::error_code;

class one_try : public std::enable_shared_from_this<one_try> {
public:
    one_try(asio::io_context& loop, const check_spec& what, probe_answer answer)
        : loop_(loop), what_(what), answer_(std::move(answer)), timer_(loop) {}
    virtual ~one_try() = default;

    void begin() {
        timer_.expires_after(what_.timeout);
        timer_.async_wait([self = weak_from_this()](error_code cancelled) {
            if (auto alive = self.lock(); alive && !cancelled) {
                alive->end(alive->too_late());
            }
        });
        start();
    }

    /// Nobody wants to know any more.
    void call_off() {
        answer_ = {};
        end({});
    }

protected:
    virtual void start() = 0;
    virtual void stop() {}
    [[nodiscard]] virtual std::string too_late() const { return "no answer in time"; }

    /// From within the loop, and never from within the function that began the try.
    void end_later(const std::string& problem) {
        asio::post(loop_, [self = shared_from_this(), problem] { self->end(problem); });
    }

    void end(std::string problem) {
        timer_.cancel();
        stop();
        if (auto answer = std::exchange(answer_, {})) {
            answer(std::move(problem));
        }
    }

    [[nodiscard]] bool is_over() const { return !answer_; }

    asio::io_context& loop_;
    const check_spec what_;

private:
    probe_answer answer_;
    asio::steady_timer timer_;
};

}  // namespace lastcall::agent
