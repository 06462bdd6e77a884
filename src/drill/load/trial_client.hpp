// Sends one request outside of any load, and keeps what came back: to learn what a server
// supports, and whether it is there at all.
#pragma once

#include <string>

#include "drill/load/http_client.hpp"

namespace lastcall::drill {

class trial_client final : public http_client {
public:
    explicit trial_client(load_context& shared) : http_client(shared, "trial") {}

    void try_request(const request_text& what);
    void try_connection();

    [[nodiscard]] bool is_over() const noexcept { return over_; }

    // What came back, once it is over.
    [[nodiscard]] const exchange& seen() const noexcept { return seen_; }
    [[nodiscard]] bool was_connected() const noexcept { return connected_; }
    [[nodiscard]] bool was_switched() const noexcept { return switched_; }
    [[nodiscard]] bool had_head() const noexcept { return had_head_; }
    [[nodiscard]] std::uint64_t body_bytes() const noexcept { return body_bytes_; }
    [[nodiscard]] const std::string& proof() const noexcept { return proof_; }

private:
    void tick() override {}
    void record(const exchange& one) override;
    void on_answer(const exchange& one, bool usable) override;
    void on_connected() override;
    void on_lost(quiet_end how) override;
    void on_switched(const exchange& one) override;
    void on_head() override { had_head_ = true; }
    void done();

    std::string room_;
    exchange seen_;
    bool over_ = false;
    bool connected_ = false;
    bool switched_ = false;
    bool had_head_ = false;
    std::uint64_t body_bytes_ = 0;
    std::string proof_;  // Sec-WebSocket-Accept
};

}  // namespace lastcall::drill
