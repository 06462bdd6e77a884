#include "runtime/health.hpp"

#include <algorithm>
#include <stdexcept>

#include "core/json.hpp"

namespace lastcall {

void health::impl::add(std::vector<named_check>& list, std::string name, check ask) {
    const std::lock_guard lock(mutex);
    const auto same = [&](const named_check& c) { return c.name == name; };
    if (std::any_of(list.begin(), list.end(), same)) {
        throw std::invalid_argument("a health check named \"" + name + "\" exists already");
    }
    list.push_back({std::move(name), std::move(ask)});
}

std::vector<check_result> health::impl::ask_all(const std::vector<named_check>& list) const {
    std::vector<named_check> copy;
    {
        const std::lock_guard lock(mutex);
        copy = list;
    }
    std::vector<check_result> results;
    for (const named_check& c : copy) {
        std::string detail;
        try {
            detail = c.ask();
        } catch (const std::exception& e) {
            detail = std::string("the check threw: ") + e.what();
        } catch (...) {
            detail = "the check threw";
        }
        results.push_back({c.name, detail.empty(), detail});
    }
    return results;
}

void health::add_readiness(std::string name, check is_ready) {
    impl_->add(impl_->readiness_checks, std::move(name), std::move(is_ready));
}

void health::add_liveness(std::string name, check is_alive) {
    impl_->add(impl_->liveness_checks, std::move(name), std::move(is_alive));
}

void health::watch_loop(std::string name, std::chrono::milliseconds limit, poster post) {
    if (impl_->loops.has(name)) {
        throw std::invalid_argument("an event loop named \"" + name + "\" is watched already");
    }
    impl_->loops.watch(std::move(name), limit, std::move(post));
    impl_->loops_changed();
}

void health::unwatch_loop(const std::string& name) noexcept { impl_->loops.unwatch(name); }

health_status health::readiness() const {
    health_status status;
    status.state = impl_->state.load();
    status.checks = impl_->ask_all(impl_->readiness_checks);
    status.good =
        status.state == state::ready && std::all_of(status.checks.begin(), status.checks.end(),
                                                    [](const check_result& c) { return c.good; });
    return status;
}

health_status health::liveness() const {
    health_status status;
    status.state = impl_->state.load();
    status.checks = impl_->ask_all(impl_->liveness_checks);
    for (check_result& r : impl_->loops.results(std::chrono::steady_clock::now())) {
        status.checks.push_back(std::move(r));
    }
    status.good = std::all_of(status.checks.begin(), status.checks.end(),
                              [](const check_result& c) { return c.good; });
    return status;
}

std::string health_status::json() const {
    core::json_writer out;
    out.begin_object().field("good", good).field("state", to_string(state));
    out.key("checks").begin_array();
    for (const check_result& c : checks) {
        out.begin_object().field("name", c.name).field("good", c.good);
        if (!c.detail.empty()) {
            out.field("detail", c.detail);
        }
        out.end_object();
    }
    return std::move(out.end_array().end_object()).text();
}

}  // namespace lastcall
