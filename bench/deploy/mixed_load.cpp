#include "mixed_load.hpp"

#include <netinet/tcp.h>
#include <sys/epoll.h>

#include <array>
#include <memory>
#include <queue>

#include "link.hpp"
#include "sys/clock.hpp"

namespace deploy_bench {
namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t patience = 20 * second;
constexpr std::int64_t reset_comes_within = second / 20;  // microseconds, over the loopback
constexpr std::int64_t look_every = second / 10;

/// A FIN has come, and no RST: the server had read all that was sent.
bool is_close_wait(int fd) {
    tcp_info info{};
    socklen_t size = sizeof info;
    return ::getsockopt(fd, SOL_TCP, TCP_INFO, &info, &size) == 0 &&
           info.tcpi_state == TCP_CLOSE_WAIT;
}

struct one_client {
    enum class state : std::uint8_t { thinks, asks, doubts } now = state::thinks;
    const lane_terms* lane = nullptr;
    std::unique_ptr<link> over{};
    int uses = 0;
    std::int64_t due = 0;    ///< thinks: asks then; asks: is late then; doubts: looks then
    std::int64_t asked = 0;  ///< when the request was begun
    std::string number{}, text{}, title{};
};

class crowd {
public:
    explicit crowd(const mixed_load_terms& terms)
        : terms_(terms), poll_(::epoll_create1(EPOLL_CLOEXEC)), began_(now_ns()) {
        for (const auto& lane : terms.lanes) {
            for (int i = 0; i < lane.clients; ++i) {
                clients_.push_back({.lane = &lane});
                think(clients_.size() - 1);
            }
        }
    }

    account run(const std::function<bool(const account&)>& is_over) {
        for (auto look = began_ + look_every; !is_stopping_ || busy_ > 0;) {
            if (now_ns() >= look) {
                look += look_every;
                is_stopping_ = is_stopping_ || is_over(into_);
            }
            wait(std::min(look, wakes_.empty() ? look : wakes_.top().at));
            while (!wakes_.empty() && wakes_.top().at <= now_ns()) {
                const auto next = wakes_.top();
                wakes_.pop();
                if (clients_[next.who].due == next.at) {
                    wake(next.who);
                }
            }
        }
        return std::move(into_);
    }

private:
    using state = one_client::state;

    struct wake_up {
        std::int64_t at = 0;
        std::size_t who = 0;
        bool operator>(const wake_up& other) const noexcept { return at > other.at; }
    };

    std::int64_t pick(std::int64_t low, std::int64_t high) {
        return std::uniform_int_distribution(low, high)(random_);
    }

    void wake_at(std::size_t who, std::int64_t when) {
        clients_[who].due = when;
        wakes_.push({when, who});
    }

    void think(std::size_t who) {
        using std::chrono::nanoseconds;
        auto& one = clients_[who];
        one.now = state::thinks;
        wake_at(who, now_ns() + pick(nanoseconds(one.lane->least_thought).count(),
                                     nanoseconds(one.lane->most_thought).count()));
    }

    void wake(std::size_t who) {
        auto& one = clients_[who];
        switch (one.now) {
            case state::thinks:
                return is_stopping_ ? one.over.reset() : ask(who);
            case state::asks:
                return end(who, request_end::late, "no answer");
            case state::doubts:
                return end(
                    who,
                    is_close_wait(one.over->fd()) ? request_end::abandoned : request_end::idle_race,
                    one.over->problem());
        }
    }

    void ask(std::size_t who) {
        auto& one = clients_[who];
        if (one.over &&
            lastcall::sys::peek(one.over->fd()).status != lastcall::sys::io_status::would_block) {
            ++into_.noticed;
            one.over.reset();
        }
        if (one.over && one.over->answers() >= one.uses) {
            one.over.reset();
        }
        write_request(one);
        one.now = state::asks;
        one.asked = now_ns();
        ++busy_;
        wake_at(who, one.asked + patience);
        if (!one.over) {
            one.uses = static_cast<int>(pick(one.lane->least_uses, one.lane->most_uses));
            one.over = std::make_unique<link>(terms_.at);
            epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
                              .data = {.u64 = who}};
            ::epoll_ctl(poll_.get(), EPOLL_CTL_ADD, one.over->fd(), &event);
        }
        one.over->ask(one.text);
        turn(who);
    }

    void write_request(one_client& one) {
        const auto last = static_cast<std::int64_t>(terms_.paths.size()) - 1;
        const auto& what = terms_.paths[static_cast<std::size_t>(pick(0, last))];
        const bool has_body = what.method == "POST";
        one.number = std::to_string(++number_);
        one.title = what.method + " " + what.path;
        one.text = one.title + (what.path.find('?') == std::string::npos ? "?" : "&") +
                   "id=" + one.number + " HTTP/1.1\r\nHost: localhost\r\n" +
                   (has_body ? "Content-Length: " + std::to_string(terms_.body.size()) +
                                   "\r\n\r\n" + terms_.body
                             : "\r\n");
    }

    void turn(std::size_t who) {
        auto& one = clients_[who];
        if (one.now != state::asks) {
            return;  // an idle connection that ends is noticed before it is used again
        }
        const auto found = one.over->turn();
        if (found == link::state::answered) {
            answered(who);
        } else if (found == link::state::broken) {
            broken(who);
        }
    }

    void answered(std::size_t who) {
        auto& one = clients_[who];
        const int status = one.over->status();
        const auto id = one.over->field("x-id");
        if (status >= 500) {
            return end(who, request_end::server_error, std::to_string(status));
        }
        if (status >= 300 || (terms_.echoes && id != one.number)) {
            return end(who, request_end::wrong,
                       "status " + std::to_string(status) + ", id " + std::string(id));
        }
        const auto took = static_cast<double>(now_ns() - one.asked) / 1e6;
        into_.longest_ms = std::max(into_.longest_ms, took);
        ++into_.versions[std::string(one.over->field("x-version"))];
        end(who, request_end::answered, {});
    }

    void broken(std::size_t who) {
        auto& one = clients_[who];
        const auto& problem = one.over->problem();
        if (problem == "refused" || problem == "cannot be connected") {
            end(who, request_end::refused, problem);
        } else if (!one.over->is_silent()) {
            end(who, request_end::cut, problem);
        } else if (one.over->answers() == 0) {
            end(who, request_end::reset_fresh, problem);
        } else if (problem == "closed") {
            one.now = state::doubts;
            wake_at(who, now_ns() + reset_comes_within);
        } else {
            end(who, request_end::idle_race, problem);
        }
    }

    void end(std::size_t who, request_end how, const std::string& why) {
        auto& one = clients_[who];
        --busy_;
        const bool is_good = how == request_end::answered;
        into_.add(one.lane->name, how, static_cast<double>(one.asked - began_) / 1e9,
                  is_good ? std::string()
                          : one.title + ": " + why + " after " +
                                std::to_string(one.over->answers()) + " requests");
        if (!is_good || one.over->will_close() || one.lane->most_uses == 1) {
            one.over.reset();
        }
        think(who);
    }

    void wait(std::int64_t until) {
        const auto left = std::max<std::int64_t>(until - now_ns(), 0);
        const timespec limit{left / second, left % second};
        std::array<epoll_event, 256> events;
        const int count =
            ::epoll_pwait2(poll_.get(), events.data(), events.size(), &limit, nullptr);
        for (int i = 0; i < count; ++i) {
            turn(events[static_cast<std::size_t>(i)].data.u64);
        }
    }

    const mixed_load_terms& terms_;
    lastcall::sys::unique_fd poll_;
    std::int64_t began_;
    std::vector<one_client> clients_;
    std::priority_queue<wake_up, std::vector<wake_up>, std::greater<>> wakes_;
    std::mt19937_64 random_{std::random_device{}()};
    std::int64_t number_ = 0;
    int busy_ = 0;
    bool is_stopping_ = false;
    account into_;
};

}  // namespace

account run_mixed_load(const mixed_load_terms& terms,
                       const std::function<bool(const account&)>& is_over) {
    lastcall::sys::use_exact_timers();
    return crowd(terms).run(is_over);
}

}  // namespace deploy_bench
