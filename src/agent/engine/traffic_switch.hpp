// What moves new requests from one generation of a service to the other, and tells when the one
// that was left has none any more. There are two: the keeper's sockets on this host, and an
// HAProxy that somebody else runs.
//
// Threads: the engine's. Nothing here blocks; every callback comes on the engine's thread, and
// none after the destruction.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "agent/engine/generation.hpp"
#include "agent/engine/host.hpp"
#include "agent/engine/probe_try.hpp"
#include "core/deploy_machine.hpp"

namespace lastcall::agent {

class traffic_switch {
public:
    using side = core::deploy_sight::side;
    /// Empty problem: it was done; `fields` are for the journal.
    using outcome = std::function<void(const std::string& problem, nlohmann::json fields)>;

    virtual ~traffic_switch() = default;

    /// Whether new requests could be moved at all; asked before anything is started.
    virtual void check(outcome then) = 0;
    /// New requests go to `to`, when it has called back. A call that is under way is given up.
    virtual void move_to(const generation& to, outcome then) = 0;
    /// Calls back when nothing comes to `left` any more: it may be told to stop. With a problem,
    /// it may be told all the same: there is nothing else to wait for.
    /// `another_serves`  false: there is nobody that requests could go to instead
    virtual void empty(const generation& left, bool another_serves, outcome then) = 0;
    /// Which of the two has the traffic, for an agent that takes over. Either may be null.
    virtual void look(const generation* from, const generation* to,
                      std::function<void(side)> then) = 0;
    /// Sees to it that the traffic stays at `owner` from now on. Null: there is none.
    virtual void hold_at(const generation* owner) = 0;
    /// How a probe reaches this generation, and no other. Null: whichever has the traffic.
    [[nodiscard]] virtual probe_ways ways_to(const generation* one) const = 0;
    /// What does not work at the moment, in words; else empty.
    [[nodiscard]] virtual std::string trouble() const { return {}; }
};

/// By the keeper, which has a listening socket for each generation.
/// `addresses`  of the service's sockets as bound, by name; outlives the switch
[[nodiscard]] std::unique_ptr<traffic_switch> make_local_switch(
    host& at, const service_spec& of, const std::map<std::string, std::string>& addresses);

/// By the runtime API of an HAProxy. Errors: traffic::haproxy_error: the settings are not good.
/// `repaired`  HAProxy had lost where requests go, and it was put right: fields for the journal
[[nodiscard]] std::unique_ptr<traffic_switch> make_haproxy_switch(
    host& at, const service_spec& of, std::function<void(nlohmann::json fields)> repaired);

}  // namespace lastcall::agent
