// Looks at the subject and its port every 5 ms, on a thread of its own: the curves, when the
// signal was taken, when the listener closed, and what is left when it is over.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "drill/record/run_record.hpp"
#include "drill/subject/subject.hpp"
#include "sys/process/open_files.hpp"
#include "sys/socket/inet_diag.hpp"
#include "sys/socket/socket_client.hpp"

namespace lastcall::drill {

/// What the load knows at a moment.
struct load_view {
    std::int32_t in_flight = 0;
    std::int32_t connections = 0;
    std::int8_t ready = -1;  ///< 1, 0; -1: not known
};

struct watch_plan {
    std::optional<sys::endpoint> server{};  ///< where the service listens; unset: not looked at
    std::function<load_view()> load{};      ///< called on the watch's thread; empty: no curves
    int signal = 15;                        ///< that it is sent; 0: none, a command is the event
    bool port_is_freed = true;  ///< the service is to end, and nobody else takes its port
};

class stop_watch {
public:
    /// Also notes which files are there, so it is to be made before the subject is started,
    /// where the drill starts it.
    explicit stop_watch(watch_plan plan);
    stop_watch(const stop_watch&) = delete;
    stop_watch& operator=(const stop_watch&) = delete;
    ~stop_watch();

    /// Begins to look, once the service is ready.
    void begin(const subject& who);

    /// Just before the strike: what does it have open? Blocks: for a look at /proc.
    void look_at_files(const subject& who);
    void signal_sent(moment when);
    void exited(moment when);

    /// When the load has ended: what is left, and all that was seen.
    /// Blocks: up to a second, for what is still ending.
    void finish(const subject& who, trial_record& into);

private:
    void run();
    void look(moment now);
    void look_at_signal();
    void try_port();
    void keep(const sample& one);
    void stop();

    void find_processes(const subject& who, trial_record& into) const;
    void find_sockets(trial_record& into) const;
    void find_files(trial_record& into) const;

    watch_plan plan_;
    std::string folder_;
    std::string temporary_;
    std::set<std::string> in_folder_;  // before it was started
    std::set<std::string> in_temporary_;
    std::set<int> pids_;     // its processes at the strike
    sys::open_files files_;  // theirs

    int pid_ = 0;
    bool shares_network_ = true;
    bool is_ours_ = false;

    std::mutex mutex_;
    std::condition_variable changed_;
    bool is_stopping_ = false;
    std::int64_t signal_ns_ = 0;
    std::int64_t exit_ns_ = 0;

    // Of the thread, until it has ended.
    sys::inet_diag sockets_;
    std::vector<sample> samples_;
    std::uint32_t keep_every_ = 1;
    std::uint32_t passed_over_ = 0;
    bool has_listened_ = false;
    bool listener_is_known_ = true;
    std::int64_t listener_closed_ns_ = 0;
    std::int64_t taken_ns_ = 0;
    std::atomic<std::int64_t> bindable_ns_{0};
    std::int64_t bindable_without_ns_ = 0;
    std::thread thread_;
};

}  // namespace lastcall::drill
