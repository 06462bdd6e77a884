#include "agent/api/events.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "agent/api/to_json.hpp"

namespace lastcall::agent {
namespace {

constexpr std::size_t most_latest = 128;
constexpr std::size_t rows_at_once = 64;
constexpr std::size_t bytes_at_once = 64U << 10U;

std::string as_event(const journal_row& row) {
    return "id: " + std::to_string(row.number) + "\nevent: " + row.kind +
           "\ndata: " + text_of(to_json(row)) + "\n\n";
}

std::string last_event(std::string_view kind, std::string_view reason) {
    return "event: " + std::string(kind) + "\ndata: " + text_of({{"reason", std::string(reason)}}) +
           "\n\n";
}

bool matches(const event_filter& filter, const std::string& service, const std::string& kind) {
    return (filter.service.empty() || filter.service == service) &&
           (filter.kinds.empty() ||
            std::find(filter.kinds.begin(), filter.kinds.end(), kind) != filter.kinds.end());
}

}  // namespace

// All but `wake` happens on the event loop of the connection.
class event_follower : public std::enable_shared_from_this<event_follower> {
public:
    event_follower(event_hub& hub, event_filter filter, std::int64_t position, event_timing timing,
                   const boost::asio::any_io_executor& on)
        : hub_(hub),
          filter_(std::move(filter)),
          position_(position),
          timing_(timing),
          on_(on),
          heartbeat_(on) {}

    void start(http::stream out) {
        out_.emplace(std::move(out));
        // The client may come back by itself, a second after the connection has gone.
        send("retry: 1000\n\n");
        beat();
    }

    /// Threads: any.
    void wake() {
        if (!is_woken_.exchange(true)) {
            boost::asio::post(on_, [self = shared_from_this()] {
                self->is_woken_ = false;
                self->pump();
            });
        }
    }

    void leave() {
        hub_.remove(shared_from_this());
        heartbeat_.cancel();
        out_.reset();
    }

private:
    void pump() {
        if (out_ && !is_writing_) {
            if (std::string text = hub_.read(position_, filter_); !text.empty()) {
                send(std::move(text));
            }
        }
    }

    void send(std::string text) {
        is_writing_ = true;
        was_quiet_ = false;
        out_->write(std::move(text), [self = shared_from_this()](bool is_alive) {
            self->is_writing_ = false;
            self->is_slow_ = false;
            if (is_alive) {
                self->pump();
            }
        });
    }

    void beat() {
        heartbeat_.expires_after(timing_.heartbeat);
        heartbeat_.async_wait([self = shared_from_this()](boost::system::error_code error) {
            if (!error && self->out_) {
                self->look();
            }
        });
    }

    void look() {
        if (is_writing_ && is_slow_) {
            out_->write(last_event("dropped",
                                   "you did not read for too long; continue with "
                                   "Last-Event-ID"));
            out_->end();
            return;  // `over` follows
        }
        is_slow_ = is_writing_;
        if (!is_writing_ && was_quiet_) {
            send(": still here\n\n");
        }
        was_quiet_ = true;
        beat();
    }

    event_hub& hub_;
    const event_filter filter_;
    std::int64_t position_;
    const event_timing timing_;
    const boost::asio::any_io_executor on_;
    boost::asio::steady_timer heartbeat_;
    std::optional<http::stream> out_;
    std::atomic<bool> is_woken_{false};
    bool is_writing_ = false;
    bool is_slow_ = false;    ///< it was writing at the last heartbeat, and still is
    bool was_quiet_ = false;  ///< nothing was sent since the last heartbeat
};

void event_hub::note(const journal_row& row) {
    const std::lock_guard lock(mutex_);
    if (followers_.empty()) {
        latest_.clear();
    } else {
        latest_.push_back({row.number, row.service, row.kind, as_event(row)});
        if (latest_.size() > most_latest) {
            latest_.pop_front();
        }
    }
    newest_ = row.number;
    for (const auto& one : followers_) {
        one->wake();
    }
}

void event_hub::add(const std::shared_ptr<event_follower>& one) {
    const std::lock_guard lock(mutex_);
    followers_.insert(one);
}

void event_hub::remove(const std::shared_ptr<event_follower>& one) {
    const std::lock_guard lock(mutex_);
    followers_.erase(one);
}

std::size_t event_hub::followers() const {
    const std::lock_guard lock(mutex_);
    return followers_.size();
}

std::string event_hub::read(std::int64_t& position, const event_filter& filter) {
    std::string text;
    std::int64_t newest = 0;
    {
        const std::lock_guard lock(mutex_);
        newest = newest_;
        if (!latest_.empty() && position + 1 >= latest_.front().number) {
            for (const event& one : latest_) {
                if (one.number > position && text.size() < bytes_at_once) {
                    position = one.number;
                    text += matches(filter, one.service, one.kind) ? one.text : std::string();
                }
            }
            return text;
        }
    }
    // Rows up to `newest` were there before this reads; what is written meanwhile is noted
    // again later, and known by its number.
    for (;;) {
        journal_query what;
        what.service = filter.service;
        what.kinds = filter.kinds;
        what.after = position;
        what.most = rows_at_once;
        const auto rows = commands_.history(what);
        for (const journal_row& row : rows) {
            text += as_event(row);
            position = row.number;
            if (text.size() >= bytes_at_once) {
                return text;
            }
        }
        if (rows.size() < rows_at_once) {
            position = std::max(position, newest);
            return text;
        }
    }
}

void follow_events(http::exchange from, http::response head, event_hub& hub, event_filter filter,
                   std::int64_t position, event_timing timing) {
    if (from.request().method() == http::verb::head) {
        std::move(from).respond(std::move(head));
        return;
    }
    auto follower =
        std::make_shared<event_follower>(hub, std::move(filter), position, timing, from.executor());
    hub.add(follower);  // before the first row is read: none is missed
    follower->start(std::move(from).begin_stream(
        std::move(head), {.farewell = last_event("stopping", "the agent is stopping"),
                          .over = [follower] { follower->leave(); }}));
}

}  // namespace lastcall::agent
