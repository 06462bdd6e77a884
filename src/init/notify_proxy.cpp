#include "init/notify_proxy.hpp"

#include "sys/process/identity.hpp"
#include "sys/process/process.hpp"

namespace lastcall::init {

using outbox = sys::datagram_outbox;
using inbox = sys::datagram_inbox;

bool notify_proxy::open(const notify_settings& settings, core::text_sink& why) noexcept {
    const std::string_view name = settings.upstream == nullptr ? "" : settings.upstream;
    keeps_ready_back_ = settings.keeps_ready_back;
    bool good = true;
    if (!name.empty()) {
        const auto refuse = [&](std::string_view reason) {
            why << "NOTIFY_SOCKET=" << name << ": " << reason
                << "; the manager is told nothing by the keeper";
            good = false;
        };
        switch (outbox::judge(name)) {
            case outbox::kind_of_name::good:
                has_upstream_ = true;
                if (const int error = upstream_.open(name); error != 0) {
                    good = false;
                    why << "NOTIFY_SOCKET=" << name << ": cannot be reached now (errno " << error
                        << "); it is tried again with each message";
                }
                break;
            case outbox::kind_of_name::vsock:
                refuse("vsock is not supported");
                break;
            case outbox::kind_of_name::too_long:
                refuse("is longer than an address can be");
                break;
            case outbox::kind_of_name::malformed:
                refuse("is neither an absolute path nor an abstract name");
                break;
        }
    }
    if (has_upstream_ || settings.is_wanted) {
        if (const int error = inbox_.open(); error != 0) {
            why << (why.empty() ? "" : "; ") << "cannot make a socket for sd_notify (errno "
                << error << ')';
            return false;
        }
    }
    return good;
}

notify_news notify_proxy::take() noexcept {
    notify_news news;
    complaints_.clear();
    for (int i = 0; i < per_turn && !holds_ && take_one(news); ++i) {
    }
    news.complaint = complaints_.view();
    return news;
}

notify_news notify_proxy::upstream_writable() noexcept {
    notify_news news;
    complaints_.clear();
    if (send_own() && holds_) {
        holds_ = false;
        forward(news);
    }
    news.complaint = complaints_.view();
    return news;
}

// Returns: false when nothing is waiting.
bool notify_proxy::take_one(notify_news& news) noexcept {
    const inbox::received got = inbox_.receive(text_, fds_);
    switch (got.what) {
        case inbox::outcome::none:
            return false;
        case inbox::outcome::failed:
            inbox_.close();
            return false;
        case inbox::outcome::too_long:
            complain(oversized, "a message of more than 4096 bytes was refused", got.sender, news);
            break;
        case inbox::outcome::lost_fds:
            complain(many_fds,
                     "a message was refused because not all of its descriptors could be "
                     "received; look at the limit of open files",
                     got.sender, news);
            break;
        case inbox::outcome::message:
            accept(got.size, got.sender, news);
            break;
    }
    if (!holds_) {
        fds_.close_all();
    }
    return true;
}

void notify_proxy::accept(std::size_t size, int sender, notify_news& news) noexcept {
    // systemd-notify(1) speaks in the name of its parent where it may, which can be us.
    // Only who has CAP_SYS_ADMIN can do so; unix(7).
    if (sender != sys::current_process_id() && !sys::is_descendant(sender)) {
        complain(stranger, "a message was refused: its sender is not of this service", sender,
                 news);
        return;
    }
    // One zero at the end is a habit of C programs; others mean that this is no text.
    if (size > 0 && text_[size - 1] == '\0') {
        --size;
    }
    const std::string_view text(text_.data(), size);
    const core::notify_message message = core::read_notify_message(text);
    const bool odd_barrier = message.barrier && (message.lines != 1 || fds_.size() != 1);
    if (text.find('\0') != text.npos || message.lines == 0 || odd_barrier) {
        complain(malformed,
                 odd_barrier ? "a BARRIER=1 that is not alone, or without its one descriptor"
                             : "a message that is no text of KEY=value lines was refused",
                 sender, news);
        return;
    }
    read(message, news);
    extend_by_ = message.extend_by;
    if (!message.fdstore && !message.barrier) {
        fds_.close_all();  // a pidfd of MAINPIDFD, or a mistake: nobody expects them
    }
    if (message.main_pid > 0) {
        if (message.main_pid == sender || sys::is_descendant(message.main_pid)) {
            news.main_pid = message.main_pid;
        } else {
            complain(foreign_main, "a MAINPID that is not of this service was ignored", sender,
                     news);
        }
    }
    text_size_ = core::leave_out_own({text_.data(), size}, keeps_ready_back_);
    forward(news);
}

void notify_proxy::read(const core::notify_message& message, notify_news& news) noexcept {
    news.ready = news.ready || message.ready;
    news.reloading = (news.reloading && !message.ready) || message.reloading;
    news.stopping = news.stopping || message.stopping;
    news.watchdog = news.watchdog || message.watchdog;
    news.barrier = news.barrier || message.barrier;
    if (message.status) {
        news.status_changed = true;
        status_.clear();
        for (const char c : *message.status) {
            status_ << (static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c);
        }
    }
}

void notify_proxy::forward(notify_news& news) noexcept {
    if (!has_upstream_ || text_size_ == 0) {
        return;
    }
    // What the keeper itself has to say came first.
    forwarded(send_own() ? upstream_.send({text_.data(), text_size_}, fds_.view())
                         : outbox::outcome::full,
              news);
}

void notify_proxy::forwarded(outbox::outcome what, notify_news& news) noexcept {
    switch (what) {
        case outbox::outcome::full:
            holds_ = true;
            return;
        case outbox::outcome::sent:
            if (extend_by_) {
                news.extend_by = extend_by_;
            }
            break;
        case outbox::outcome::lost:
            complain(lost, "the manager behind NOTIFY_SOCKET did not take a message", 0, news);
            break;
    }
    // Our copies: a barrier ends when the manager closes the last one.
    fds_.close_all();
}

void notify_proxy::tell_ready() noexcept {
    keeps_ready_back_ = false;
    own_left_ |= has_upstream_ ? own_ready : 0;
    send_own();
}

void notify_proxy::tell_stopping() noexcept {
    own_left_ |= has_upstream_ ? own_stopping : 0;
    send_own();
}

void notify_proxy::tell_status(std::string_view text) noexcept {
    if (has_upstream_) {
        core::fixed_text<512> line;
        line << "STATUS=" << text;
        upstream_.send(line.view());
    }
}

// Returns: whether nothing is left. What cannot be sent at all is given up.
bool notify_proxy::send_own() noexcept {
    if ((own_left_ & own_ready) != 0 && upstream_.send("READY=1") != outbox::outcome::full) {
        own_left_ &= static_cast<std::uint8_t>(~own_ready);
    }
    if (own_left_ == own_stopping && upstream_.send("STOPPING=1") != outbox::outcome::full) {
        own_left_ = 0;
    }
    return own_left_ == 0;
}

void notify_proxy::complain(complaint what, std::string_view text, int pid,
                            notify_news& news) noexcept {
    const auto bit = static_cast<std::uint8_t>(1U << what);
    if ((complained_ & bit) != 0) {
        return;
    }
    complained_ |= bit;
    complaints_ << (complaints_.empty() ? "sd_notify: " : "; ") << text;
    if (pid > 0) {
        complaints_ << " (process " << pid << ')';
    }
    news.complaint = complaints_.view();
}

}  // namespace lastcall::init
