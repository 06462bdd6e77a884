// HTTP/1.1 on one connection, from the first byte to the end.
#pragma once

#include <cstdint>
#include <string>

#include "request.hpp"
#include "service.hpp"
#include "stream.hpp"

namespace faulty {

class http_session {
public:
    http_session(service& shared, stream& bytes) : service_(shared), stream_(bytes) {}

    /// `begun`: bytes that were read already. Blocks: until the connection has ended.
    void serve(std::string begun);

private:
    enum class next : std::uint8_t { request, end };

    next serve_one();
    bool read_head(request& into);
    bool read_body(request& into);
    bool strike_unread();
    next answer(const request& asked);
    next strike(const request& asked);
    next strike_with_status(const request& asked, const char* status, const char* fields);
    next respond(const request& asked, const std::string& status, const std::string& body,
                 fault what = fault::none);
    next respond_in_chunks(const request& asked);
    next cut(const std::string& beginning, bool by_reset);
    next hang(const std::string& beginning);
    next answer_then_end(const request& asked);
    next take_order(const request& asked, fault what);
    void end_idle(bool lingers = true);
    void work(const request& asked) const;
    void note(const request& asked, fault what, const char* answer, bool taken = true);

    service& service_;
    stream& stream_;
    std::string buffer_;
    std::int64_t nth_ = 0;
    bool got_anything_ = false;
    bool announced_ = false;
};

}  // namespace faulty
