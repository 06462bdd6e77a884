#include "adapters/worker/crew.hpp"

#include <stdexcept>
#include <utility>

#include "adapters/worker/backoff.hpp"

namespace lastcall::adapters {
namespace {

// How long a `take` may wait. Nothing depends on it: a stop wakes the queue.
constexpr std::chrono::seconds take_wait{10};

std::string current_error() {
    try {
        throw;
    } catch (const std::exception& error) {
        return error.what();
    } catch (...) {
        return "something that is not a std::exception";
    }
}

}  // namespace

crew::crew(worker_options options, job_queue& queue, worker_pool::handler handle,
           std::chrono::milliseconds renew_every)
    : options_(std::move(options)),
      queue_(queue),
      handle_(std::move(handle)),
      renew_every_(renew_every),
      door_(options_.name),
      label_(label::intern(options_.name)) {
    if (options_.threads == 0 || options_.prefetch == 0 || !handle_) {
        throw std::invalid_argument("worker pool \"" + options_.name +
                                    "\": needs a thread, a prefetch of 1 or more, and a handler");
    }
    try {
        for (std::size_t i = 0; i < options_.threads; ++i) {
            {
                const std::lock_guard lock(mutex_);
                ++at_work_;
            }
            try {
                threads_.emplace_back([this] { work(); });
            } catch (...) {
                const std::lock_guard lock(mutex_);
                --at_work_;
                throw;
            }
        }
        renewer_ = std::thread([this] { renew(); });
    } catch (...) {
        enter_phase(phase::hurried);
        join();
        throw;
    }
}

crew::~crew() {
    begin_stop();
    enter_phase(phase::hurried);
    join();
}

component crew::describe() {
    return {.name = options_.name,
            .uses = options_.uses,
            .gates = {&door_},
            .drain =
                [this](const stop_context& context) {
                    drain([&](std::string_view what) { context.progress(what); });
                },
            .force = [this] { force(); },
            .drain_share = options_.drain_share};
}

void crew::go() { enter_phase(phase::working); }

void crew::begin_stop() noexcept {
    door_.close();
    enter_phase(phase::stopping);
    queue_.wake();
}

void crew::drain(const std::function<void(std::string_view)>& progress) {
    begin_stop();
    {
        std::unique_lock lock(mutex_);
        while (at_work_ > 0) {
            const std::size_t before = at_work_;
            changed_.wait(lock, [&] { return at_work_ != before; });
            if (at_work_ > 0) {
                const std::string what = std::to_string(at_work_) + " of " +
                                         std::to_string(threads_.size()) + " threads still work";
                lock.unlock();
                progress(what);
                lock.lock();
            }
        }
    }
    join();
    const std::lock_guard lock(mutex_);
    if (!unsettled_.empty()) {
        std::string message =
            "the queue could not be told about " + std::to_string(unsettled_.size()) + " job(s):";
        for (const std::string& one : unsettled_) {
            message += " " + one + ";";
        }
        message.back() = '.';
        throw std::runtime_error(message + " They come back when their lease ends");
    }
}

void crew::force() noexcept {
    begin_stop();
    enter_phase(phase::hurried);
    forced_.request_stop();
}

void crew::work() {
    {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return phase_ != phase::parked; });
    }
    backoff wait;
    while (now() == phase::working) {
        std::vector<job> batch;
        const auto asked = clock::now();
        bool failed = false;
        try {
            batch = queue_.take(options_.prefetch, take_wait);
        } catch (...) {
            note_failure("take", current_error());
            failed = true;
        }
        for (const job& one : batch) {
            run(one);
        }
        // An empty answer before its time is a queue that was woken for somebody else;
        // asking again at once would be a busy loop.
        if (failed || (batch.empty() && clock::now() - asked < take_wait)) {
            pause(wait.next(), phase::working);
        } else {
            wait.reset();
        }
    }
    const std::lock_guard lock(mutex_);
    --at_work_;
    changed_.notify_all();
}

void crew::run(const job& at_hand) {
    pass inside = door_.try_enter(label_);
    if (!inside) {
        settle(at_hand, verdict::put_back, {});
        return;
    }
    std::string why;
    const verdict how = call_handler(at_hand, why);
    settle(at_hand, how, why);
    inside.end();
    if (how == verdict::put_back) {
        // "Not now": without a pause the same job would be back at once.
        pause(backoff().next(), phase::working);
    }
}

crew::verdict crew::call_handler(const job& at_hand, std::string& why) {
    struct counted {
        std::atomic<std::size_t>& running;
        explicit counted(std::atomic<std::size_t>& of) : running(of) { ++running; }
        ~counted() { --running; }
    };
    const counted here(busy_);
    try {
        switch (handle_(at_hand, forced_.get_token())) {
            case job_outcome::done:
                return verdict::finish;
            case job_outcome::finished:
                return verdict::none;
            case job_outcome::put_back:
                return verdict::put_back;
        }
        return verdict::put_back;
    } catch (...) {
        why = current_error();
        // A handler that was forced failed through us and not through its job.
        return forced_.stop_requested() ? verdict::put_back : verdict::fail;
    }
}

void crew::settle(const job& held, verdict how, const std::string& why) {
    backoff wait;
    for (;;) {
        const phase seen = now();
        try {
            switch (how) {
                case verdict::finish:
                    queue_.finish(held);
                    break;
                case verdict::put_back:
                    queue_.put_back(held);
                    break;
                case verdict::fail:
                    queue_.fail(held, why);
                    break;
                case verdict::none:
                    break;
            }
            return;
        } catch (...) {
            const std::string error = current_error();
            note_failure(how == verdict::finish     ? "finish"
                         : how == verdict::put_back ? "put_back"
                                                    : "fail",
                         error);
            if (seen == phase::hurried) {
                const char* const what = how == verdict::finish     ? " (done): "
                                         : how == verdict::put_back ? " (to be put back): "
                                                                    : " (failed): ";
                const std::lock_guard lock(mutex_);
                unsettled_.push_back("job " + held.id + what + error);
                return;
            }
        }
        pause(wait.next(), seen);
    }
}

void crew::renew() {
    std::unique_lock lock(mutex_);
    while (renewing_) {
        changed_.wait_for(lock, renew_every_, [&] { return !renewing_; });
        if (renewing_ && phase_ != phase::parked) {
            lock.unlock();
            try {
                queue_.renew();
            } catch (...) {
                note_failure("renew", current_error());
            }
            lock.lock();
        }
    }
}

void crew::note_failure(const char* call, const std::string& error) {
    const std::lock_guard lock(mutex_);
    ++failures_.count;
    failures_.last = std::string(call) + ": " + error;
}

queue_failures crew::failures() const {
    const std::lock_guard lock(mutex_);
    return failures_;
}

void crew::pause(std::chrono::milliseconds how_long, phase seen) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, how_long, [&] { return phase_ != seen; });
}

crew::phase crew::now() const {
    const std::lock_guard lock(mutex_);
    return phase_;
}

void crew::enter_phase(phase next) noexcept {
    const std::lock_guard lock(mutex_);
    if (next > phase_) {
        phase_ = next;
        changed_.notify_all();
    }
}

void crew::join() {
    for (std::thread& one : threads_) {
        if (one.joinable()) {
            one.join();
        }
    }
    {
        const std::lock_guard lock(mutex_);
        renewing_ = false;
        changed_.notify_all();
    }
    if (renewer_.joinable()) {
        renewer_.join();
    }
}

}  // namespace lastcall::adapters
