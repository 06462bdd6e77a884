#include "drill/subject/notify_inbox.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "core/notify_message.hpp"
#include "sys/error_text.hpp"

namespace lastcall::drill {

notify_inbox::notify_inbox() {
    if (const int error = inbox_.open(); error != 0) {
        throw std::runtime_error(std::string("cannot make a socket for NOTIFY_SOCKET: ") +
                                 sys::error_text(error));
    }
}

std::string notify_inbox::variable() const { return "NOTIFY_SOCKET=" + std::string(inbox_.name()); }

notify_news notify_inbox::take() {
    using received = sys::datagram_inbox::outcome;
    notify_news news;
    std::array<char, 4096> text;
    sys::fd_batch descriptors;  // what a service stores here is closed: there is no restart
    for (;;) {
        const auto got = inbox_.receive(text, descriptors);
        if (got.what == received::none || got.what == received::failed) {
            return news;
        }
        if (got.what == received::too_long) {
            continue;
        }
        const auto said = core::read_notify_message({text.data(), got.size});
        news.ready = news.ready || said.ready;
        news.stopping = news.stopping || said.stopping;
        news.reloading = (news.reloading || said.reloading) && !said.ready;
        if (said.main_pid > 0) {
            news.main_pid = said.main_pid;
        }
        news.extend = std::max(news.extend, said.extend_by.value_or(std::chrono::nanoseconds(0)));
    }
}

}  // namespace lastcall::drill
