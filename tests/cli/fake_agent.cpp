#include "cli/fake_agent.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <sstream>
#include <stdexcept>

namespace lastcall::testing {
namespace {

void send_all(int fd, const std::string& text) {
    for (std::size_t sent = 0; sent < text.size();) {
        const auto size = ::send(fd, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
        if (size <= 0) {
            return;
        }
        sent += static_cast<std::size_t>(size);
    }
}

/// Returns: false when the client has gone before its request was whole.
bool read_request(int fd, fake_agent::request& into) {
    std::string text;
    std::array<char, 4096> buffer{};
    std::size_t body = 0;
    std::size_t end = 0;
    for (;;) {
        end = text.find("\r\n\r\n");
        if (end != std::string::npos && text.size() >= end + 4 + body) {
            if (!into.fields.empty()) {
                break;
            }
            std::istringstream head(text.substr(0, end));
            std::string line;
            std::getline(head, line);
            std::istringstream(line) >> into.method >> into.target;
            while (std::getline(head, line)) {
                const auto colon = line.find(": ");
                std::string name = line.substr(0, colon);
                std::ranges::transform(name, name.begin(), ::tolower);
                std::string value = line.substr(colon + 2);
                value.erase(value.find_last_not_of("\r") + 1);
                into.fields[name] = value;
            }
            into.fields["."] = "";  // read
            body = into.fields.contains("content-length")
                       ? std::stoul(into.fields["content-length"])
                       : 0;
            continue;
        }
        const auto size = ::recv(fd, buffer.data(), buffer.size(), 0);
        if (size <= 0) {
            return false;
        }
        text.append(buffer.data(), static_cast<std::size_t>(size));
    }
    into.body = text.substr(end + 4);
    return true;
}

}  // namespace

fake_agent::fake_agent(const std::filesystem::path& home, handler answers)
    : path_((home / "run" / "api.sock").string()), answers_(std::move(answers)) {
    std::filesystem::create_directories(home / "run");
    listen_on();
}

void fake_agent::listen_on() {
    ::unlink(path_.c_str());
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener_, 16) != 0 || ::pipe2(wake_, O_CLOEXEC) != 0) {
        throw std::runtime_error(path_ + ": " + std::strerror(errno));
    }
    accepting_ = std::thread([this] {
        for (;;) {
            std::array<pollfd, 2> wait{{{listener_, POLLIN, 0}, {wake_[0], POLLIN, 0}}};
            ::poll(wait.data(), wait.size(), -1);
            if (wait[1].revents != 0) {
                return;
            }
            const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            const std::lock_guard lock(mutex_);
            threads_.emplace_back([this, fd] { serve(fd); });
        }
    });
}

void fake_agent::go_away() {
    [[maybe_unused]] const auto woken = ::write(wake_[1], "x", 1);
    accepting_.join();
    ::close(listener_);
    ::unlink(path_.c_str());
    const std::lock_guard lock(mutex_);
    for (const int fd : std::exchange(followers_, {})) {
        ::shutdown(fd, SHUT_RDWR);
        ::close(fd);
    }
}

fake_agent::~fake_agent() {
    if (accepting_.joinable()) {
        go_away();
    }
    for (auto& one : threads_) {
        one.join();
    }
    ::close(wake_[0]);
    ::close(wake_[1]);
}

void fake_agent::serve(int fd) {
    request asked;
    if (!read_request(fd, asked)) {
        ::close(fd);
        return;
    }
    {
        const std::lock_guard lock(mutex_);
        requests_.push_back(asked);
    }
    if (asked.target.starts_with("/v1/events")) {
        send_all(fd,
                 "HTTP/1.1 200 OK\r\nLastcall-Api: 1\r\nContent-Type: text/event-stream\r\n"
                 "Connection: close\r\n\r\nretry: 1000\n\n");
        const std::lock_guard lock(mutex_);
        followers_.push_back(fd);
        changed_.notify_all();
        return;
    }
    const auto made = answers_(asked);
    if (!made.breaks) {
        const auto body = made.text.empty() ? made.body.dump() : made.text;
        send_all(fd, "HTTP/1.1 " + std::to_string(made.status) + " X\r\n" +
                         (made.api.empty() ? "" : "Lastcall-Api: " + made.api + "\r\n") +
                         "Lastcall-Version: 9.9\r\nConnection: close\r\nContent-Length: " +
                         std::to_string(body.size()) + "\r\n\r\n" + body);
    }
    ::shutdown(fd, SHUT_WR);
    std::array<char, 64> rest{};
    while (::recv(fd, rest.data(), rest.size(), 0) > 0) {
    }
    ::close(fd);
}

void fake_agent::tell(const json& row) {
    const std::lock_guard lock(mutex_);
    for (const int fd : followers_) {
        send_all(fd, "id: " + row.at("number").dump() + "\nevent: " +
                         row.at("kind").get<std::string>() + "\ndata: " + row.dump() + "\n\n");
    }
}

void fake_agent::wait_for_follower() {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::seconds(30),
                           [this] { return !followers_.empty(); })) {
        throw std::runtime_error("nobody follows");
    }
}

std::vector<fake_agent::request> fake_agent::requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
}

fake_agent::request fake_agent::last(const std::string& method, const std::string& target) const {
    request found;
    for (const auto& one : requests()) {
        if (one.method == method && one.target.starts_with(target)) {
            found = one;
        }
    }
    return found;
}

}  // namespace lastcall::testing
