#include "crowd.hpp"

#include <algorithm>

#include "subject.hpp"

namespace doctor_bench {

std::vector<helper> make_crowd(int processes, int sockets) {
    constexpr int pairs_of_one = 4000;  // the usual limit of open files is above twice that
    std::vector<helper> made;
    for (int left = sockets / 2; left > 0; left -= pairs_of_one) {
        made.emplace_back([pairs = std::min(left, pairs_of_one)] {
            const auto port = listen_anywhere();
            hold_connections(port, pairs);
            return std::uint64_t{port.number};
        });
    }
    while (made.size() < static_cast<std::size_t>(processes)) {
        made.emplace_back([] { return std::uint64_t{0}; });
    }
    return made;
}

}  // namespace doctor_bench
