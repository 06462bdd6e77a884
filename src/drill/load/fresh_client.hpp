// A client that makes a new connection for each request.
#pragma once

#include "drill/load/asking_client.hpp"

namespace lastcall::drill {

class fresh_client : public asking_client {
public:
    using asking_client::asking_client;

    void aim_for(cell wanted) override;
    [[nodiscard]] bool is_in_place() const override;
    void connect_in_turn() override;

protected:
    void tick() override;
    void on_answer(const exchange& one, bool usable) override;
    void signal_sent() override;
};

}  // namespace lastcall::drill
