// A client that asks for the same things again and again, with a pause to think between: what
// pool and fresh share.
#pragma once

#include <memory>
#include <string>

#include "drill/load/http_client.hpp"
#include "drill/load/lanes.hpp"

namespace lastcall::drill {

class asking_client : public http_client {
public:
    asking_client(load_context& shared, std::shared_ptr<const lane_texts> texts,
                  const lane_plan& plan);

protected:
    /// A GET or a POST, in the shares of the plan.
    void ask_next(moment due);

    /// From half of `pause` to half as much again: clients are not to ask in step.
    [[nodiscard]] std::chrono::nanoseconds about(std::chrono::nanoseconds pause) const;

    /// The signal is near, and it has its part in it: it asks for nothing more by itself.
    [[nodiscard]] bool is_held() const { return context().is_filling && aim() != cell::none; }

    [[nodiscard]] std::chrono::nanoseconds think() const noexcept { return think_; }

private:
    std::shared_ptr<const lane_texts> texts_;
    const double post_share_;
    const std::chrono::nanoseconds think_;
    std::string room_;  // for requests that differ from each other
};

}  // namespace lastcall::drill
