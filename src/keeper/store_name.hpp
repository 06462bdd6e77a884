// What a listening socket is called in the service manager's store, sd_notify(3): FDNAME is
// ASCII without control characters and ':', and has at most 255 of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lastcall::keeper {

/// A slot of a socket of a service. `socket` is a name as in service::sockets.
struct store_name {
    std::string service, socket;
    int slot = 0;

    /// "lastcall/web/http/0"; what might mean something else is as in "http@tcp%3A[%3A%3A]%3A80".
    /// Empty: it would be too long.
    [[nodiscard]] std::string text() const;
    /// Unset: not one of ours.
    [[nodiscard]] static std::optional<store_name> parse(std::string_view text);

    auto operator<=>(const store_name&) const = default;
};

/// Of the keeper's state, which tells what the slots were.
inline constexpr std::string_view stored_state = "lastcall/state";

/// Whether a name in the store is one that a keeper has given.
[[nodiscard]] constexpr bool is_store_name(std::string_view text) noexcept {
    return text.starts_with("lastcall/");
}

}  // namespace lastcall::keeper
