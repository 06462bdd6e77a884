// All that a keeper knows, as text: for the program that this process becomes, and for one
// that comes after this one was killed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "keeper/service.hpp"
#include "wire/keeper_message.hpp"

namespace lastcall::keeper {

inline constexpr int state_version = 1;

using state_items = std::vector<wire::keeper_message>;

/// One message after the other, each with its size in front.
[[nodiscard]] std::string encode_state(const state_items& items);
/// Unset: it is not whole, or of a version that is not known.
[[nodiscard]] std::optional<state_items> decode_state(std::string_view text);

/// What was understood, for a trial run: both programs must count the same.
[[nodiscard]] std::string state_summary(const state_items& items);

// One item each. The numbers of descriptors are those of this process.
[[nodiscard]] wire::keeper_message state_of(const service& what);
[[nodiscard]] wire::keeper_message state_of(const std::string& service, const std::string& socket,
                                            const sys::shared_listener& what);
[[nodiscard]] wire::keeper_message state_of(const std::string& service, const std::string& socket,
                                            const open_port& what);
[[nodiscard]] wire::keeper_message state_of(const generation& what);

/// The rest of a generation, everything but its descriptors.
void read_generation(const wire::keeper_message& from, generation& into);
[[nodiscard]] sys::shared_listener::terms read_terms(const wire::keeper_message& from);
[[nodiscard]] open_port read_port(const wire::keeper_message& from);
[[nodiscard]] std::vector<int> read_order(const wire::keeper_message& from);

}  // namespace lastcall::keeper
