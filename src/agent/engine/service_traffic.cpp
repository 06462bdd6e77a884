// How the requests of a service get from one generation to the other.
#include <boost/asio/post.hpp>

#include "agent/engine/service.hpp"

namespace lastcall::agent {

using namespace std::chrono_literals;

std::unique_ptr<traffic_switch> service::make_switch(const service_spec& next) {
    if (next.traffic.how == traffic_spec::kind::local) {
        return make_local_switch(host_, next, addresses_);
    }
    return make_haproxy_switch(host_, next, [this](nlohmann::json fields) {
        row("steered", current_, std::move(fields));
    });
}

void service::use_switch_for(const service_spec& next) {
    auto wanted = std::pair(next.traffic, next.sockets);
    if (!traffic_ || wanted != traffic_of_) {
        traffic_ = make_switch(next);
        traffic_of_ = std::move(wanted);
    }
}

void service::check_traffic(const service_spec& next, const outcome& then) {
    std::shared_ptr<traffic_switch> tried;
    try {
        tried = make_switch(next);
    } catch (const std::exception& e) {
        return then(e.what());
    }
    auto& asked = *tried;
    asked.check(
        while_alive(alive_, [this, tried, then](const std::string& problem, const nlohmann::json&) {
            boost::asio::post(host_.loop, [tried] {});  // it must not end within its own callback
            then(problem);
        }));
}

void service::steer(std::int64_t to, std::chrono::nanoseconds ready, const outcome& then) {
    traffic_->move_to(
        made(to), while_alive(alive_, [this, to, ready, then](const std::string& problem,
                                                              nlohmann::json fields) {
            if (problem.empty()) {
                // The row comes after others that wait for the disk: the moment is a field of it.
                const auto at =
                    std::chrono::nanoseconds(fields.value("since_boot_ns", boot_now().count()));
                fields["since_boot_ns"] = at.count();
                if (ready > 0ns && at >= ready) {
                    fields["after_ready_ms"] = static_cast<double>((at - ready).count()) / 1e6;
                }
                row("steered", to, std::move(fields));
            }
            then(problem);
        }));
}

void service::empty(std::int64_t number, std::int64_t other, const outcome& then) {
    traffic_->empty(made(number), find_living(other) != nullptr,
                    while_alive(alive_, [this, number, then](const std::string& problem,
                                                             nlohmann::json fields) {
                        if (!fields.empty() || !problem.empty()) {
                            if (!problem.empty()) {
                                fields["reason"] = problem;
                            }
                            row("drained", number, std::move(fields));
                        }
                        then(problem);
                    }));
}

probe_ways service::ways_to(std::int64_t number) {
    auto ways = traffic_->ways_to(find(number));
    if (!ways.address.empty()) {
        ways.environment["LASTCALL_SOCKET"] = ways.address;
    }
    ways.environment["LASTCALL_SERVICE"] = name();
    if (number != 0) {
        ways.environment["LASTCALL_GENERATION"] = std::to_string(number);
    }
    return ways;
}

}  // namespace lastcall::agent
