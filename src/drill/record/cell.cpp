#include "drill/record/cell.hpp"

#include "drill/record/word_table.hpp"

namespace lastcall::drill {
namespace {

constexpr word_table<cell, cell_count> cell_words({{
    {cell::none, "none", "not connected"},
    {cell::connecting, "connecting", "SYN sent"},
    {cell::queued, "queued", "in the accept queue"},
    {cell::silent, "silent", "connected, silent"},
    {cell::handshake, "handshake", "TLS handshake"},
    {cell::half_head, "half_head", "half a request head"},
    {cell::half_body, "half_body", "half a request body"},
    {cell::waiting, "waiting", "waiting for the answer"},
    {cell::head_received, "head_received", "response head received"},
    {cell::body_half, "body_half", "response body half received"},
    {cell::body_unread, "body_unread", "response not read by the client"},
    {cell::just_idle, "just_idle", "idle for less than 5 ms"},
    {cell::idle, "idle", "idle"},
    {cell::pipelined, "pipelined", "next request pipelined"},
    {cell::streaming, "streaming", "stream"},
    {cell::websocket, "websocket", "WebSocket"},
    {cell::h2_idle, "h2_idle", "HTTP/2, idle"},
    {cell::h2_active, "h2_active", "HTTP/2, streams open"},
    {cell::h2_after_goaway, "h2_after_goaway", "HTTP/2, stream crossing GOAWAY"},
}});

}  // namespace

const std::array<cell, cell_count>& all_cells() noexcept { return cell_words.values(); }
std::string_view to_string(cell value) noexcept { return cell_words.name(value); }
std::optional<cell> cell_from(std::string_view name) noexcept { return cell_words.find(name); }
std::string_view describe(cell value) noexcept { return cell_words.words(value); }

}  // namespace lastcall::drill
