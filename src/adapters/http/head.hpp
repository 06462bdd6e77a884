// The head of a response as bytes.
#pragma once

#include <string>

#include <lastcall/http.hpp>

namespace lastcall::http {

enum class framing : unsigned char { content_length, chunked, until_close, no_body };

/// Appends the status line and the fields of `answer`, with Date, Connection and the
/// framing fields as given, whatever the application wrote there.
void append_head(std::string& out, const response& answer, framing how, std::size_t body_size,
                 unsigned http_version, bool keep_alive);

/// Whether a response may have a body at all (RFC 9110, section 6.4.1).
bool may_have_body(status code) noexcept;

}  // namespace lastcall::http
