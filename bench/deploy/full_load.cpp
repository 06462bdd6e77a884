#include "full_load.hpp"

#include <sys/epoll.h>

#include <array>
#include <memory>
#include <vector>

#include "link.hpp"

namespace deploy_bench {

full_load_result run_full_load(const lastcall::sys::endpoint& at, const std::string& path,
                               int clients, bool is_kept, std::chrono::milliseconds length) {
    const auto text = request_text(at, path, is_kept);
    const lastcall::sys::unique_fd poll(::epoll_create1(EPOLL_CLOEXEC));
    std::vector<std::unique_ptr<link>> links(static_cast<std::size_t>(clients));
    full_load_result made;
    const auto begin = [&](std::size_t i) {
        links[i] = std::make_unique<link>(at);
        epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {.u64 = i}};
        ::epoll_ctl(poll.get(), EPOLL_CTL_ADD, links[i]->fd(), &event);
        links[i]->ask(text);
    };
    const auto from = now_ns();
    const auto until = from + std::chrono::nanoseconds(length).count();
    for (std::size_t i = 0; i < links.size(); ++i) {
        begin(i);
    }
    std::array<epoll_event, 64> events;
    while (now_ns() < until) {
        const int count = ::epoll_wait(poll.get(), events.data(), events.size(), 10);
        for (int k = 0; k < count; ++k) {
            const auto i = static_cast<std::size_t>(events[static_cast<std::size_t>(k)].data.u64);
            const auto state = links[i]->turn();
            if (state == link::state::answered) {
                ++made.answers;
                if (is_kept) {
                    links[i]->ask(text);
                } else {
                    begin(i);
                }
            } else if (state == link::state::broken) {
                ++made.failures;
                begin(i);
            }
        }
    }
    made.seconds = static_cast<double>(now_ns() - from) / 1e9;
    return made;
}

}  // namespace deploy_bench
