#include <lastcall/worker.hpp>

#include <utility>

#include "adapters/worker/crew.hpp"

namespace lastcall {

class worker_pool::impl {
public:
    impl(worker_options options, job_queue& queue, handler handle)
        : crew_(std::move(options), queue, std::move(handle)) {}

    adapters::crew crew_;
};

// The threads exist before the component does: a lifecycle never knows a pool that
// could not start, and a pool that is not added ends without having taken a job.
worker_pool::worker_pool(lifecycle& life, worker_options options, job_queue& queue, handler handle)
    : impl_(std::make_unique<impl>(std::move(options), queue, std::move(handle))) {
    life.add(impl_->crew_.describe());
    impl_->crew_.go();
}

worker_pool::~worker_pool() = default;

std::size_t worker_pool::busy() const noexcept { return impl_->crew_.busy(); }

queue_failures worker_pool::queue_failures() const { return impl_->crew_.failures(); }

}  // namespace lastcall
