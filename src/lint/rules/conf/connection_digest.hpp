// What the chain across files wants to know of the connections of a server: how long they may last.
#pragma once

#include <optional>

#include "lint/chain/digest_store.hpp"
#include "lint/conf/conf_kind.hpp"
#include "lint/rules/conf/conf_case.hpp"

namespace lastcall::lint {

/// A connection that lasts, where no setting of the program ends it: how long it may be without
/// data. Unset: there is none, or no file says it.
[[nodiscard]] std::optional<budget_term> tunnel_of(const conf_case& given, conf_kind kind);

/// How long a connection may be without requests, the shortest that the file says.
[[nodiscard]] std::optional<budget_term> idle_of_conf(const conf_case& given, conf_kind kind);

/// Of nginx each group of servers to which connections are kept, as a front.
void digest_upstreams(const conf_case& given, digest_store& into);

}  // namespace lastcall::lint
