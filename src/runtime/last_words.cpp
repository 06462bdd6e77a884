#include "runtime/last_words.hpp"

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <span>

#include "runtime/gate_pool.hpp"
#include "sys/output.hpp"
#include "sys/process/stacks.hpp"

namespace lastcall::runtime {
namespace {

using std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr int standard_error = 2;
constexpr std::size_t passes_named = 40;

// Lines of text in static memory.
class page {
public:
    [[gnu::format(printf, 2, 3)]] void line(const char* format, ...) noexcept {
        std::va_list arguments;
        va_start(arguments, format);
        const int n = std::vsnprintf(text_.data() + used_, text_.size() - used_, format, arguments);
        va_end(arguments);
        if (n > 0) {
            used_ = std::min(used_ + static_cast<std::size_t>(n), text_.size() - 2);
        }
        text_[used_++] = '\n';
        used_ = std::min(used_, text_.size() - 2);
    }
    void flush() noexcept {
        sys::write_without_waiting(standard_error, {text_.data(), used_});
        used_ = 0;
    }

private:
    std::array<char, 32 * 1024> text_{};
    std::size_t used_ = 0;
};

// The threads worth a stack, each once, in the order they were mentioned.
class thread_list {
public:
    void add(int id) noexcept {
        const auto end = ids_.begin() + static_cast<std::ptrdiff_t>(count_);
        if (id != 0 && count_ < ids_.size() && std::find(ids_.begin(), end, id) == end) {
            ids_[count_++] = id;
        }
    }
    [[nodiscard]] std::span<const int> all() const noexcept { return {ids_.data(), count_}; }

private:
    std::array<int, 16> ids_{};
    std::size_t count_ = 0;
};

page out;

void list_steps(const step_board& steps, thread_list& threads) {
    const auto now = steady_clock::now().time_since_epoch();
    steps.for_each_running([&](const step_board::entry& e) {
        const auto age = now - std::chrono::nanoseconds(e.since.load());
        const int thread = e.thread.load();
        std::array<char, 32> where{};
        std::snprintf(where.data(), where.size(), thread != 0 ? "thread %d" : "no thread", thread);
        out.line("lastcall:   step \"%s\" of component \"%s\" runs for %.1f s, %s%s", e.step,
                 e.component, std::chrono::duration<double>(age).count(), where.data(),
                 e.forced.load() ? ", was forced" : "");
        threads.add(thread);
    });
}

void list_passes(thread_list& threads) {
    for_each_gate([&](const detail::gate_core& core) {
        const std::size_t inside = core.count();
        if (inside == 0) {
            return;
        }
        out.line("lastcall:   gate \"%s\": %zu inside%s", core.name.load(), inside,
                 core.closed() ? "" : ", still open");
        std::size_t named = 0;
        for_each_occupant(core, [&](const char* label, std::uint32_t age_ms, std::uint32_t id) {
            if (++named <= passes_named) {
                out.line("lastcall:     %s for %.1f s, thread %u",
                         *label != '\0' ? label : "(no label)",
                         static_cast<double>(age_ms) / 1000.0, id);
            }
            threads.add(static_cast<int>(id));
        });
        if (inside > std::min(named, passes_named)) {
            out.line("lastcall:     and %zu more", inside - std::min(named, passes_named));
        }
    });
}

/// On a busy machine a thread may get a processor late. It has half of its share of the time, but
/// 5 ms if they are there; the other half is for the names of the functions.
std::chrono::milliseconds patience_for(std::size_t threads, steady_clock::time_point until) {
    const auto left = std::max(
        std::chrono::duration_cast<std::chrono::milliseconds>(until - steady_clock::now()), 0ms);
    const auto share = left / static_cast<std::int64_t>(2 * threads);
    return std::min(std::max(share, 5ms), left);
}

/// `threads`  that are still to be told of, this one among them
void print_stack(int thread, std::size_t threads, steady_clock::time_point until) {
    std::array<char, 600> text{};
    sys::describe_thread(thread, text);
    out.line("lastcall:   thread %d (%s):", thread, text.data());
    std::array<void*, 24> frames{};
    const std::size_t n = sys::capture_stack(thread, frames, patience_for(threads, until));
    if (n == 0) {
        out.line("lastcall:     no stack: it did not answer");
    }
    for (std::size_t i = 0; i < n && steady_clock::now() < until; ++i) {
        sys::describe_address(frames[i], text);
        out.line("lastcall:     #%zu %s", i, text.data());
    }
    out.flush();
}

}  // namespace

void explain_what_is_left(std::string_view service, const step_board& steps,
                          steady_clock::time_point until) noexcept {
    thread_list threads;
    out.line("lastcall: %.*s: the deadline has come; what is still running is left as it is:",
             static_cast<int>(service.size()), service.data());
    list_steps(steps, threads);
    list_passes(threads);
    out.flush();
    const auto all = threads.all();
    for (std::size_t i = 0; i < all.size() && steady_clock::now() < until; ++i) {
        print_stack(all[i], all.size() - i, until);
    }
}

}  // namespace lastcall::runtime
