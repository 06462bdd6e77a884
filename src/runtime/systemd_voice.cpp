#include "runtime/systemd_voice.hpp"

#include <algorithm>

#include "runtime/gate_pool.hpp"

namespace lastcall::runtime {

using namespace std::chrono_literals;
using std::chrono::duration_cast;
using std::chrono::microseconds;

namespace {

constexpr auto look_every = 1s;
constexpr auto asked_at_once = 10s;

// systemd drops a datagram above PIPE_BUF, which is 4096 bytes.
constexpr std::size_t longest_status = 1000;

// One line of UTF-8: a line end would begin another key, and systemd ignores a status in
// which a character was cut in two.
std::string one_line(std::string text) {
    if (text.size() > longest_status) {
        std::size_t end = longest_status;
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
            --end;
        }
        text.resize(end);
    }
    std::replace_if(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    return text;
}

}  // namespace

systemd_voice::systemd_voice(const heartbeats& loops, bool asks_for_time)
    : loops_(loops), asks_for_time_(asks_for_time), watchdog_(sys::systemd_watchdog()) {}

void systemd_voice::ready() const noexcept { socket_.send("READY=1\nSTATUS=ready"); }

void systemd_voice::stopping() {
    is_stopping_ = true;
    inside_before_ = inside_all_gates();
    socket_.send("STOPPING=1");
}

void systemd_voice::enter(state next) {
    state_ = next;
    progressed_ = true;
    tell_status();
}

void systemd_voice::step_said(std::string_view component, std::string text) {
    progressed_ = true;
    const auto of_component = [&](const auto& one) { return one.first == component; };
    const auto found = std::find_if(said_.begin(), said_.end(), of_component);
    if (found != said_.end()) {
        found->second = std::move(text);
    } else {
        said_.emplace_back(component, std::move(text));
    }
}

void systemd_voice::step_ended(std::string_view component) {
    progressed_ = true;
    said_.erase(std::remove_if(said_.begin(), said_.end(),
                               [&](const auto& one) { return one.first == component; }),
                said_.end());
}

// "draining, 3 inside; shop: finishing order 17; mail: 2 of 5 sent"
std::string systemd_voice::status() const {
    std::string text(to_string(state_));
    if (const std::size_t inside = inside_all_gates(); inside > 0) {
        text += ", " + std::to_string(inside) + " inside";
    }
    for (const auto& [component, words] : said_) {
        text += "; " + component + ": " + words;
    }
    return one_line(std::move(text));
}

void systemd_voice::tell_status() const {
    if (socket_) {
        socket_.send("STATUS=" + status());
    }
}

void systemd_voice::tick(clock::time_point now, std::optional<clock::time_point> end) {
    if (watchdog_ && now >= next_feed_) {
        feed_watchdog(now);
    }
    if (socket_ && is_stopping_ && end && now >= next_look_) {
        ask_for_time(now, *end);
    }
}

void systemd_voice::feed_watchdog(clock::time_point now) {
    const auto loops = loops_.results(now);
    if (std::all_of(loops.begin(), loops.end(), [](const auto& l) { return l.good; })) {
        socket_.send("WATCHDOG=1");
    }
    next_feed_ = now + *watchdog_ / 3;
}

// Progress is real when a step ended, a state was entered, a step said so, or fewer
// are inside than before. Only then is systemd asked for more time.
void systemd_voice::ask_for_time(clock::time_point now, clock::time_point end) {
    next_look_ = now + look_every;
    const std::size_t inside = inside_all_gates();
    if (progressed_ || inside < inside_before_) {
        const auto more = std::min<clock::duration>(end - now, asked_at_once);
        if (asks_for_time_ && more > 0s) {
            socket_.send("EXTEND_TIMEOUT_USEC=" +
                         std::to_string(duration_cast<microseconds>(more).count()));
        }
        tell_status();
    }
    progressed_ = false;
    inside_before_ = inside;
}

std::optional<clock::time_point> systemd_voice::next_tick() const noexcept {
    std::optional<clock::time_point> next;
    if (socket_ && is_stopping_) {
        next = next_look_;
    }
    if (watchdog_) {
        next = next ? std::min(*next, next_feed_) : next_feed_;
    }
    return next;
}

}  // namespace lastcall::runtime
