#include "agent/engine/probe.hpp"

namespace lastcall::agent {

namespace asio = boost::asio;

class probe::state : public std::enable_shared_from_this<probe::state> {
public:
    state(asio::io_context& loop, asio::thread_pool& aside, const check_spec& what, probe_ways ways,
          events on)
        : loop_(loop),
          aside_(aside),
          what_(what),
          ways_(std::move(ways)),
          on_(std::move(on)),
          timer_(loop) {}

    void begin() {
        std::weak_ptr<state> self = weak_from_this();
        if (ways_.refresh) {
            ways_.refresh(ways_);
        }
        running_ = try_probe(loop_, aside_, what_, ways_, [self](std::string problem) {
            if (auto alive = self.lock()) {
                alive->take(std::move(problem));
            }
        });
    }

    void call_off() {
        is_over_ = true;
        running_.reset();
        timer_.cancel();
    }

    [[nodiscard]] const std::string& last() const noexcept { return last_; }

private:
    enum class standing : std::uint8_t { unknown, good, bad };

    void take(std::string problem) {
        running_.reset();
        const bool is_good = problem.empty();
        last_ = is_good ? "good" : std::move(problem);
        in_a_row_ = is_good == was_good_ ? in_a_row_ + 1 : 1;
        was_good_ = is_good;
        wait();
        if (is_good && in_a_row_ >= what_.passes && standing_ != standing::good) {
            standing_ = standing::good;
            on_.passed();
        } else if (!is_good && in_a_row_ >= what_.failures && standing_ != standing::bad) {
            standing_ = standing::bad;
            on_.failed(last_);
        }
    }

    void wait() {
        timer_.expires_after(what_.interval);
        timer_.async_wait([self = weak_from_this()](boost::system::error_code cancelled) {
            if (auto alive = self.lock(); alive && !cancelled && !alive->is_over_) {
                alive->begin();
            }
        });
    }

    asio::io_context& loop_;
    asio::thread_pool& aside_;
    check_spec what_;
    probe_ways ways_;
    events on_;
    asio::steady_timer timer_;
    std::shared_ptr<void> running_;
    std::string last_;
    unsigned in_a_row_ = 0;
    bool was_good_ = false;
    bool is_over_ = false;
    standing standing_ = standing::unknown;
};

probe::probe(asio::io_context& loop, asio::thread_pool& aside, const check_spec& what,
             probe_ways ways, events on)
    : state_(std::make_shared<state>(loop, aside, what, std::move(ways), std::move(on))) {
    state_->begin();
}

probe::~probe() { state_->call_off(); }

const std::string& probe::last() const noexcept { return state_->last(); }

}  // namespace lastcall::agent
