#include "runtime/watchdog.hpp"

#include <lastcall/state.hpp>

#include "runtime/last_words.hpp"
#include "sys/event_fd.hpp"
#include "sys/process/process.hpp"
#include "sys/process/thread.hpp"

namespace lastcall::runtime {

using std::chrono::steady_clock;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t signal_tag = 1;
constexpr std::uint64_t changed_tag = 2;
constexpr std::uint64_t serve_tag = 3;

// The explanation begins this long before the deadline, and is cut this long after it.
constexpr auto explanation_lead = 25ms;
constexpr auto explanation_overrun = 5ms;

steady_clock::time_point from_ns(std::int64_t ns) {
    return steady_clock::time_point(std::chrono::nanoseconds(ns));
}

const std::vector<int>& stop_signals() {
    static const std::vector<int> numbers{SIGTERM, SIGINT};
    return numbers;
}

std::string list(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& n : names) {
        text += (text.empty() ? "" : ", ") + n;
    }
    return text;
}

// A thread made before would be killed by the first SIGTERM.
void refuse_unsafe_threads() {
    const auto open = sys::threads_open_to(stop_signals());
    if (!open.empty()) {
        throw std::logic_error(
            "the lifecycle must be made before any thread: a stop signal would kill the process "
            "through " +
            list(open) + "; make it first in main, or block the signals in these threads");
    }
}

}  // namespace

watchdog::watchdog(std::string service, const step_board& steps)
    : service_(std::move(service)),
      steps_(steps),
      signals_((refuse_unsafe_threads(), stop_signals())),
      changed_(sys::make_event()) {
    epoll_.add(signals_.fd(), signal_tag);
    epoll_.add(changed_.get(), changed_tag);
}

watchdog::~watchdog() { stop(); }

void watchdog::start(std::function<void(const sys::arrived_signal&)> on_signal) {
    on_signal_ = std::move(on_signal);
    const sys::all_signals_blocked blocked;
    thread_ = std::thread([this] { run(); });
}

void watchdog::serve_also(int fd, std::function<void()> serve) {
    serve_ = std::move(serve);
    epoll_.add(fd, serve_tag);
}

void watchdog::stop() noexcept {
    if (thread_.joinable()) {
        leave_.store(true);
        sys::signal_event(changed_.get());
        thread_.join();
    }
}

void watchdog::arm(steady_clock::time_point deadline) noexcept {
    const std::int64_t wanted = std::chrono::nanoseconds(deadline.time_since_epoch()).count();
    std::int64_t seen = deadline_.load();
    while (wanted < seen && !deadline_.compare_exchange_weak(seen, wanted)) {
    }
    sys::signal_event(changed_.get());
}

std::optional<steady_clock::time_point> watchdog::deadline() const noexcept {
    const std::int64_t at = deadline_.load();
    return at == never ? std::nullopt : std::optional(from_ns(at));
}

void watchdog::disarm() noexcept {
    deadline_.store(never);
    sys::signal_event(changed_.get());
}

void watchdog::run() noexcept {
    sys::name_this_thread("lastcall-watch");
    while (!leave_.load()) {
        const std::int64_t at = deadline_.load();
        if (at != never && steady_clock::now() >= from_ns(at) - explanation_lead) {
            end_process(from_ns(at));
        }
        const auto wake =
            at == never ? std::nullopt : std::optional(from_ns(at) - explanation_lead);
        for (const std::uint64_t tag : epoll_.wait(wake)) {
            if (tag == signal_tag) {
                take_signals();
            } else if (tag == serve_tag) {
                serve_();
            } else {
                sys::clear_event(changed_.get());
            }
        }
    }
}

void watchdog::take_signals() noexcept {
    sys::arrived_signal signal;
    while (signals_.take(signal)) {
        on_signal_(signal);
    }
}

void watchdog::end_process(steady_clock::time_point deadline) noexcept {
    constexpr int code = static_cast<int>(exit_status::abandoned);
    // Should the explanation itself get stuck, on a lock inside the loader or the
    // allocator, an alarm ends the process.
    sys::exit_by_alarm(code, deadline + explanation_overrun + 5ms - steady_clock::now());
    explain_what_is_left(service_, steps_, deadline + explanation_overrun);
    sys::sleep_until(deadline);
    sys::exit_at_once(code);
}

}  // namespace lastcall::runtime
