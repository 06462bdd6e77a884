#include "open_load.hpp"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <exception>
#include <memory>
#include <unordered_map>

#include "link.hpp"
#include "sys/clock.hpp"

namespace deploy_bench {
namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t to_end = 5 * second;

/// The moments at which one kind of request is due.
struct schedule {
    std::int64_t every = 0;  ///< 0: never
    std::int64_t next = 0;

    schedule(int rate, std::int64_t from)
        : every(rate > 0 ? second / rate : 0), next(rate > 0 ? from + every : INT64_MAX) {}
    bool is_due(std::int64_t now) const noexcept { return next <= now; }
};

class driver {
public:
    driver(const lastcall::sys::endpoint& at, const std::string& path, std::vector<reply>& into)
        : at_(at),
          kept_text_(request_text(at, path, true)),
          fresh_text_(request_text(at, path, false)),
          into_(into),
          poll_(::epoll_create1(EPOLL_CLOEXEC)) {}

    void send(reply what) {
        if (what.is_kept && !what.was_raced && !idle_.empty()) {
            const int fd = idle_.back();
            idle_.pop_back();
            auto& found = open_.at(fd);
            found.what = what;
            found.over->ask(kept_text_);
            return look(fd);
        }
        auto made = std::make_unique<link>(at_);
        const int fd = made->fd();
        epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {.fd = fd}};
        ::epoll_ctl(poll_.get(), EPOLL_CTL_ADD, fd, &event);
        made->ask(what.is_kept ? kept_text_ : fresh_text_);
        open_[fd] = {std::move(made), what};
    }

    void wait(std::int64_t until) {
        const auto left = std::max<std::int64_t>(until - now_ns(), 0);
        const timespec limit{left / second, left % second};
        std::array<epoll_event, 64> events;
        const int count =
            ::epoll_pwait2(poll_.get(), events.data(), events.size(), &limit, nullptr);
        for (int i = 0; i < count; ++i) {
            look(events[static_cast<std::size_t>(i)].data.fd);
        }
    }

    [[nodiscard]] bool is_waiting() const noexcept { return open_.size() > idle_.size(); }

    void give_up() {
        for (auto& [fd, one] : open_) {
            if (one.over->is_busy()) {
                end(one, "no answer");
            }
        }
    }

private:
    struct one_open {
        std::unique_ptr<link> over;
        reply what;
    };

    void look(int fd) {
        const auto found = open_.find(fd);
        if (found == open_.end()) {
            return;
        }
        auto& one = found->second;
        const auto state = one.over->turn();
        if (state == link::state::answered) {
            end(one, one.over->status() == 200 ? std::string()
                                               : "status " + std::to_string(one.over->status()));
            if (one.what.is_kept && !one.over->will_close()) {
                idle_.push_back(fd);
            } else {
                open_.erase(found);
            }
        } else if (state == link::state::broken) {
            broken(fd);
        }
    }

    void broken(int fd) {
        std::erase(idle_, fd);
        const auto one = std::move(open_.at(fd));
        open_.erase(fd);
        if (!one.over->is_busy()) {
            return;
        }
        // What HTTP/1.1 lets a client do over, and no more: RFC 9110, 9.2.2.
        if (one.over->answers() > 0 && one.over->is_silent() && !one.what.was_raced) {
            reply again = one.what;
            again.was_raced = true;
            return send(again);
        }
        end(one, one.over->problem());
    }

    void end(const one_open& one, const std::string& problem) {
        reply ended = one.what;
        ended.begun_ns = one.over->begun_ns();
        ended.ended_ns = now_ns();
        ended.version = one.over->first_of_body();
        ended.problem = problem;
        into_.push_back(std::move(ended));
    }

    const lastcall::sys::endpoint& at_;
    const std::string kept_text_, fresh_text_;
    std::vector<reply>& into_;
    lastcall::sys::unique_fd poll_;
    std::unordered_map<int, one_open> open_;
    std::vector<int> idle_;
};

}  // namespace

open_load::open_load(const lastcall::sys::endpoint& at, const std::string& path, rates wanted)
    : at_(at), path_(path), wanted_(wanted), thread_([this] {
          try {
              run();
          } catch (const std::exception& error) {
              failure_ = error.what();
          }
      }) {}

open_load::~open_load() {
    is_over_ = true;
    if (thread_.joinable()) {
        thread_.join();
    }
}

std::vector<reply> open_load::finish() {
    is_over_ = true;
    thread_.join();
    if (!failure_.empty()) {
        throw std::runtime_error(failure_);
    }
    return std::move(replies_);
}

void open_load::run() {
    lastcall::sys::use_exact_timers();
    driver drive(at_, path_, replies_);
    schedule kept(wanted_.kept, now_ns());
    schedule fresh(wanted_.fresh, now_ns());
    while (!is_over_) {
        for (auto* one : {&kept, &fresh}) {
            for (; one->is_due(now_ns()); one->next += one->every) {
                drive.send({.meant_ns = one->next, .is_kept = one == &kept});
            }
        }
        drive.wait(std::min(kept.next, fresh.next));
    }
    const auto last = now_ns() + to_end;
    while (drive.is_waiting() && now_ns() < last) {
        drive.wait(std::min(last, now_ns() + second / 100));
    }
    drive.give_up();
}

std::vector<double> times_of(const std::vector<reply>& all, std::int64_t from_ns,
                             std::int64_t to_ns) {
    std::vector<double> made;
    for (const auto& one : all) {
        if (one.problem.empty() && one.meant_ns >= from_ns && one.meant_ns < to_ns) {
            made.push_back(one.took_ms());
        }
    }
    std::ranges::sort(made);
    return made;
}

}  // namespace deploy_bench
