// Requests are moved between two servers of an HAProxy. Its runtime API blocks, so a thread of
// its own asks; the same one looks every second whether HAProxy still does what it was told,
// for a reload forgets it.
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <stop_token>

#include "agent/engine/traffic_switch.hpp"
#include "agent/traffic/haproxy.hpp"
#include "sys/clock.hpp"

namespace lastcall::agent {

using namespace std::chrono_literals;
using traffic::haproxy_error;
using traffic::time_limit;

namespace {

constexpr auto check_within = 2s;
constexpr auto look_within = 2s;
constexpr auto care_every = 1s;
constexpr auto care_within = 5s;
constexpr auto try_again_after = 500ms;
/// Between a move and its answer the machine waits a little longer than this.
constexpr auto least_move = 1s;

nlohmann::json to_fields(const traffic::drop_evidence& seen) {
    return {{"connect_errors", seen.connect_errors},
            {"response_errors", seen.response_errors},
            {"server_aborts", seen.server_aborts},
            {"answers_5xx", seen.answers_5xx},
            {"retries", seen.retries},
            {"redispatches", seen.redispatches},
            {"was_reloaded", seen.was_reloaded}};
}

class haproxy_switch final : public traffic_switch {
public:
    haproxy_switch(host& at, const service_spec& of,
                   std::function<void(nlohmann::json fields)> repaired)
        : host_(at),
          spec_(of.traffic),
          repaired_(std::move(repaired)),
          proxy_(of.traffic),
          timer_(at.loop),
          again_(at.loop) {}

    ~haproxy_switch() override {
        alive_.reset();
        under_way_.request_stop();
        thread_.stop();
        thread_.join();
    }

    void check(outcome then) override {
        ask(
            check_within,
            [this](const time_limit& limit) {
                proxy_.check(limit);
                return nlohmann::json();
            },
            std::move(then));
    }

    void move_to(const generation& to, outcome then) override {
        give_up();
        const auto slot = to.slot;
        const bool was_there = held_ == slot;
        ask(
            std::max<std::chrono::nanoseconds>(core::deploy_terms{}.steer_within * 9 / 10,
                                               least_move),
            [this, slot, was_there](const time_limit& limit) {
                return move(slot, was_there, limit);
            },
            [this, slot, then = std::move(then)](const std::string& problem,
                                                 nlohmann::json fields) {
                if (problem.empty()) {
                    hold(slot);
                }
                then(problem, std::move(fields));
            });
    }

    void empty(const generation& left, bool another_serves, outcome then) override {
        if (!another_serves) {
            return boost::asio::post(host_.loop, while_alive(alive_, [then] { then({}, {}); }));
        }
        const auto grace = left.spec.stop.grace;
        try_to_empty(left.slot, grace, sys::monotonic_now() + grace, then);
    }

    void look(const generation* from, const generation* to,
              std::function<void(side)> then) override {
        struct slots {
            std::optional<std::size_t> from, to;
        };
        const slots of{from == nullptr ? std::nullopt : std::optional<std::size_t>(from->slot),
                       to == nullptr ? std::nullopt : std::optional<std::size_t>(to->slot)};
        auto found = std::make_shared<std::optional<std::size_t>>();
        ask(
            look_within,
            [this, found](const time_limit& limit) {
                *found = proxy_.look(limit).owner;
                return nlohmann::json();
            },
            [this, found, of, then = std::move(then)](const std::string&, const nlohmann::json&) {
                const auto& owner = *found;
                if (owner) {
                    hold(*owner);
                }
                then(owner && owner == of.to     ? side::to_new
                     : owner && owner == of.from ? side::to_old
                                                 : side::unknown);
            });
    }

    void hold_at(const generation* owner) override {
        if (owner == nullptr) {
            held_.reset();
            timer_.cancel();
        } else if (held_ != owner->slot) {
            hold(owner->slot);
        }
    }

    [[nodiscard]] probe_ways ways_to(const generation* one) const override {
        probe_ways ways;
        if (const auto slot = one == nullptr ? held_ : std::optional<std::size_t>(one->slot)) {
            ways.address = "tcp:" + spec_.addresses[*slot];
        }
        return ways;
    }

    [[nodiscard]] std::string trouble() const override { return trouble_; }

private:
    using work = std::function<nlohmann::json(const time_limit&)>;

    /// The last one that HAProxy would send requests to is waited for, however long: whoever is
    /// told to stop then would leave nobody. One that cannot be asked has been told to drain
    /// before, so that the grace is enough.
    void try_to_empty(std::size_t slot, std::chrono::nanoseconds grace,
                      std::chrono::nanoseconds until, const outcome& then) {
        ask(
            grace, [this, slot](const time_limit& limit) { return empty_now(slot, limit); },
            [this, slot, grace, until, then](const std::string& problem, nlohmann::json fields) {
                const bool is_last = fields.value("is_last", false);
                const bool is_silent = fields.value("is_silent", false);
                const std::string why = is_silent ? fields.value("reason", "") : problem;
                if (!is_last && !(is_silent && sys::monotonic_now() < until)) {
                    return then(why, std::move(fields));
                }
                trouble_ = fields.value("reason", "");
                again_.expires_after(try_again_after);
                again_.async_wait(while_alive(
                    alive_, [this, slot, grace, until, then](boost::system::error_code cancelled) {
                        if (!cancelled) {
                            try_to_empty(slot, grace, until, then);
                        }
                    }));
            });
    }

    /// On the other thread.
    nlohmann::json empty_now(std::size_t slot, const time_limit& limit) {
        try {
            const auto drained = proxy_.empty(slot, limit);
            nlohmann::json cut = nlohmann::json::array();
            for (const auto& one : drained.longest) {
                cut.push_back({{"client", one.source}, {"age", one.age}});
            }
            return {{"server", name_of(slot)},
                    {"took_ms", drained.took / 1ms},
                    {"cut", drained.cut},
                    {"longest", std::move(cut)},
                    {"seen", to_fields(proxy_.evidence(limit_of(look_within)))}};
        } catch (const haproxy_error& e) {
            const bool is_last = e.why() == haproxy_error::kind::last_server;
            const bool is_silent = e.why() == haproxy_error::kind::unreachable;
            if (!is_last && !is_silent) {
                throw;
            }
            return {{"server", name_of(slot)},
                    {"is_last", is_last},
                    {"is_silent", is_silent},
                    {"reason", e.what()}};
        }
    }

    [[nodiscard]] std::string name_of(std::size_t slot) const {
        return spec_.backend + "/" + spec_.servers[slot];
    }

    static time_limit limit_of(std::chrono::nanoseconds within, std::stop_token stop = {}) {
        return {.until = sys::monotonic_now() + within, .stop = std::move(stop)};
    }

    /// What is under way ends at its next look, with an answer that says so.
    void give_up() {
        under_way_.request_stop();
        under_way_ = std::stop_source();
    }

    /// Does `what` on the other thread, after all that was asked for before.
    void ask(std::chrono::nanoseconds within, work what, outcome then) {
        ++asked_;
        const auto back =
            while_alive(alive_, [this, then = std::move(then)](const std::string& problem,
                                                               const nlohmann::json& fields) {
                --asked_;
                then(problem, fields);
            });
        boost::asio::post(
            thread_, [this, within, stop = under_way_.get_token(), what = std::move(what), back] {
                std::string problem;
                nlohmann::json fields = nlohmann::json::object();
                try {
                    fields = what(limit_of(within, stop));
                } catch (const std::exception& e) {
                    problem = e.what();
                }
                boost::asio::post(host_.loop, [back, problem, fields] { back(problem, fields); });
            });
    }

    /// On the other thread. Where the traffic is already, HAProxy need not be asked: a service
    /// that was started again must not stay away because of it.
    nlohmann::json move(std::size_t slot, bool was_there, const time_limit& limit) {
        const auto began = sys::monotonic_now();
        nlohmann::json fields{{"server", name_of(slot)}};
        try {
            if (!was_there) {
                proxy_.begin_evidence(limit);
            }
            proxy_.move_to(slot, limit);
        } catch (const haproxy_error& e) {
            if (!was_there || e.why() != haproxy_error::kind::unreachable) {
                throw;
            }
            fields["reason"] = e.what();
        }
        fields["took_ms"] = static_cast<double>((sys::monotonic_now() - began).count()) / 1e6;
        return fields;
    }

    void hold(std::size_t slot) {
        held_ = slot;
        boost::asio::post(thread_, [this, slot] { proxy_.expect(slot); });
        care_later();
    }

    void care_later() {
        timer_.expires_after(care_every);
        timer_.async_wait(while_alive(alive_, [this](boost::system::error_code cancelled) {
            if (!cancelled) {
                care();
            }
        }));
    }

    void care() {
        if (!held_) {
            return;
        }
        if (asked_ > 0) {
            return care_later();  // whoever moves requests looks by itself
        }
        ask(
            care_within,
            [this](const time_limit& limit) {
                const auto found = proxy_.look_after(limit);
                return nlohmann::json{{"was_reloaded", found.was_reloaded},
                                      {"was_repaired", found.was_repaired}};
            },
            [this](const std::string& problem, const nlohmann::json& fields) {
                if (problem != std::exchange(trouble_, problem)) {
                    host_.changed();
                }
                if (problem.empty() && fields.value("was_repaired", false) && held_) {
                    repaired_({{"server", name_of(*held_)},
                               {"was_reloaded", fields.value("was_reloaded", false)},
                               {"was_repaired", true}});
                }
                care_later();
            });
    }

    host& host_;
    traffic_spec spec_;
    std::function<void(nlohmann::json fields)> repaired_;
    traffic::haproxy proxy_;  ///< only the other thread's
    boost::asio::steady_timer timer_, again_;
    std::optional<std::size_t> held_;  ///< slot that has the traffic
    std::string trouble_;
    int asked_ = 0;  ///< and not answered yet
    std::stop_source under_way_;
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
    boost::asio::thread_pool thread_{1};  ///< ends before what it works with
};

}  // namespace

std::unique_ptr<traffic_switch> make_haproxy_switch(
    host& at, const service_spec& of, std::function<void(nlohmann::json fields)> repaired) {
    return std::make_unique<haproxy_switch>(at, of, std::move(repaired));
}

}  // namespace lastcall::agent
