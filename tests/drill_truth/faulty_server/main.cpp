// A service that stops as it should, but for the one fault it is told to have, and keeps
// books of what it did: the truth that a drill's counts are held against. It shares no code
// with the drill.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <exception>
#include <memory>
#include <thread>

#include "acceptor.hpp"
#include "h2_session.hpp"
#include "http_session.hpp"
#include "options.hpp"
#include "service.hpp"
#include "tls_context.hpp"

namespace {

using namespace faulty;

constexpr std::string_view h2_preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

moment in(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

/// The first bytes tell HTTP/2 with prior knowledge from HTTP/1.1.
void serve_connection(service& shared, SSL_CTX* tls, int fd) {
    stream bytes(fd, tls);
    const bool waits = shared.told.what == fault::silent_blocks;
    const int wake = (waits ? shared.given_up : shared.idle_ended).descriptor();
    if (tls != nullptr && bytes.shake_hands(wake, moment::max()) != stream::got::bytes) {
        return;
    }
    if (bytes.speaks_h2()) {
        h2_session(shared, bytes, {}).serve();
        return;
    }
    if (tls != nullptr || shared.told.what == fault::reset_unread) {
        http_session(shared, bytes).serve({});
        return;
    }
    std::string begun;
    while (h2_preface.substr(0, begun.size()) == begun && begun.size() < h2_preface.size()) {
        const int ends = begun.empty() ? wake : shared.given_up.descriptor();
        const auto how = bytes.read(begun, ends, moment::max());
        if (how == stream::got::woken) {
            shared.truth.add(truth_line("silent_end").number("peer", bytes.peer()));
            bytes.finish();
            bytes.linger(in(std::chrono::seconds(1)));
        }
        if (how != stream::got::bytes) {
            return;
        }
    }
    if (std::string_view(begun).substr(0, h2_preface.size()) == h2_preface) {
        h2_session(shared, bytes, std::move(begun)).serve();
    } else {
        http_session(shared, bytes).serve(std::move(begun));
    }
}

void bind_socket_file(const std::filesystem::path& file) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto text = file.string();
    if (text.size() >= sizeof address.sun_path) {
        throw usage_error("--socket-file: the path is too long for a unix socket");
    }
    std::memcpy(address.sun_path, text.c_str(), text.size() + 1);
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(fd, 1) != 0) {
        throw usage_error("--socket-file " + text + ": " + std::strerror(errno));
    }
}

/// A helper process that nobody ends; it goes by itself, so that a broken test leaves nothing
/// for ever.
int start_child() {
    const int child = ::fork();
    if (child == 0) {
        const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC);
        ::dup2(nowhere, STDIN_FILENO);
        ::dup2(nowhere, STDOUT_FILENO);
        ::dup2(nowhere, STDERR_FILENO);
        ::signal(SIGTERM, SIG_IGN);
        ::poll(nullptr, 0, 60'000);
        ::_exit(0);
    }
    return child;
}

void stop(service& shared, acceptor& door) {
    const auto& told = shared.told;
    shared.begin_stop();
    const auto begun = shared.stop_begun();
    if (told.what == fault::accept_queue_dropped) {
        door.pause();
        std::this_thread::sleep_until(begun + told.queue_for);
        door.drop_queue();
    } else {
        if (told.what != fault::listener_closed_early) {
            std::this_thread::sleep_until(begun + told.lame_duck);
        }
        door.close_in_order();
    }
    std::this_thread::sleep_until(begun + told.idle_grace);
    shared.idle_ended.raise();
    if (!shared.wait_for_connections(begun + told.patience)) {
        shared.truth.add(truth_line("given_up").number("connections", shared.connections()));
        shared.given_up.raise();
        shared.wait_for_connections(in(std::chrono::seconds(2)));
    }
    if (told.what == fault::late_exit) {
        std::this_thread::sleep_for(told.late);
    }
}

int run(const options& told) {
    service shared(told);
    const auto tls = told.uses_tls ? make_tls_context() : tls_context();
    if (!told.socket_file.empty()) {
        bind_socket_file(told.socket_file);
    }
    if (told.what == fault::leaves_child) {
        shared.truth.add(truth_line("child").number("pid", start_child()));
    }
    acceptor door(shared, [&shared, &tls](int fd) {
        shared.connection_begun();
        std::thread([&shared, &tls, fd] {
            serve_connection(shared, tls.get(), fd);
            shared.connection_ended();
        }).detach();
    });
    shared.truth.add(truth_line("listening").number("port", door.port()));
    std::printf("%d\n", door.port());
    std::fflush(stdout);

    sigset_t ends{};
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    do {
        int number = 0;
        ::sigwait(&ends, &number);
        shared.truth.add(truth_line("signal").number("number", number));
    } while (told.what == fault::ignores_signal);
    stop(shared, door);

    if (!told.socket_file.empty() && told.what != fault::leaves_socket_file) {
        ::unlink(told.socket_file.c_str());
    }
    const int code = told.what == fault::exit_code ? told.code : 0;
    shared.truth.add(truth_line("exit").number("code", code));
    // Threads of connections that were given up still use `shared`.
    ::_exit(code);
}

}  // namespace

int main(int count, char** arguments) {
    // Before the first thread, so that all inherit it: sigwait() is the only taker.
    sigset_t blocked{};
    sigaddset(&blocked, SIGTERM);
    sigaddset(&blocked, SIGINT);
    ::pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
    try {
        return run(read_options(count, arguments));
    } catch (const usage_error& error) {
        std::fprintf(stderr, "faulty_server: %s\n", error.what());
        return 2;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "faulty_server: %s\n", error.what());
        return 1;
    }
}
