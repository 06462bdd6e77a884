#include "drill/subject/stop_watch.hpp"

#include <algorithm>
#include <filesystem>

#include "sys/process/process.hpp"
#include "sys/process/process_facts.hpp"
#include "sys/socket/listen_queue.hpp"
#include "sys/socket/port_state.hpp"

namespace lastcall::drill {
namespace {

constexpr auto period = std::chrono::milliseconds(5);
/// While something is expected at any moment: the signal taken, the port free.
constexpr auto short_period = std::chrono::milliseconds(1);
constexpr auto soon_after = std::chrono::milliseconds(200);
constexpr auto bind_patience = std::chrono::seconds(1);
constexpr std::size_t samples_at_most = 20'000;

bool has(std::uint64_t mask, int number) noexcept {
    return number > 0 && number <= 64 && (mask >> static_cast<unsigned>(number - 1) & 1U) != 0;
}

std::string temporary_folder() {
    std::error_code ignored;
    return std::filesystem::temp_directory_path(ignored).string();
}

}  // namespace

stop_watch::stop_watch(watch_plan plan) : plan_(std::move(plan)), temporary_(temporary_folder()) {
    std::error_code ignored;
    folder_ = std::filesystem::current_path(ignored).string();
    in_folder_ = sys::names_in(folder_);
    in_temporary_ = sys::names_in(temporary_);
}

stop_watch::~stop_watch() { stop(); }

void stop_watch::begin(const subject& who) {
    pid_ = who.main_pid();
    is_ours_ = who.is_ours();
    shares_network_ = pid_ == 0 || sys::shares_network_with_us(pid_);
    look(clock::now());  // a thread may begin late: what there was before the stop is seen now
    thread_ = std::thread([this] { run(); });
}

void stop_watch::look_at_files(const subject& who) {
    const auto all = who.processes();
    pids_ = {all.begin(), all.end()};
    for (const int pid : all) {
        auto its = sys::files_of(pid);
        files_.paths.merge(its.paths);
        files_.sockets.merge(its.sockets);
    }
    // What it has inherited from us, a log of who runs the drill, is not its own.
    for (const auto& path : sys::files_of(sys::current_process_id()).paths) {
        files_.paths.erase(path);
    }
}

void stop_watch::signal_sent(moment when) {
    const std::lock_guard lock(mutex_);
    signal_ns_ = nanoseconds(when);
    changed_.notify_all();
}

void stop_watch::exited(moment when) {
    const std::lock_guard lock(mutex_);
    exit_ns_ = nanoseconds(when);
    changed_.notify_all();
}

void stop_watch::stop() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
        changed_.notify_all();
    }
    if (thread_.joinable()) {
        thread_.join();
    }
}

void stop_watch::run() {
    std::unique_lock lock(mutex_);
    auto seen_signal = signal_ns_;
    auto seen_exit = exit_ns_;
    while (!is_stopping_) {
        seen_signal = signal_ns_;
        seen_exit = exit_ns_;
        lock.unlock();
        const auto now = clock::now();
        look(now);
        const auto is_soon = [now](std::int64_t since) {
            return since != 0 &&
                   nanoseconds(now) - since < std::chrono::nanoseconds(soon_after).count();
        };
        const bool hurry = (is_soon(seen_signal) && taken_ns_ == 0 && seen_exit == 0) ||
                           (is_soon(seen_exit) && bindable_ns_ == 0);
        lock.lock();
        changed_.wait_until(lock, now + (hurry ? short_period : period), [&] {
            return is_stopping_ || seen_signal != signal_ns_ || seen_exit != exit_ns_;
        });
    }
}

void stop_watch::look(moment now) {
    sample one{.ns = nanoseconds(now)};
    if (plan_.load) {
        const auto view = plan_.load();
        one.in_flight = view.in_flight;
        one.connections = view.connections;
        one.ready = view.ready;
    }
    if (plan_.server && shares_network_) {
        const auto facts = sys::listener_state(sockets_, *plan_.server);
        listener_is_known_ = facts.is_known;
        if (facts.is_known && facts.listens()) {
            has_listened_ = true;
            listener_closed_ns_ = 0;  // it is back: a reload
            one.accept_queue = static_cast<std::int32_t>(facts.waiting);
        } else if (facts.is_known && has_listened_ && listener_closed_ns_ == 0) {
            listener_closed_ns_ = nanoseconds(now);
        }
    }
    keep(one);
    look_at_signal();
    try_port();
}

/// When there are too many, every second one goes, and from then on every second look.
void stop_watch::keep(const sample& one) {
    if (++passed_over_ < keep_every_) {
        return;
    }
    passed_over_ = 0;
    samples_.push_back(one);
    if (samples_.size() >= samples_at_most) {
        for (std::size_t i = 0; 2 * i < samples_.size(); ++i) {
            samples_[i] = samples_[2 * i];
        }
        samples_.resize((samples_.size() + 1) / 2);
        keep_every_ *= 2;
    }
}

/// The moment is that of the look, not of the round: the signal may have been sent within it.
void stop_watch::look_at_signal() {
    std::int64_t sent = 0;
    {
        const std::lock_guard lock(mutex_);
        sent = exit_ns_ == 0 ? signal_ns_ : 0;
    }
    sys::process_facts facts;
    if (sent == 0 || taken_ns_ != 0 || pid_ == 0 || !sys::read_process_facts(pid_, facts) ||
        facts.entry.is_dead()) {
        return;
    }
    const auto& masks = facts.signals;
    const bool is_handled = has(masks.caught, plan_.signal) ||
                            has(masks.by_signalfd, plan_.signal) ||
                            (has(masks.blocked, plan_.signal) && !has(masks.ignored, plan_.signal));
    if (is_handled && !has(masks.pending_main | masks.pending_shared, plan_.signal)) {
        taken_ns_ = nanoseconds(clock::now());
    }
}

/// As with the signal: the exit may have come within this round.
void stop_watch::try_port() {
    {
        const std::lock_guard lock(mutex_);
        if (exit_ns_ == 0) {
            return;
        }
    }
    if (!plan_.server || !shares_network_ || !is_ours_ || !plan_.port_is_freed) {
        return;
    }
    if (bindable_ns_ == 0 && sys::try_bind(*plan_.server, true) == 0) {
        bindable_ns_ = nanoseconds(clock::now());
    }
    if (bindable_without_ns_ == 0 && sys::try_bind(*plan_.server, false) == 0) {
        bindable_without_ns_ = nanoseconds(clock::now());
    }
}

void stop_watch::finish(const subject& who, trial_record& into) {
    const auto until = clock::now() + bind_patience;
    const bool has_exited = exit_ns_ != 0;
    if (has_exited) {
        find_processes(who, into);
        find_sockets(into);
        find_files(into);
        if (plan_.server && shares_network_ && is_ours_ && plan_.port_is_freed) {
            while (bindable_ns_ == 0 && clock::now() < until) {
                sys::sleep_until(clock::now() + short_period);
            }
        }
    }
    stop();
    into.samples = std::move(samples_);
    // Whoever dies of SIGKILL unblocks its signals on the way: that is no handling.
    if (const auto killed = into.marks[mark::killed]; killed == 0 || taken_ns_ < killed) {
        into.marks.set_first(mark::signal_taken, taken_ns_);
    }
    into.marks.set_first(mark::listener_closed, listener_closed_ns_);
    into.marks.set_first(mark::bindable, bindable_ns_);
    if (plan_.server && !shares_network_) {
        into.notes.emplace_back(
            "it has a network namespace of its own: its listener and its sockets were not looked "
            "at");
    } else if (plan_.server && !listener_is_known_) {
        into.notes.emplace_back(
            "the kernel does not tell about listeners (NETLINK_SOCK_DIAG): "
            "accept queue and the close of the listener are not known");
    }
    if (bindable_ns_ != 0 && bindable_without_ns_ == 0) {
        into.notes.emplace_back(
            "a server without SO_REUSEADDR could not have bound the port again: connections are "
            "left in TIME_WAIT");
    }
}

}  // namespace lastcall::drill
