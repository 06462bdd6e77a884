// A service for the tests of the keeper: answers every connection with its name and closes it.
//
//   slot_service NAME [words]
//     lazy        never accepts
//     no-term     ignores SIGTERM
//     loud=N      writes N numbered lines first
//     shutdown    shuts its sockets down at SIGTERM, as some programs do
//     ready       says READY=1 and STATUS=NAME
//     tell=FILE   appends "NAME stopped" there at SIGTERM
//     exit=N      ends at once with N
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

int signal_pipe[2];

void on_term(int /*number*/) {
    const char byte = 1;
    [[maybe_unused]] const auto written = ::write(signal_pipe[1], &byte, 1);
}

void say_ready(const std::string& name) {
    const char* const to = std::getenv("NOTIFY_SOCKET");
    if (to == nullptr) {
        return;
    }
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    std::strncpy(at.sun_path, to, sizeof at.sun_path - 1);
    const auto size = offsetof(sockaddr_un, sun_path) + std::strlen(to);
    if (at.sun_path[0] == '@') {
        at.sun_path[0] = '\0';
    }
    const int fd = ::socket(AF_UNIX, SOCK_DGRAM, 0);
    const std::string text = "READY=1\nSTATUS=" + name + "\n";
    ::sendto(fd, text.data(), text.size(), 0, reinterpret_cast<const sockaddr*>(&at),
             static_cast<socklen_t>(size));
    ::close(fd);
}

}  // namespace

int main(int argc, char** argv) {
    const std::string name = argc > 1 ? argv[1] : "?";
    bool is_told = false;
    bool lazy = false, deaf = false, shuts_down = false;
    std::string tell;
    for (int i = 2; i < argc; ++i) {
        const std::string word = argv[i];
        lazy = lazy || word == "lazy";
        deaf = deaf || word == "no-term";
        shuts_down = shuts_down || word == "shutdown";
        if (word.starts_with("loud=")) {
            for (int line = 0; line < std::atoi(word.c_str() + 5); ++line) {
                std::printf("%s line %08d of the log that must stay whole\n", name.c_str(), line);
            }
            std::fflush(stdout);
        }
        if (word.starts_with("tell=")) {
            tell = word.substr(5);
        }
        is_told = is_told || word == "ready";
        if (word.starts_with("exit=")) {
            return std::atoi(word.c_str() + 5);
        }
    }
    if (::pipe(signal_pipe) != 0) {
        return 1;
    }
    ::signal(SIGPIPE, SIG_IGN);
    if (deaf) {
        ::signal(SIGTERM, SIG_IGN);
    } else {
        struct sigaction action {};
        action.sa_handler = on_term;
        ::sigaction(SIGTERM, &action, nullptr);
    }
    const char* const fds = std::getenv("LISTEN_FDS");
    const char* const pid = std::getenv("LISTEN_PID");
    const int count =
        fds != nullptr && pid != nullptr && std::atoi(pid) == ::getpid() ? std::atoi(fds) : 0;
    std::vector<pollfd> all{{signal_pipe[0], POLLIN, 0}};
    for (int i = 0; i < count && !lazy; ++i) {
        ::fcntl(3 + i, F_SETFL, O_NONBLOCK);
        all.push_back({3 + i, POLLIN, 0});
    }
    if (is_told) {
        say_ready(name);
    }
    for (;;) {
        if (::poll(all.data(), all.size(), -1) < 0 && errno != EINTR) {
            return 1;
        }
        if (all[0].revents != 0) {
            break;
        }
        for (std::size_t i = 1; i < all.size(); ++i) {
            if (all[i].revents == 0) {
                continue;
            }
            const int client = ::accept4(all[i].fd, nullptr, nullptr, SOCK_CLOEXEC);
            if (client >= 0) {
                [[maybe_unused]] const auto sent = ::write(client, name.data(), name.size());
                ::close(client);
            }
        }
    }
    for (int i = 0; i < count && shuts_down; ++i) {
        ::shutdown(3 + i, SHUT_RDWR);
    }
    if (!tell.empty()) {
        const int file = ::open(tell.c_str(), O_WRONLY | O_APPEND | O_CREAT, 0600);
        const std::string line = name + " stopped\n";
        [[maybe_unused]] const auto written = ::write(file, line.data(), line.size());
        ::close(file);
    }
    return 0;
}
