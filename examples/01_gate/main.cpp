// One gate, some work, and the moment when the last of it has ended.
//
// Watch for: after close() no work gets in, and wait_empty() returns in the instant the
// last pass ends, not at the next poll.
#include <iostream>
#include <thread>
#include <vector>

#include <lastcall/gate.hpp>

using namespace std::chrono_literals;

int main() {
    lastcall::gate orders("orders");

    std::vector<std::thread> clients;
    for (int i = 1; i <= 3; ++i) {
        clients.emplace_back([&orders, i] {
            // A pass is the right to be inside. It ends with its scope.
            if (const lastcall::pass inside = orders.try_enter("POST /orders")) {
                std::this_thread::sleep_for(i * 100ms);
            }
        });
    }
    std::this_thread::sleep_for(50ms);

    orders.close();
    if (!orders.try_enter("too late")) {
        std::cout << "closed: new work is refused\n";
    }
    for (const lastcall::occupant& o : orders.who()) {
        std::cout << "inside: " << o.label << " in thread " << o.thread << "\n";
    }

    // A wait always has a limit; running out of it is an answer, not an error.
    const bool drained = orders.wait_empty(lastcall::clock::now() + 1s);
    std::cout << (drained ? "drained\n" : "some work did not end in time\n");

    for (std::thread& c : clients) {
        c.join();
    }
    return drained ? 0 : 1;
}
