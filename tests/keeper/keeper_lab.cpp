#include "keeper/keeper_lab.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <sstream>
#include <thread>

#include "sys/event_fd.hpp"

namespace lastcall::test {
namespace {

using clock = std::chrono::steady_clock;

sockaddr_un unix_name(const std::string& path) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    std::strncpy(at.sun_path, path.c_str(), sizeof at.sun_path - 1);
    return at;
}

sys::unique_fd connected(const sockaddr* to, socklen_t size) {
    sys::unique_fd made(::socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(made.get(), to, size) != 0) {
        const int error = errno;
        made.reset();
        errno = error;
    }
    return made;
}

sockaddr_in loopback(int port) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(static_cast<std::uint16_t>(port));
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return at;
}

std::string in_a_word(int error) {
    switch (error) {
        case ECONNREFUSED:
        case ENOENT:
            return "refused";
        case ECONNRESET:
            return "reset";
        default:
            return std::strerror(error);
    }
}

}  // namespace

played_agent::played_agent(sys::unique_fd door, sys::unique_fd channel, int pid, std::string name)
    : door_(std::move(door)), channel_(std::move(channel)), pid_(pid), name_(std::move(name)) {}

void played_agent::send(const keeper_message& what, const std::vector<int>& given) {
    channel_.send(what.encode(), given);
}

keeper_message played_agent::ask(keeper_message what, const std::vector<int>& given) {
    const std::string id = std::to_string(++ids_);
    what.add("id", id);
    send(what, given);
    return wait_for([&](const keeper_message& one) {
        return (one.is("done") || one.is("failed")) && one.text("id") == id;
    });
}

std::optional<keeper_message> played_agent::next(clock::time_point until) {
    while (clock::now() < until) {
        auto got = channel_.receive();
        using kind = sys::message_channel::received::kind;
        if (got.what == kind::message) {
            return keeper_message::decode(got.text);
        }
        if (got.what == kind::closed) {
            return std::nullopt;
        }
        sys::wait_readable(channel_.fd(), until);
    }
    return std::nullopt;
}

keeper_message played_agent::wait_for(const std::function<bool(const keeper_message&)>& fits) {
    const auto kept = std::ranges::find_if(told_, fits);
    if (kept != told_.end()) {
        auto found = *kept;
        told_.erase(kept);
        return found;
    }
    const auto until = clock::now() + ceiling;
    while (auto got = next(until)) {
        if (fits(*got)) {
            return *got;
        }
        told_.push_back(*got);
    }
    ADD_FAILURE() << "the keeper did not say what was waited for";
    return keeper_message("nothing");
}

keeper_message played_agent::wait_for(std::string_view word, std::int64_t generation) {
    return wait_for([&](const keeper_message& one) {
        return one.is(word) && (generation == 0 || one.number("generation") == generation);
    });
}

bool played_agent::is_hung_up() {
    const auto until = clock::now() + ceiling;
    while (next(until)) {
    }
    return channel_.receive().what == sys::message_channel::received::kind::closed;
}

std::vector<keeper_message> played_agent::hello() {
    send(keeper_message("hello").add("version", wire::keeper_protocol));
    std::vector<keeper_message> all;
    const auto until = clock::now() + ceiling;
    while (auto got = next(until)) {
        all.push_back(*got);
        if (got->is("ready")) {
            return all;
        }
    }
    ADD_FAILURE() << "hello was not answered to the end";
    return all;
}

void played_agent::crash() {
    ::kill(pid_, SIGKILL);
    channel_.close();
}

void played_agent::leave(char status) {
    ::send(door_.get(), &status, 1, MSG_NOSIGNAL);
    channel_.close();
}

keeper_lab::keeper_lab(std::vector<std::string> options, std::function<void()> in_child)
    : in_child_(std::move(in_child)) {
    door_.reset(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    const auto at = unix_name(door_path());
    if (::bind(door_.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0 ||
        ::listen(door_.get(), 16) != 0) {
        throw std::runtime_error("cannot listen at " + door_path());
    }
    start(std::move(options));
}

void keeper_lab::start(std::vector<std::string> options) {
    std::vector<std::string> words{LASTCALL_KEEPER, "--init", LASTCALL_INIT};
    words.insert(words.end(), options.begin(), options.end());
    words.insert(words.end(), {"--", LASTCALL_DOOR, door_path()});
    std::vector<char*> argv;
    for (auto& word : words) {
        argv.push_back(word.data());
    }
    argv.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ == 0) {
        if (in_child_) {
            in_child_();
        }
        ::execv(argv[0], argv.data());
        ::_exit(127);
    }
}

keeper_lab::~keeper_lab() {
    if (pid_ > 0) {
        const auto all = children_of(pid_);
        for (int tries = 0; tries < 3; ++tries) {
            ::kill(pid_, SIGTERM);
        }
        door_.reset();
        if (!eventually([&] {
                ::kill(pid_, SIGTERM);
                return ::waitpid(pid_, nullptr, WNOHANG) == pid_;
            })) {
            ::kill(pid_, SIGKILL);
            ::waitpid(pid_, nullptr, 0);
            ADD_FAILURE() << "the keeper did not end";
        }
        for (const int pid : all) {
            ::kill(pid, SIGKILL);
        }
    }
}

played_agent keeper_lab::next_agent() {
    if (!sys::wait_readable(door_.get(), clock::now() + ceiling)) {
        ADD_FAILURE() << "no agent has come";
        return {};
    }
    sys::unique_fd door(::accept4(door_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    ucred who{};
    socklen_t size = sizeof who;
    ::getsockopt(door.get(), SOL_SOCKET, SO_PEERCRED, &who, &size);
    sys::wait_readable(door.get(), clock::now() + ceiling);
    char name[64] = {};
    iovec part{name, sizeof name - 1};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    if (::recvmsg(door.get(), &header, MSG_CMSG_CLOEXEC) <= 0 ||
        CMSG_FIRSTHDR(&header) == nullptr) {
        ADD_FAILURE() << "the agent has no channel";
        return {};
    }
    int channel = -1;
    std::memcpy(&channel, CMSG_DATA(CMSG_FIRSTHDR(&header)), sizeof channel);
    return {std::move(door), sys::unique_fd(channel), who.pid, name};
}

void keeper_lab::signal(int number) const { ::kill(pid_, number); }

void keeper_lab::kill_keeper() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
}

int keeper_lab::wait_for_end() {
    int status = 0;
    if (!eventually([&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; })) {
        ADD_FAILURE() << "the keeper did not end";
        return -1;
    }
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

keeper_message keeper_lab::start_of(const std::string& service, std::int64_t number,
                                    const std::vector<std::string>& words) const {
    keeper_message what("start");
    what.add("service", service).add("generation", number);
    what.add("argv", LASTCALL_SLOT_SERVICE).add("argv", service + std::to_string(number));
    for (const auto& word : words) {
        what.add("argv", word);
    }
    what.add("environment", "PATH=/usr/bin:/bin").add("sockets", "http");
    what.add("init", "--grace").add("init", "5s").add("init", "--quiet");
    what.add("log", path(service + ".log"));
    return what;
}

int keeper_lab::listen(played_agent& agent, const std::string& service, const std::string& socket,
                       const std::string& address) {
    const auto answer = agent.ask(keeper_message("listen")
                                      .add("service", service)
                                      .add("socket", socket)
                                      .add("address", address)
                                      .add("backlog", 4096));
    const std::string bound(answer.text("address"));
    EXPECT_TRUE(answer.is("done")) << answer.text("why");
    return bound.empty() ? 0 : std::atoi(bound.substr(bound.rfind(':') + 1).c_str());
}

sys::unique_fd connect_to(int port) {
    const auto at = loopback(port);
    return connected(reinterpret_cast<const sockaddr*>(&at), sizeof at);
}

sys::unique_fd connect_to(const std::string& unix_path) {
    const auto at = unix_name(unix_path);
    return connected(reinterpret_cast<const sockaddr*>(&at), sizeof at);
}

std::string read_answer(int fd, std::chrono::milliseconds limit) {
    const auto until = clock::now() + limit;
    std::string all;
    char some[256];
    while (sys::wait_readable(fd, until)) {
        const auto got = ::read(fd, some, sizeof some);
        if (got == 0) {
            return all;
        }
        if (got < 0) {
            return in_a_word(errno);
        }
        all.append(some, static_cast<std::size_t>(got));
    }
    return "timeout";
}

std::string fetch(int port, std::chrono::milliseconds limit) {
    const auto fd = connect_to(port);
    return fd ? read_answer(fd.get(), limit) : in_a_word(errno);
}

std::string fetch(const std::string& unix_path, std::chrono::milliseconds limit) {
    const auto fd = connect_to(unix_path);
    return fd ? read_answer(fd.get(), limit) : in_a_word(errno);
}

std::string contents_of(const std::string& path) {
    std::ifstream file(path);
    std::stringstream all;
    all << file.rdbuf();
    return all.str();
}

int count_descriptors(int pid) {
    int count = 0;
    std::error_code ignored;
    for ([[maybe_unused]] const auto& one :
         std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/fd", ignored)) {
        ++count;
    }
    return count;
}

std::vector<int> children_of(int pid) {
    std::vector<int> found;
    const std::string folder = "/proc/" + std::to_string(pid);
    std::ifstream file(folder + "/task/" + std::to_string(pid) + "/children");
    for (int child = 0; file >> child;) {
        found.push_back(child);
    }
    return found;
}

bool lives(int pid) {
    const std::string stat = contents_of("/proc/" + std::to_string(pid) + "/stat");
    const auto end = stat.rfind(')');
    return end != std::string::npos && stat.size() > end + 2 && stat[end + 2] != 'Z';
}

bool eventually(const std::function<bool()>& is_so) {
    const auto until = clock::now() + ceiling;
    while (clock::now() < until) {
        if (is_so()) {
            return true;
        }
        std::this_thread::sleep_for(1ms);
    }
    return false;
}

}  // namespace lastcall::test
