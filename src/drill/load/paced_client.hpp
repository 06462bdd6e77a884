// A client that is slow itself: it sends or reads piece by piece, for a known time, and then
// does the same again on the same connection.
#pragma once

#include <memory>
#include <string>

#include "drill/load/http_client.hpp"
#include "drill/load/lanes.hpp"

namespace lastcall::drill {

class paced_client : public http_client {
public:
    [[nodiscard]] bool is_in_place() const override {
        return aim() == cell::none || cell_now() == aim();
    }

protected:
    /// `takes`  how long its slowness makes an exchange last
    paced_client(load_context& shared, std::shared_ptr<const lane_texts> texts,
                 std::chrono::nanoseconds takes);

    /// Asks for the next. The first piece of it goes, and a tick is planned.
    virtual void begin() = 0;
    /// The tick of an exchange: one more piece.
    virtual void go_on() = 0;

    void tick() override;
    void on_answer(const exchange& one, bool usable) override;
    void on_lost(quiet_end how) override;

    [[nodiscard]] const lane_texts& texts() const noexcept { return *texts_; }
    [[nodiscard]] asked next(const request_text& what) { return what.next(context(), room_); }
    [[nodiscard]] std::chrono::nanoseconds takes() const noexcept { return takes_; }

private:
    std::shared_ptr<const lane_texts> texts_;
    const std::chrono::nanoseconds takes_;
    std::string room_;
};

}  // namespace lastcall::drill
