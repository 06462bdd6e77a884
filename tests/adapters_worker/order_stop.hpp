// The stop in the middle of an order, as every database component has to pass it.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "adapters_worker/waiting.hpp"

namespace lastcall::testing {

/// An order is half written when the service stops. Its second half comes only once the
/// drain has begun, or, for a drain that waits for nothing, once the next component drains.
///
/// `store`   has describe() and transactions(), and a table orders (id, item).
/// `begin`   of a label, begins a transaction of it that writes.
/// Returns:  what was wrong with the stop. That two orders are there is for the caller to see.
template <class Store, class Begin>
std::vector<std::string> faults_of_a_stop_during_an_order(lifecycle& life, drain_kind kind,
                                                          Store& store, const Begin& begin) {
    counter begun;
    counter release;
    std::vector<std::string> faults;
    const component part = store.describe();
    const bool waits = kind == drain_kind::real;
    life.add({.name = "below", .uses = nothing, .drain = [&] {
                  if (store.transactions().count() != 0) {
                      faults.push_back("a transaction ran when what it uses drained");
                  }
                  release.add();
              }});
    life.add({.name = part.name,
              .uses = {"below"},
              .gates = waits ? part.gates : std::vector<gate*>(),
              .drain = waits ? step([&] { release.add(); }) : step(),
              .close = part.close,
              .force = part.force});
    std::thread order([&] {
        auto in = begin("order");
        in.exec("INSERT INTO orders VALUES (1, 'tea')");
        begun.add();
        EXPECT_TRUE(release.wait_for(1));
        in.exec("INSERT INTO orders VALUES (2, 'milk')");
        in.commit();
    });
    EXPECT_TRUE(begun.wait_for(1));
    life.request_stop();
    if (life.run().result != result::clean) {
        faults.push_back("the stop was not clean");
    }
    order.join();
    if (begin("late")) {
        faults.push_back("a transaction began after the stop");
    }
    return faults;
}

}  // namespace lastcall::testing
