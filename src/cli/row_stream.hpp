// New rows of an agent's journal, while something else is being done.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "agent/api/client.hpp"
#include "cli/json_fields.hpp"

namespace lastcall::cli {

/// Reads on a thread of its own, which waits for the agent and cannot be woken: it is left
/// behind when this is destroyed, and ends at the agent's next word, or with the program.
class row_stream {
public:
    using clock = std::chrono::steady_clock;
    enum class news : std::uint8_t {
        row,
        nothing,  ///< not until then
        over,     ///< the agent ended it, or is gone; `why`
    };

    row_stream(const agent::client_target& to, agent::api_client::event_wish what);
    ~row_stream();
    row_stream(const row_stream&) = delete;
    row_stream& operator=(const row_stream&) = delete;

    [[nodiscard]] news next(json& into, clock::time_point until);
    /// What the agent said as its reason, or what became of the connection.
    [[nodiscard]] std::string why() const;

private:
    struct shared;
    std::shared_ptr<shared> shared_;
};

}  // namespace lastcall::cli
