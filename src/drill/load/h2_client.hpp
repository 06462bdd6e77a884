// One HTTP/2 connection of a lane: streams that are requests, each a record of its own, and
// one record more, with the method "H2", for the end of a connection on which nothing was
// in flight: whether GOAWAY came before it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "drill/load/client.hpp"
#include "drill/load/h2_session.hpp"

namespace lastcall::drill {

/// What the clients of a lane have in common.
struct h2_manner {
    std::string_view lane;    ///< of the name_pool
    std::string_view target;  ///< of the name_pool
    std::string authority;
    std::shared_ptr<tls_context> tls;  ///< null: prior knowledge (RFC 9113, 3.3)
    std::size_t streams = 1;           ///< of a busy connection
    std::chrono::nanoseconds patience{};
};

class h2_client final : public client {
public:
    /// `is_busy`  always has streams in flight; else it asks once and is idle then
    h2_client(load_context& shared, std::shared_ptr<const h2_manner> manner, bool is_busy);

    void aim_for(cell wanted) override;
    [[nodiscard]] bool is_in_place() const override;
    [[nodiscard]] cell cell_now() const override;
    void wind_down() override;

private:
    struct request {
        exchange record;
        std::uint64_t sent_before = 0;  ///< bytes of the connection before its own
        moment limit{};
        bool crossed = false;  ///< opened after the signal, and open when GOAWAY came
    };
    using requests = std::map<std::uint32_t, request>;

    void tick() override;
    void on_open() override;
    void on_no_connection(ending how, int error) override;
    void on_bytes(std::string_view bytes) override;
    void on_end(ending how, int error) override;
    void on_timeout() override;
    void signal_sent() override;
    void abandon() override;

    void begin();
    void again();
    void ask();
    void top_up();
    void cross();
    void push();
    void react();
    void note_goaway();
    void leave_when_done();
    void set_limit();
    [[nodiscard]] bool is_settled() const { return session_ && session_->is_settled(); }
    [[nodiscard]] std::size_t wanted_streams() const;

    void record_unsent(ending how, int error);
    void record_stream(const h2_stream& seen, request done, ending how, int error);
    void record_open_streams(ending how, int error);
    void record_connection(ending how, int error);
    [[nodiscard]] outcome result_of(const h2_stream& seen, const request& done, ending how,
                                    taken request_taken);
    void over(quiet_end how, ending as, int error);

    std::shared_ptr<const h2_manner> manner_;
    const bool is_busy_;
    std::optional<h2_session> session_;
    requests requests_;
    std::optional<exchange> due_;  // the request for which a connection is being made
    bool had_goaway_ = false;
    bool is_leaving_ = false;   // after GOAWAY, with nothing in flight: waits for the FIN
    bool is_crossing_ = false;  // opens streams until GOAWAY comes
    moment crossing_until_{};
    std::size_t extra_ = 0;  // streams beyond those of a busy connection, while crossing
};

}  // namespace lastcall::drill
