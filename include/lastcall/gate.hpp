// A gate counts the work that is inside a service, and can be closed.
//
// Every request, job or transaction asks the gate for a pass and holds it while
// it runs. When the service must stop, the gate is closed: from that moment new
// work is refused, and the gate tells, as an event, when the last pass has ended.
//
// The idea: each thread counts in a lane of its own with plain stores, so that
// enter and leave cost a few nanoseconds and share no cache line. Closing pays
// for that once: it sets a flag and issues one membarrier(2), after which every
// thread sees the flag, and every count it made before is visible.
//
// A gate deliberately does not know about deadlines, signals or order; that is
// lifecycle.hpp. It does not limit how much may be inside.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <lastcall/detail/gate_core.hpp>

namespace lastcall {

using clock = std::chrono::steady_clock;

/// A name for work inside a gate. Only its address is stored, so it must never
/// die: a literal converts by itself, a run-time text goes through `intern`.
class label {
public:
    consteval label(const char* literal) noexcept : text_(literal) {}

    /// Keeps a copy of `text` for the life of the process, once per distinct text.
    ///
    /// Intended for set-up (route names), not for texts that clients choose: what
    /// is interned is never freed.
    /// Errors:   std::bad_alloc.
    /// Threads:  any; takes a lock.
    static label intern(std::string_view text);

    [[nodiscard]] constexpr const char* c_str() const noexcept { return text_; }

private:
    struct interned {};
    constexpr label(interned, const char* text) noexcept : text_(text) {}
    const char* text_;
};

/// The right to be inside a gate: move-only, ends when destroyed.
///
/// Threads:  one thread at a time; it may end on another thread than it began.
/// Lifetime: may outlive its gate.
class pass {
public:
    pass() noexcept = default;
    pass(pass&& other) noexcept;
    pass& operator=(pass&& other) noexcept;
    pass(const pass&) = delete;
    pass& operator=(const pass&) = delete;
    ~pass() { end(); }

    /// False for a pass that was refused, moved from, or ended.
    [[nodiscard]] explicit operator bool() const noexcept { return core_ != nullptr; }

    /// Leaves the gate now. Does nothing on an empty pass. Never blocks.
    void end() noexcept;

    /// Renames the work, and books it on the calling thread, for `gate::who`. The
    /// age keeps counting from the entry. Does nothing on an empty pass.
    void relabel(label what) noexcept;

private:
    friend class gate;
    pass(detail::gate_core* core, std::uint32_t lane, std::uint32_t record) noexcept
        : core_(core), lane_(lane), record_(record) {}
    detail::gate_core* core_ = nullptr;
    std::uint32_t lane_ = 0;
    std::uint32_t record_ = 0;
};

/// One pass that is still held.
struct occupant {
    std::string gate;                  ///< name of the gate
    std::string label;                 ///< empty when the pass was given none
    std::chrono::milliseconds age{0};  ///< since it entered; exact to about 50 ms
    int thread = 0;                    ///< kernel thread id of the last thread that booked it
};

class gate {
public:
    /// An open gate.
    ///
    /// `name`    appears in reports; need not be unique.
    /// Errors:   std::system_error (no file descriptor, no memory for the lanes),
    ///           std::bad_alloc; nothing is left behind.
    /// Threads:  any.
    explicit gate(std::string_view name);
    gate(const gate&) = delete;
    gate& operator=(const gate&) = delete;

    /// Closes. Passes that are still held stay valid and end safely later.
    ~gate();

    /// Asks for a pass.
    ///
    /// `what`    named in `who()`; the first 2,032 passes that one thread holds at
    ///           a time are named, the ones beyond are only counted.
    /// Returns:  a pass, or an empty one when the gate is closed: answer 503.
    /// Errors:   none; no lock, no allocation, no exception.
    /// Threads:  any.
    /// Blocks:   never.
    [[nodiscard]] pass try_enter(label what = "") noexcept;

    /// Refuses new work from now on. Returns at once; closing twice is harmless.
    ///
    /// After it returns, no `try_enter` anywhere gives a pass.
    /// Threads:  any; not from a signal handler.
    void close() noexcept;

    [[nodiscard]] bool is_open() const noexcept { return !core_->closed(); }

    /// Passes held now. While the gate is open, work that enters or leaves during the
    /// call may be counted or not; once it is closed, the number is never too low.
    [[nodiscard]] std::size_t count() const noexcept;

    /// Waits until the gate is closed and empty.
    ///
    /// `until`   the latest moment to return; a past one only looks.
    /// Returns:  true when closed and empty; false when time ran out, or when it
    ///           was a look and passes are held or the gate is open.
    /// Threads:  any that holds no pass of this gate; not from a signal handler.
    /// Blocks:   up to `until`.
    /// Example:  examples/01_gate/main.cpp
    [[nodiscard]] bool wait_empty(clock::time_point until) const noexcept;

    /// An eventfd(2) that becomes readable when the gate is closed and empty, and
    /// stays readable: for epoll, Asio's stream_descriptor, a gRPC thread.
    ///
    /// Lifetime: owned by the gate; do not read, write or close it.
    [[nodiscard]] int event_fd() const noexcept;

    /// What is inside now, oldest first. Passes beyond the named ones are missing
    /// here and present in `count()`.
    ///
    /// Errors:   std::bad_alloc.
    /// Threads:  any.
    [[nodiscard]] std::vector<occupant> who() const;

    [[nodiscard]] std::string_view name() const noexcept;

private:
    detail::gate_core* core_;
};

inline pass::pass(pass&& other) noexcept
    : core_(other.core_), lane_(other.lane_), record_(other.record_) {
    other.core_ = nullptr;
}

inline pass& pass::operator=(pass&& other) noexcept {
    if (this != &other) {
        end();
        core_ = other.core_;
        lane_ = other.lane_;
        record_ = other.record_;
        other.core_ = nullptr;
    }
    return *this;
}

inline void pass::end() noexcept {
    if (core_ != nullptr) {
        core_->leave(lane_, record_);
        core_ = nullptr;
    }
}

inline void pass::relabel(label what) noexcept {
    if (core_ != nullptr) {
        core_->relabel(lane_, record_, what.c_str());
    }
}

inline pass gate::try_enter(label what) noexcept {
    const detail::ticket t = core_->enter(what.c_str());
    return t.lane == detail::no_lane ? pass{} : pass{core_, t.lane, t.record};
}

inline std::size_t gate::count() const noexcept { return core_->count(); }

}  // namespace lastcall
