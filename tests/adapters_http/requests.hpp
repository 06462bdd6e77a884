// What the clients of these tests say.
#pragma once

#include <string>
#include <string_view>

namespace lastcall::testing {

inline std::string get(std::string_view path, std::string_view more = {}) {
    return "GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n" + std::string(more) + "\r\n";
}

inline bool has(const std::string& text, std::string_view what) {
    return text.find(what) != std::string::npos;
}

inline constexpr auto upgrade =
    "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// A WebSocket frame of a client, masked with zeros; `text` is shorter than 126 bytes.
inline std::string frame(unsigned char first, const std::string& text) {
    return std::string{
               static_cast<char>(first), static_cast<char>(0x80U | text.size()), 0, 0, 0, 0} +
           text;
}

/// Asks on a kept-alive connection until an answer says that the service is stopping.
/// Returns: false when the connection has gone instead.
template <class Client>
bool hears_of_the_stop(Client& probe) {
    do {
        probe.in.clear();
        if (!probe.send(get("/b")) || !probe.until("/b\n")) {
            return false;
        }
    } while (!has(probe.in, "Connection: close\r\n"));
    return true;
}

/// Waits until idle connections have their race grace, by asking once more on `busy`, which
/// has sent part of a request.
template <class Service, class Client>
bool drains(Service& service, Client& busy) {
    return service.says("http drain, share") && busy.send(" HTTP/1.1\r\nHost: a\r\n\r\n") &&
           busy.to_end() && has(busy.in, "200 OK");
}

/// The close frame of a server that stops: 1001, "going away".
inline constexpr std::string_view going_away = "\x88\x19\x03\xe9the service is stopping";

}  // namespace lastcall::testing
