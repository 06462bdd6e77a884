// A GET as the kubelet makes one: no redirect is followed, nothing is tried again.
#include <array>
#include <atomic>
#include <charconv>
#include <stdexcept>
#include <thread>

#include "drill/sequence/running_command.hpp"
#include "sys/clock.hpp"
#include "sys/error_text.hpp"
#include "sys/event_fd.hpp"
#include "sys/socket/socket_client.hpp"
#include "sys/waiter.hpp"

namespace lastcall::drill {
namespace {

struct target {
    sys::endpoint server;
    std::string host;
    std::string path;
};

target target_of(const std::string& role, const std::string& url) {
    constexpr std::string_view scheme = "http://";
    if (!url.starts_with(scheme)) {
        throw std::runtime_error(role + ": '" + url +
                                 "' can not be asked: write http://ADDRESS:PORT/PATH");
    }
    const auto slash = std::min(url.find('/', scheme.size()), url.size());
    auto host = url.substr(scheme.size(), slash - scheme.size());
    const auto path = slash < url.size() ? url.substr(slash) : "/";
    const auto name = host;
    if (host == "localhost" || host.starts_with("localhost:")) {
        host.replace(0, std::string_view("localhost").size(), "127.0.0.1");
    }
    if (host.find(':', host.find(']') == std::string::npos ? 0 : host.find(']')) ==
        std::string::npos) {
        host += ":80";
    }
    const auto server = sys::endpoint::parse(host);
    if (!server) {
        throw std::runtime_error(role + ": '" + url +
                                 "' needs a numeric address: names are not looked up");
    }
    return {*server, name, path};
}

class prepared_request final : public running_command {
public:
    prepared_request(const std::string& role, const std::string& url)
        : running_command(role + " GET " + url),
          to_(target_of(role, url)),
          go_(sys::make_event()),
          thread_([this] { run(); }) {}
    ~prepared_request() override {
        is_ending_ = true;
        sys::signal_event(go_.get());
        thread_.join();
    }
    prepared_request(const prepared_request&) = delete;
    prepared_request& operator=(const prepared_request&) = delete;

    void begin() noexcept override { sys::signal_event(go_.get()); }
    [[nodiscard]] std::optional<int> status() override {
        return is_done_ ? std::optional(result_) : std::nullopt;
    }
    [[nodiscard]] std::string last_words() const override { return is_done_ ? words_ : ""; }

private:
    void run() {
        static_cast<void>(sys::wait_readable(go_.get(), moment::max()));
        if (!is_ending_) {
            words_ = ask();
            is_done_ = true;
        }
    }

    /// In short waits, so that who gives up on it does not wait for the server.
    bool wait(int fd, bool writable) {
        while (!is_ending_) {
            sys::waiter waiter;
            const auto place = waiter.watch(fd, writable);
            waiter.wait(sys::monotonic_now() + std::chrono::milliseconds(20));
            if (waiter.is_ready(place)) {
                return true;
            }
        }
        return false;
    }

    std::string ask() {
        using sys::io_status;
        sys::unique_fd socket;
        auto connected = sys::begin_connect(socket, to_.server);
        if (connected.status == io_status::would_block && wait(socket.get(), true)) {
            connected = sys::connect_result(socket.get());
        }
        if (connected.status != io_status::done) {
            return std::string("no connection: ") + sys::error_text(connected.error);
        }
        const auto request = "GET " + to_.path + " HTTP/1.1\r\nHost: " + to_.host +
                             "\r\nUser-Agent: lastcall-drill\r\nConnection: close\r\n\r\n";
        if (sys::send_some(socket.get(), request).size != request.size()) {
            return "the request could not be sent";
        }
        std::string answer;
        std::array<char, 4096> memory;
        while (answer.find("\r\n") == std::string::npos && wait(socket.get(), false)) {
            const auto got = sys::receive_some(socket.get(), memory);
            if (got.status == io_status::done) {
                answer.append(memory.data(), got.size);
            } else if (got.status != io_status::would_block) {
                return got.status == io_status::end ? "the connection ended before the answer"
                                                    : "the connection was lost before the answer";
            }
        }
        int status = 0;
        const auto space = answer.find(' ');
        if (!answer.starts_with("HTTP/") || space == std::string::npos ||
            std::from_chars(answer.data() + space + 1, answer.data() + answer.size(), status).ec !=
                std::errc()) {
            return "the answer is not HTTP";
        }
        result_ = status >= 200 && status < 400 ? 0 : 1;
        return "status " + std::to_string(status);
    }

    target to_;
    sys::unique_fd go_;
    std::atomic<bool> is_ending_{false};
    std::atomic<bool> is_done_{false};  // released after the two below
    int result_ = 1;
    std::string words_;
    std::thread thread_;
};

}  // namespace

std::unique_ptr<running_command> prepare_request(const std::string& role, const std::string& url) {
    return std::make_unique<prepared_request>(role, url);
}

}  // namespace lastcall::drill
