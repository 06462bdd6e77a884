// The bytes of a request: made once for a lane, and given out as often as it is sent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace lastcall::drill {

class load_context;

/// One request to be sent. Its texts outlive its exchange.
struct asked {
    std::string_view method;
    std::string_view target;
    std::string_view bytes;
    std::size_t head_size = 0;  ///< of `bytes`; the rest is the body
    std::uint64_t effect = 0;   ///< the number of the effect it asks for; 0: none
};

class request_text {
public:
    /// `method`  a literal
    /// `fields`  whole lines, each ended by CR LF
    /// `body`    sent with a Content-Length when not empty, or for a POST. "{id}" in it is
    ///           replaced by the load's effect_prefix and a number never used twice
    request_text(load_context& shared, std::string_view method, const std::string& target,
                 std::string_view fields = {}, const std::string& body = {});

    /// Counts its requests as effects for the ledger.
    void enter_effects() noexcept { has_effect_ = true; }

    /// The next one. `room` belongs to the client, and is written only where each request
    /// differs.
    [[nodiscard]] asked next(load_context& shared, std::string& room) const;

private:
    std::string_view method_;
    std::string_view target_;  // of the name_pool
    std::string head_;         // without Content-Length and the empty line when has_id_
    std::string body_;         // up to {id} when has_id_
    std::string after_id_;
    std::size_t head_size_ = 0;
    bool has_id_ = false;
    bool has_effect_ = false;
};

}  // namespace lastcall::drill
