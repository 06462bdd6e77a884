// What the connections of clients are doing, by what was seen of them at both looks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "doctor/rules/finding.hpp"
#include "doctor/rules/rules.hpp"

namespace lastcall::doctor {

enum class connection_use : std::uint8_t {
    other,      ///< it goes on, and may end by itself
    stalled,    ///< the client takes nothing
    in_flight,  ///< a request was received, and not answered
    stream,     ///< an answer without an end, or a conversation in frames
    idle,       ///< all was answered
};

/// `before`  the same connection at the first look
[[nodiscard]] connection_use use_of(const seen_socket& before, const seen_socket& now);

/// The connections of `pid` that were there at both looks, with what is known of them.
[[nodiscard]] std::vector<const seen_socket*> lasting_connections(const seen& of, int pid,
                                                                  bool is_client);

/// "3 clients", "1 client".
[[nodiscard]] std::string count_of(std::size_t count, const std::string& what);

/// "12 s"
[[nodiscard]] std::string seconds_text(std::chrono::milliseconds value);

/// L43 to L46: what its clients do while it stops.
void judge_clients(const rule_case& one, const seen_process& process, findings& into);

}  // namespace lastcall::doctor
