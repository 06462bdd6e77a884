#include "adapters/postgres/canceller.hpp"

#include <algorithm>
#include <array>
#include <system_error>
#include <thread>

#include "sys/signal/signals.hpp"

namespace lastcall::detail {
namespace {

constexpr std::chrono::milliseconds interval{50};

void cancel_all(const std::vector<std::shared_ptr<postgres_ticket>>& tickets,
                std::chrono::milliseconds patience) {
    const auto start = clock::now();
    const auto has_ended = [](const auto& ticket) { return ticket->ended.load(); };
    while (!std::all_of(tickets.begin(), tickets.end(), has_ended)) {
        const auto waited = clock::now() - start;
        if (waited > patience) {
            return;
        }
        for (const auto& ticket : tickets) {
            if (!has_ended(ticket) && ticket->cancel &&
                (!ticket->committing || waited >= patience / 2)) {
                // A failure is no more than a server that does not answer.
                std::array<char, 256> error{};
                PQcancel(ticket->cancel.get(), error.data(), static_cast<int>(error.size()));
            }
        }
        std::this_thread::sleep_for(interval);
    }
}

}  // namespace

void cancel_in_background(std::vector<std::shared_ptr<postgres_ticket>> tickets,
                          std::chrono::milliseconds patience) noexcept {
    if (tickets.empty()) {
        return;
    }
    try {
        // A signal of the application must not land on a thread that it does not know.
        const sys::all_signals_blocked blocked;
        std::thread([tickets = std::move(tickets), patience] {
            cancel_all(tickets, patience);
        }).detach();
    } catch (const std::system_error&) {
    }
}

}  // namespace lastcall::detail
