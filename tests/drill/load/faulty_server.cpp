#include "drill/load/faulty_server.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "drill/http/ws_frame.hpp"

namespace lastcall::drill {
namespace {

constexpr std::string_view whole = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
constexpr std::string_view chunked_head =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";

void say(int fd, std::string_view bytes) {
    // Small enough for the socket's buffer: all or, after the client has left, nothing.
    [[maybe_unused]] const auto sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

/// close(2) will send a RST in place of a FIN.
void reset_at_close(int fd) {
    const linger at_once{1, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

/// Reads until `text` contains `what`. Returns false at the end of the connection.
bool read_until(int fd, std::string& text, std::string_view what) {
    while (text.find(what) == std::string::npos) {
        char buffer[4096];
        const auto got = ::recv(fd, buffer, sizeof buffer, 0);
        if (got <= 0) {
            return false;
        }
        text.append(buffer, static_cast<std::size_t>(got));
    }
    return true;
}

std::string path_of(const std::string& head) {
    const auto from = head.find(' ') + 1;
    return head.substr(from, head.find(' ', from) - from);
}

std::size_t content_length(const std::string& head) {
    constexpr std::string_view name = "Content-Length: ";
    const auto at = head.find(name);
    return at == std::string::npos ? 0 : std::stoul(head.substr(at + name.size()));
}

void read_to_end(int fd) {
    char buffer[4096];
    while (::recv(fd, buffer, sizeof buffer, 0) > 0) {
    }
}

std::string server_frame(ws_opcode code, std::string_view payload) {
    std::string out{static_cast<char>(0x80U | static_cast<unsigned>(code)),
                    static_cast<char>(payload.size())};
    return out.append(payload);
}

}  // namespace

faulty_server::faulty_server(fault what)
    : fault_(what),
      at_(sys::endpoint::loopback(0)),
      listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    if (::bind(listener_.get(), at_.address(), at_.size()) != 0 ||
        ::listen(listener_.get(), 128) != 0 ||
        ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        throw std::system_error(errno, std::generic_category(), "faulty_server");
    }
    at_ = sys::endpoint::loopback(ntohs(address.sin_port));
    acceptor_ = std::thread([this] { accept_all(); });
}

faulty_server::~faulty_server() {
    release();
    ::shutdown(listener_.get(), SHUT_RDWR);
    acceptor_.join();
    cut_all();
    for (auto& thread : threads_) {
        thread.join();
    }
}

std::map<outcome, std::uint64_t> faulty_server::books() const {
    const std::lock_guard lock(mutex_);
    return books_;
}

void faulty_server::note(outcome seen, std::uint64_t times) {
    const std::lock_guard lock(mutex_);
    books_[seen] += times;
}

void faulty_server::cut_all() {
    const std::lock_guard lock(mutex_);
    for (const int fd : connections_) {
        ::shutdown(fd, SHUT_RDWR);
    }
}

void faulty_server::accept_all() {
    for (;;) {
        const int fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0) {
            return;
        }
        const std::lock_guard lock(mutex_);
        connections_.push_back(fd);
        threads_.emplace_back([this, fd] {
            serve(fd);
            const std::lock_guard closing(mutex_);
            std::erase(connections_, fd);
            ::close(fd);
        });
    }
}

void faulty_server::serve(int fd) {
    std::string text;
    while (read_until(fd, text, "\r\n\r\n")) {
        const auto end = text.find("\r\n\r\n") + 4;
        const std::string head = text.substr(0, end);
        text.erase(0, end);
        const bool upgrades = head.find("Upgrade: websocket") != std::string::npos;
        if (upgrades && path_of(head) != "/missing" && path_of(head) != "/plain") {
            websocket(fd, head);
            return;
        }
        const auto length = content_length(head);
        while (text.size() < length) {
            char buffer[4096];
            const auto got = ::recv(fd, buffer, sizeof buffer, 0);
            if (got <= 0) {
                return;
            }
            text.append(buffer, static_cast<std::size_t>(got));
        }
        if (length > 0) {
            const std::lock_guard lock(mutex_);
            bodies_.push_back(text.substr(0, length));
        }
        text.erase(0, length);
        if (!answer(fd, head)) {
            return;
        }
    }
}

/// Returns: whether the connection goes on.
bool faulty_server::answer(int fd, const std::string& request) {
    if (fault_ == fault::none && !announcing_ && answer_route(fd, request)) {
        return true;
    }
    if (fault_ != fault::none && ++requests_ % 3 == 0) {
        return misbehave(fd);
    }
    if (announcing_) {
        note(outcome::served_close);
        say(fd, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
        return false;
    }
    note(outcome::ok);
    say(fd, whole);
    return true;
}

/// Paths that mean something. Returns: whether it was one.
bool faulty_server::answer_route(int fd, const std::string& request) {
    const auto path = path_of(request);
    if (path == "/missing") {
        say(fd, "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n");
    } else if (path == "/ready") {
        say(fd, ready_ ? "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
                       : "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n");
    } else if (path == "/big") {
        std::string all = "HTTP/1.1 200 OK\r\nContent-Length: 262144\r\n\r\n";
        all.append(262144, 'b');
        for (std::size_t at = 0; at < all.size();) {
            const auto sent = ::send(fd, all.data() + at, all.size() - at, MSG_NOSIGNAL);
            if (sent <= 0) {
                break;
            }
            at += static_cast<std::size_t>(sent);
        }
    } else if (path == "/stream" || path == "/held") {
        if (path == "/stream") {
            say(fd, chunked_head);
        }
        std::unique_lock lock(mutex_);
        released_.wait(lock, [&] { return is_released_; });
        lock.unlock();
        say(fd, path == "/stream" ? std::string_view("0\r\n\r\n") : whole);
    } else if (path == "/named") {
        say(fd, "HTTP/1.1 200 OK\r\nServer-Instance: one\r\nContent-Length: 0\r\n\r\n");
    } else {
        return false;
    }
    note(outcome::ok);
    return true;
}

void faulty_server::release() {
    {
        const std::lock_guard lock(mutex_);
        is_released_ = true;
    }
    released_.notify_all();
}

std::vector<std::string> faulty_server::bodies() const {
    const std::lock_guard lock(mutex_);
    return bodies_;
}

bool faulty_server::misbehave(int fd) {
    struct script {
        outcome seen;
        std::string_view says;
        bool resets;
        bool goes_on;
    };
    const auto play = [&](const script& one) {
        note(one.seen);
        say(fd, one.says);
        if (one.resets) {
            reset_at_close(fd);
        }
        return one.goes_on;
    };
    using enum outcome;
    switch (fault_) {
        case fault::announced_close:
            return play({served_close,
                         "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
                         false, false});
        case fault::status_503:
            return play({error_5xx, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
                         false, true});
        case fault::shed_503:
            return play({outcome::shed_503,
                         "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n"
                         "Content-Length: 0\r\n\r\n",
                         false, true});
        case fault::close_then_reset:
            return play({ok_then_reset,
                         "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
                         true, false});
        case fault::status_500:
            return play({error_5xx, "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", false, true});
        case fault::reset_before:
            return play({reset_before_response, "", true, false});
        case fault::fin_before:
            return play({closed_before_response, "", false, false});
        case fault::cut_head_by_fin:
            return play({cut_in_head, whole.substr(0, 22), false, false});
        case fault::cut_head_by_reset:
            return play({cut_in_head, whole.substr(0, 9), true, false});
        case fault::cut_length_by_fin:
            return play({cut_in_body, whole.substr(0, whole.size() - 1), false, false});
        case fault::cut_length_by_reset:
            return play({cut_in_body, whole.substr(0, whole.size() - 2), true, false});
        case fault::cut_chunk_by_fin:
            return play(
                {cut_in_body, chunked_head.substr(0, chunked_head.size() - 4), false, false});
        case fault::cut_chunk_by_reset:
            return play({cut_in_body, chunked_head, true, false});
        case fault::cut_before_last_chunk:
            return play({cut_in_body, chunked_head, false, false});
        case fault::garbage:
            return play({malformed, "220 smtp.example ESMTP\r\n", false, false});
        case fault::idle_close:
            return play({ok, whole, false, false});
        case fault::idle_reset:
            return play({ok, whole, true, false});
        case fault::surplus:
            return play(
                {ok, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 408", false, false});
        case fault::hang:
            play({hung_first, "", false, false});
            read_to_end(fd);
            return false;
        case fault::hang_in_body:
            play({hung_body, whole.substr(0, whole.size() - 1), false, false});
            read_to_end(fd);
            return false;
        default:
            return false;
    }
}

/// Sends every message back, and answers a close with a close.
void faulty_server::echo_all(int fd) {
    std::string in;
    for (;;) {
        while (in.size() < 6 || in.size() < 6 + (static_cast<unsigned>(in[1]) & 0x7FU)) {
            char buffer[512];
            const auto got = ::recv(fd, buffer, sizeof buffer, 0);
            if (got <= 0) {
                return;
            }
            in.append(buffer, static_cast<std::size_t>(got));
        }
        const auto code = static_cast<ws_opcode>(static_cast<unsigned>(in[0]) & 0x0FU);
        const auto size = static_cast<unsigned>(in[1]) & 0x7FU;
        std::string payload = in.substr(6, size);
        for (std::size_t i = 0; i < payload.size(); ++i) {
            payload[i] = static_cast<char>(payload[i] ^ in[2 + i % 4]);
        }
        in.erase(0, 6 + size);
        note(outcome::ok);
        say(fd, server_frame(code, payload));
        if (code == ws_opcode::close) {
            return;
        }
    }
}

void faulty_server::websocket(int fd, const std::string& request) {
    constexpr std::string_view name = "Sec-WebSocket-Key: ";
    const auto at = request.find(name) + name.size();
    const auto key = request.substr(at, request.find('\r', at) - at);
    // The books first: once the bytes are out, the client may compare.
    if (fault_ == fault::ws_bad_proof) {
        note(outcome::malformed);
    }
    say(fd,
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: " +
            ws_accept_for(fault_ == fault::ws_bad_proof ? "another" : key) + "\r\n\r\n");
    if (fault_ == fault::ws_bad_proof) {
        read_to_end(fd);
        return;
    }
    if (fault_ == fault::none) {
        echo_all(fd);
        return;
    }
    say(fd, server_frame(ws_opcode::text, "an event of the server's own"));
    std::string frame;
    do {
        char buffer[512];
        const auto got = ::recv(fd, buffer, sizeof buffer, 0);
        if (got <= 0) {
            return;
        }
        frame.append(buffer, static_cast<std::size_t>(got));
    } while (frame.size() < 6 || frame.size() < 6 + (static_cast<unsigned>(frame[1]) & 0x7FU));
    std::string payload = frame.substr(6);
    for (std::size_t i = 0; i < payload.size(); ++i) {
        payload[i] = static_cast<char>(payload[i] ^ frame[2 + i % 4]);
    }
    note(outcome::ok);
    if (fault_ == fault::ws_no_close) {
        note(outcome::ws_gone);
        say(fd, server_frame(ws_opcode::text, payload));
        return;
    }
    const int code = fault_ == fault::ws_1011 ? 1011 : 1001;
    note(code == 1001 ? outcome::ws_going_away : outcome::ws_error);
    say(fd, server_frame(ws_opcode::text, payload) +
                server_frame(ws_opcode::close, ws_close_payload(code)));
    read_to_end(fd);
}

}  // namespace lastcall::drill
