#include "doctor/rules/protocol.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "sys/process/proc_reader.hpp"

namespace lastcall::doctor {
namespace {

unsigned byte_at(std::string_view bytes, std::size_t at) {
    return static_cast<unsigned char>(bytes[at]);
}

std::uint64_t number_at(std::string_view bytes, std::size_t at, std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
        value = value << 8U | byte_at(bytes, at + i);
    }
    return value;
}

/// How long the frame at the beginning is. Unset: it is none, or not even its head is there.
std::optional<std::uint64_t> frame_size(std::string_view bytes) {
    constexpr unsigned mask_bit = 0x80;
    if (bytes.size() < 2) {
        return std::nullopt;
    }
    const unsigned opcode = byte_at(bytes, 0) & 0x0fU;
    const bool is_control = opcode >= 8;
    const bool is_last = (byte_at(bytes, 0) & 0x80U) != 0;
    const unsigned reserved = byte_at(bytes, 0) & 0x30U;  // the third one says: compressed
    const unsigned length = byte_at(bytes, 1) & 0x7fU;
    const std::size_t wide = length == 126 ? 2 : length == 127 ? 8 : 0;
    const bool is_known = opcode <= 2 || (opcode >= 8 && opcode <= 10);
    if (!is_known || reserved != 0 || (byte_at(bytes, 1) & mask_bit) == 0 ||
        (is_control && (!is_last || length > 125)) || bytes.size() < 2 + wide) {
        return std::nullopt;
    }
    return 2 + wide + 4 + (wide == 0 ? length : number_at(bytes, 2, wide));
}

bool are_frames(std::string_view bytes, bool is_whole) {
    if (bytes.empty()) {
        return false;
    }
    while (!bytes.empty()) {
        const auto size = frame_size(bytes);
        if (!size || *size > bytes.size()) {
            return !is_whole && size.has_value();
        }
        bytes.remove_prefix(static_cast<std::size_t>(*size));
    }
    return true;
}

}  // namespace

protocol protocol_of(std::string_view bytes, bool is_whole) {
    return !request_text(bytes).empty()  ? protocol::http1
           : are_frames(bytes, is_whole) ? protocol::websocket
                                         : protocol::unknown;
}

std::string request_text(std::string_view bytes) {
    constexpr std::array methods{std::string_view("GET "),    std::string_view("POST "),
                                 std::string_view("PUT "),    std::string_view("HEAD "),
                                 std::string_view("DELETE "), std::string_view("PATCH "),
                                 std::string_view("OPTIONS ")};
    const auto found = std::find_if(methods.begin(), methods.end(),
                                    [&](auto method) { return bytes.starts_with(method); });
    const auto line = bytes.substr(0, bytes.find('\r'));
    const auto target = found == methods.end() ? line.npos : found->size();
    const auto version = line.rfind(" HTTP/1.");
    if (found == methods.end() || version == line.npos || version < target) {
        return {};
    }
    sys::short_text<120> made;
    made.append(*found);
    made.append_escaped(line.substr(target, line.find_first_of("? ", target) - target));
    return std::string(made.view());
}

}  // namespace lastcall::doctor
