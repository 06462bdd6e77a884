#include "runtime/running_steps.hpp"

#include <algorithm>
#include <exception>
#include <system_error>

#include "runtime/step_control.hpp"
#include "sys/event_fd.hpp"
#include "sys/process/thread.hpp"

namespace lastcall::runtime {

using core::step_kind;

namespace {

/// Not empty, unless there was no error. In the thread that has the exception: nobody else is
/// to hold a part of it.
std::string text_of(const std::exception_ptr& error) {
    if (error == nullptr) {
        return {};
    }
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& e) {
        return *e.what() != '\0' ? e.what() : "threw an exception without a text";
    } catch (...) {
        return "threw something that is not a std::exception";
    }
}

}  // namespace

void running_steps::begin(const std::vector<component>& components, stop_reason reason) {
    components_ = &components;
    reason_ = reason;
    parts_ = std::vector<part_state>(components.size());
}

std::size_t running_steps::close_gates(std::size_t part) {
    std::size_t inside = 0;
    for (gate* g : (*components_)[part].gates) {
        g->close();
        inside += g->count();
        parts_[part].waiting_for.push_back(g);
        try {
            events_.add(g->event_fd(), part);
        } catch (const std::system_error&) {
            // The same gate in two components is in the set already.
        }
    }
    return inside;
}

void running_steps::start(std::size_t part, step_kind kind, clock::time_point limit) {
    step_board::entry& entry = board_.at(part, kind);
    entry.since.store(std::chrono::nanoseconds(clock::now().time_since_epoch()).count());
    entry.limit.store(std::chrono::nanoseconds(limit.time_since_epoch()).count());
    entry.running.store(true, std::memory_order_release);
    bool has_action = true;
    if (kind == step_kind::drain) {
        has_action = static_cast<bool>((*components_)[part].drain);
        parts_[part].drain_running = true;
        parts_[part].action_ended = !has_action;
    }
    if (has_action) {
        run_action(part, kind, limit);
    }
}

void running_steps::run_action(std::size_t part, step_kind kind, clock::time_point limit) {
    const component& c = (*components_)[part];
    step_board::entry& entry = board_.at(part, kind);
    const auto action_ended = [this, part, kind](const std::exception_ptr& error) {
        hand_in(action_end{part, kind, text_of(error)});
    };
    const auto progress = [this, name = c.name](std::string_view what) {
        hand_in(note{name, std::string(what)});
    };
    auto control = std::make_shared<detail::step_control>(
        limit, reason_, parts_[part].forced.get_token(), action_ended, progress);
    const step& action = kind == step_kind::drain ? c.drain : c.close;
    run_aside("stop:" + c.name, [&action, &entry, control] {
        entry.thread.store(static_cast<int>(sys::current_thread_id()));
        try {
            if (action.is_asynchronous()) {
                std::get<step::asynchronous>(action.action())(stop_context(control),
                                                              completion(control));
                entry.thread.store(0);
            } else {
                std::get<step::blocking>(action.action())(stop_context(control));
                control->end(nullptr);
            }
        } catch (...) {
            control->end(std::current_exception());
        }
    });
}

void running_steps::force(std::size_t part) {
    const component& c = (*components_)[part];
    board_.at(part, step_kind::drain).forced.store(true);
    board_.at(part, step_kind::close).forced.store(true);
    run_aside("force:" + c.name, [source = parts_[part].forced, force = c.force]() mutable {
        source.request_stop();
        if (force) {
            force();
        }
    });
}

// Application code never runs on the engine's thread, unless no thread can be had.
void running_steps::run_aside(const std::string& name, std::function<void()> work) {
    auto body = [name, work = std::move(work), this]() noexcept {
        try {
            work();
        } catch (...) {
            hand_in(note{{}, name + " threw: " + text_of(std::current_exception())});
        }
    };
    try {
        threads_.run(name, body);
    } catch (const std::system_error&) {
        degraded_.push_back("no thread for " + name + ": it ran on the engine's own");
        body();
    }
}

running_steps::news running_steps::take_news() {
    news taken;
    std::vector<action_end> ends;
    {
        const std::lock_guard lock(mutex_);
        taken.notes.swap(notes_);
        ends.swap(action_ends_);
    }
    for (const action_end& e : ends) {
        note_action_end(e, taken.over);
    }
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        part_state& p = parts_[i];
        drop_empty_gates(p);
        if (p.drain_running && p.action_ended && p.waiting_for.empty()) {
            p.drain_running = false;
            taken.over.push_back(end_of(i, step_kind::drain));
        }
    }
    return taken;
}

void running_steps::note_action_end(const action_end& end, std::vector<ended>& over) {
    if (!end.error.empty()) {
        errors_[{end.part, end.kind}] = end.error;
    }
    if (end.kind == step_kind::close) {
        over.push_back(end_of(end.part, end.kind));
    } else {
        parts_[end.part].action_ended = true;
    }
}

void running_steps::drop_empty_gates(part_state& part) {
    const auto is_empty = [this](const gate* g) {
        const bool empty = g->wait_empty(clock::time_point{});  // only looks
        if (empty) {
            events_.remove(g->event_fd());
        }
        return empty;
    };
    auto& gates = part.waiting_for;
    gates.erase(std::remove_if(gates.begin(), gates.end(), is_empty), gates.end());
}

running_steps::ended running_steps::end_of(std::size_t part, step_kind kind) {
    step_board::entry& entry = board_.at(part, kind);
    entry.running.store(false);
    const auto since = clock::time_point(std::chrono::nanoseconds(entry.since.load()));
    return {part, kind, !error_of(part, kind).empty(), clock::now() - since};
}

const std::string& running_steps::error_of(std::size_t part, step_kind kind) const {
    static const std::string none;
    const auto found = errors_.find({part, kind});
    return found != errors_.end() ? found->second : none;
}

void running_steps::hand_in(note what) {
    const std::lock_guard lock(mutex_);
    notes_.push_back(std::move(what));
    sys::signal_event(wake_);
}

void running_steps::hand_in(action_end what) {
    const std::lock_guard lock(mutex_);
    action_ends_.push_back(std::move(what));
    sys::signal_event(wake_);
}

}  // namespace lastcall::runtime
