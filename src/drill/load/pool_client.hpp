// A client that keeps its connection and asks now and then.
#pragma once

#include "drill/load/asking_client.hpp"

namespace lastcall::drill {

class pool_client : public asking_client {
public:
    using asking_client::asking_client;

    void aim_for(cell wanted) override;
    [[nodiscard]] bool is_in_place() const override;
    void write_in_turn() override;

protected:
    void tick() override;
    void on_answer(const exchange& one, bool usable) override;
    void on_lost(quiet_end how) override;
    void signal_sent() override;
};

}  // namespace lastcall::drill
