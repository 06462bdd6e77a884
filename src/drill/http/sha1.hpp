// SHA-1, for the WebSocket handshake only: RFC 6455 asks for it to prove that the peer
// speaks WebSocket, not to keep a secret.
#pragma once

#include <array>
#include <string_view>

namespace lastcall::drill {

[[nodiscard]] std::array<char, 20> sha1(std::string_view bytes);

}  // namespace lastcall::drill
