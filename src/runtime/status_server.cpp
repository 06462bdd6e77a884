#include "runtime/status_server.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>

#include "runtime/gate_pool.hpp"
#include "wire/status_message.hpp"

namespace lastcall::runtime {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::steady_clock;

constexpr std::size_t passes_listed = 40;  // of one gate

// Touched only by an answer; one thread writes it.
std::array<char, wire::largest_status> memory;

void list_steps(const step_board& steps, wire::status_writer& out) noexcept {
    const nanoseconds now = steady_clock::now().time_since_epoch();
    steps.for_each_running([&](const step_board::entry& e) {
        const nanoseconds since(e.since.load());
        const nanoseconds share = nanoseconds(e.limit.load()) - since;
        out.step(e.component, e.step, duration_cast<milliseconds>(now - since),
                 duration_cast<milliseconds>(share));
    });
}

void list_gates(wire::status_writer& out) noexcept {
    for_each_gate([&](const detail::gate_core& core) {
        const std::size_t inside = core.count();
        out.gate(core.name.load(), inside, !core.closed());
        if (inside == 0) {
            return;
        }
        std::size_t named = 0;
        for_each_occupant(core, [&](const char* label, std::uint32_t age_ms, std::uint32_t id) {
            if (++named <= passes_listed) {
                out.pass(label, milliseconds(age_ms), static_cast<int>(id));
            }
        });
        const std::size_t listed = std::min(named, passes_listed);
        if (inside > listed) {
            out.more(inside - listed);
        }
    });
}

}  // namespace

status_server::status_server(bool wanted, const std::string& service, const step_board& steps,
                             const health::impl& health, watchdog& bounds)
    : service_(service), steps_(steps), health_(health), watchdog_(bounds) {
    if (!wanted) {
        return;
    }
    try {
        socket_.emplace([this](std::string_view request) { return answer(request); });
        bounds.serve_also(socket_->fd(), [this] { socket_->serve(); });
    } catch (const std::exception& error) {
        socket_.reset();
        failure_ = std::string("no status socket: ") + error.what();
    }
}

// The order is that of importance: what does not fit is left out from the end.
std::string_view status_server::answer(std::string_view request) noexcept {
    if (!wire::asks_what_is_in_flight(request)) {
        return {};
    }
    wire::status_writer out(memory);
    out.service(service_);
    out.state(to_string(health_.state.load()));
    if (const auto deadline = watchdog_.deadline()) {
        out.remaining(duration_cast<milliseconds>(*deadline - steady_clock::now()));
    }
    list_steps(steps_, out);
    for (const std::string& mode : degraded_) {
        out.degraded(mode);
    }
    if (gates_are_fenced()) {
        out.degraded("membarrier is refused: every gate fences for itself");
    }
    list_gates(out);
    return out.finish();
}

}  // namespace lastcall::runtime
