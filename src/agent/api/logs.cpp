#include "agent/api/logs.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <memory>
#include <system_error>

namespace lastcall::agent {
namespace {

constexpr std::size_t block = 64U << 10U;
constexpr std::uint64_t most_searched = 8U << 20U;

// A file may be rotated away between its listing and this.
sys::readable_file open_if_there(const std::string& path) {
    try {
        return sys::readable_file(path);
    } catch (const std::system_error&) {
        return {};
    }
}

// The files of a log, the oldest first. They are opened the newest first: a rotation meanwhile
// shows one of them a second time, under its next name, and hides none.
std::deque<sys::readable_file> open_all(const std::vector<std::string>& paths) {
    std::deque<sys::readable_file> made;
    for (auto path = paths.rbegin(); path != paths.rend(); ++path) {
        sys::readable_file file = open_if_there(*path);
        if (file && (made.empty() || !made.front().facts().is_same_file(file.facts()))) {
            made.push_front(std::move(file));
        }
    }
    return made;
}

// How often a file that is read may not be found under any name before it counts as rotated
// away: in the middle of a rotation it may have moved from a name not looked at yet to one
// that was.
constexpr int looks_before_missing = 5;

// Everything happens on the event loop of the connection.
class log_sender : public std::enable_shared_from_this<log_sender> {
public:
    log_sender(log_lister files, log_wish wish, const boost::asio::any_io_executor& on)
        : list_(std::move(files)), wish_(wish), timer_(on) {}

    /// Errors: what the lister throws; nothing was answered then.
    void prepare() {
        waiting_ = open_all(list_());
        const log_place start = find_tail(waiting_, wish_.tail);
        waiting_.erase(waiting_.begin(),
                       waiting_.begin() + static_cast<std::ptrdiff_t>(start.file));
        open_next();
        offset_ = start.offset;
    }

    void start(http::stream out) {
        out_.emplace(std::move(out));
        pump();
    }

    void leave() {
        timer_.cancel();
        out_.reset();
    }

private:
    bool open_next() {
        if (waiting_.empty()) {
            return false;
        }
        file_ = std::move(waiting_.front());
        waiting_.pop_front();
        offset_ = 0;
        return true;
    }

    void pump() {
        if (!out_) {
            return;
        }
        std::string text(block, '\0');
        for (bool has_looked = false;;) {
            text.resize(file_ ? file_.read_at(offset_, text.data(), text.size()) : 0);
            if (!text.empty()) {
                offset_ += text.size();
                send(std::move(text));
                return;
            }
            text.resize(block);
            if (!open_next() && (std::exchange(has_looked, true) || !find_successor())) {
                break;
            }
        }
        if (!out_ || is_sending_) {
            return;
        }
        if (wish_.follow) {
            wait();
        } else {
            out_->end();
        }
    }

    void send(std::string text) {
        is_sending_ = true;
        out_->write(std::move(text), [self = shared_from_this()](bool is_alive) {
            self->is_sending_ = false;
            if (is_alive) {
                self->pump();
            }
        });
    }

    void wait() {
        timer_.expires_after(wish_.look_every);
        timer_.async_wait([self = shared_from_this()](boost::system::error_code error) {
            if (!error) {
                self->pump();
            }
        });
    }

    // At the end of the newest file that is known. Returns: whether there is more to read.
    bool find_successor() {
        if (!wish_.follow) {
            return false;
        }
        const sys::file_facts ours = file_ ? file_.facts() : sys::file_facts{};
        if (file_ && ours.size < offset_) {  // it was cut off in place
            offset_ = 0;
            return ours.size > 0;
        }
        if (file_ && has_facts(active_, ours)) {
            return ours.size > offset_;
        }
        std::vector<std::string> paths;
        try {
            paths = list_();
        } catch (const std::exception&) {
            return false;  // the service is gone from the configuration; its log stays as it is
        }
        active_ = paths.empty() ? std::string() : paths.back();
        if (!file_) {
            waiting_ = open_all(paths);
            return open_next();
        }
        return ours.size > offset_ || take_up_after(ours, paths);
    }

    static bool has_facts(const std::string& path, const sys::file_facts& wanted) {
        const auto there = sys::facts_of(path);
        return there && there->is_same_file(wanted);
    }

    // Goes over to the file behind ours. Names move while they are looked at: what was opened is
    // the next one only if ours still has the name that it had before.
    bool take_up_after(const sys::file_facts& ours, const std::vector<std::string>& paths) {
        for (std::size_t i = 0; i < paths.size(); ++i) {
            if (has_facts(paths[i], ours)) {
                looks_ = 0;
                sys::readable_file next =
                    i + 1 < paths.size() ? open_if_there(paths[i + 1]) : sys::readable_file();
                if (!next || !has_facts(paths[i], ours) || file_.facts().size > offset_) {
                    return file_.facts().size > offset_;  // looked at again in a moment
                }
                file_ = std::move(next);
                offset_ = 0;
                return true;
            }
        }
        if (paths.empty() || ++looks_ < looks_before_missing) {
            return false;
        }
        looks_ = 0;
        waiting_ = open_all(paths);
        if (open_next()) {
            send("lastcall: lines are missing here, they were rotated away\n");
        }
        return false;
    }

    log_lister list_;
    const log_wish wish_;
    boost::asio::steady_timer timer_;
    std::optional<http::stream> out_;
    std::deque<sys::readable_file> waiting_;  ///< to be read behind `file_`
    sys::readable_file file_;
    std::string active_;  ///< path of the file that is being written, as it was listed last
    int looks_ = 0;       ///< in a row that did not find `file_` under any name
    std::uint64_t offset_ = 0;
    bool is_sending_ = false;
};

}  // namespace

log_place find_tail(const std::deque<sys::readable_file>& files, std::size_t lines) {
    std::uint64_t searched = 0;
    log_place place{files.size(), 0};
    std::array<char, block> text;
    std::size_t missing = lines;
    bool is_last_byte = true;
    for (std::size_t i = files.size(); i > 0; --i) {
        const sys::readable_file& file = files[i - 1];
        std::uint64_t end = file.facts().size;
        if (lines == 0) {
            return {i - 1, end};
        }
        while (end > 0) {
            if (searched >= most_searched) {
                return {i - 1, end};
            }
            const std::uint64_t start = end - std::min<std::uint64_t>(end, block);
            const std::size_t got = file.read_at(start, text.data(), end - start);
            searched += got;
            for (std::size_t at = got; at > 0; --at) {
                // The newline at the very end closes the last line, it begins none.
                if (text[at - 1] == '\n' && !std::exchange(is_last_byte, false) && --missing == 0) {
                    return {i - 1, start + at};
                }
                is_last_byte = false;
            }
            end = start;
        }
        place = {i - 1, 0};
    }
    return place;
}

void send_log(http::exchange from, http::response head, log_lister files, log_wish wish) {
    auto sender = std::make_shared<log_sender>(std::move(files), wish, from.executor());
    sender->prepare();
    if (from.request().method() == http::verb::head) {
        std::move(from).respond(std::move(head));
    } else if (wish.follow) {
        sender->start(std::move(from).begin_stream(
            std::move(head), {.farewell = {}, .over = [sender] { sender->leave(); }}));
    } else {
        sender->start(std::move(from).begin_stream(std::move(head)));
    }
}

}  // namespace lastcall::agent
