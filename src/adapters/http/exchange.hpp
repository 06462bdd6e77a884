// What stands behind an exchange and a stream.
#pragma once

#include "adapters/http/connection.hpp"

namespace lastcall::http {

struct exchange::shared {
    std::shared_ptr<connection> on;
    http::request wish;
    lastcall::pass inside;
    std::string_view path;
    std::string_view query;
};

struct stream::shared {
    explicit shared(std::shared_ptr<connection> c) noexcept : on(std::move(c)) {}
    shared(const shared&) = delete;
    shared& operator=(const shared&) = delete;
    ~shared();

    std::shared_ptr<connection> on;
    bool ended = false;
};

}  // namespace lastcall::http
