#include "drill/load/asking_client.hpp"

namespace lastcall::drill {

asking_client::asking_client(load_context& shared, std::shared_ptr<const lane_texts> texts,
                             const lane_plan& plan)
    : http_client(shared, texts->lane),
      texts_(std::move(texts)),
      post_share_(plan.post_share),
      think_(plan.think) {}

void asking_client::ask_next(moment due) {
    const bool posts = texts_->post && post_share_ > 0 && context().share() < post_share_;
    ask((posts ? *texts_->post : texts_->get).next(context(), room_), due);
}

std::chrono::nanoseconds asking_client::about(std::chrono::nanoseconds pause) const {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(pause * (0.5 + context().share()));
}

}  // namespace lastcall::drill
