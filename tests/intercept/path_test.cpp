// Unix sockets: the path belongs to the service, whatever a program does with it.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>

#include "intercept/harness.hpp"

namespace lastcall::testing {
namespace {

sockaddr_un address_of(const std::string& path) {
    sockaddr_un made{};
    made.sun_family = AF_UNIX;
    path.copy(made.sun_path, sizeof made.sun_path - 1);
    return made;
}

int bind_path(int fd, const std::string& path) {
    const sockaddr_un to = address_of(path);
    return ::bind(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0 ? 0 : errno;
}

int is_ours(int fd) {
    int value = 0;
    socklen_t size = sizeof value;
    return ::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &value, &size) == 0 && value == 1 ? 0 : 99;
}

/// The sockets of one path, one for each generation: whose link is there gets what is new.
class steered_path {
public:
    explicit steered_path(std::string path) : path_(std::move(path)) {}

    int open(int type = SOCK_STREAM) {
        const std::string own = path_ + "." + std::to_string(sockets_.size());
        sockets_.emplace_back(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
        EXPECT_EQ(bind_path(sockets_.back().get(), own), 0);
        EXPECT_EQ(::listen(sockets_.back().get(), 1024), 0);
        return sockets_.back().get();
    }
    void steer(std::size_t index) const {
        const std::string link = path_ + ".next";
        EXPECT_EQ(::link((path_ + "." + std::to_string(index)).c_str(), link.c_str()), 0);
        EXPECT_EQ(::rename(link.c_str(), path_.c_str()), 0);
        // rename(2) does nothing when both are links of one file.
        ::unlink(link.c_str());
    }

private:
    std::string path_;
    std::vector<sys::unique_fd> sockets_;
};

class Path : public ::testing::Test {
protected:
    start_options offer(int fd) const {
        start_options options;
        options.offers = {{"app", fd, path_}};
        options.guards_paths = true;
        return options;
    }
    std::optional<int> run(const intercepted::body& body, int type = SOCK_STREAM) {
        intercepted program(body, offer(sockets_.open(type)));
        sockets_.steer(0);
        const auto status = program.wait();
        EXPECT_TRUE(program.next(what::ended));
        problems_ = program.all(what::problem);
        bound_ = program.all(what::bound);
        return status;
    }

    private_folder folder_;
    std::string path_ = folder_ / "app.sock";
    steered_path sockets_{path_};
    std::vector<intercept_event> problems_;
    std::vector<intercept_event> bound_;
};

TEST_F(Path, SurvivesAProgramThatRemovesItUnderLoad) {
    const std::string python = find_program("python3");
    if (python.empty()) {
        GTEST_SKIP() << "python3 is not installed";
    }
    const std::string server = LASTCALL_INTERCEPT_PROGRAMS "/unix_server.py";
    intercepted first({python, server, path_, "one"}, offer(sockets_.open()));
    sockets_.steer(0);
    ASSERT_TRUE(first.next(what::listening)) << first.output();
    load clients([this] { return get_unix(path_); });
    ASSERT_TRUE(clients.wait_for_more(20));

    intercepted second({python, server, path_, "two"}, offer(sockets_.open()));
    ASSERT_TRUE(second.next(what::listening)) << second.output();
    sockets_.steer(1);
    ASSERT_TRUE(clients.wait_for_more(20));
    EXPECT_EQ(get_unix(path_).text, "two");
    first.signal(SIGTERM);  // it removes the path, which is its successor's by now
    EXPECT_EQ(first.wait(), 0) << first.output();
    ASSERT_TRUE(clients.wait_for_more(20));
    EXPECT_EQ(clients.stop().failures, std::vector<std::string>());
    EXPECT_TRUE(first.all(what::problem).empty());
    EXPECT_EQ(second.all(what::bound).at(0).text, "unix:" + path_);
}

TEST_F(Path, IsFoundHoweverItIsWritten) {
    std::filesystem::create_directory_symlink(folder_.path(), folder_ / "link");
    const std::string spellings[] = {path_, "app.sock", "./app.sock", folder_ / "link/app.sock",
                                     folder_ / "link/../" +
                                         std::filesystem::path(folder_.path()).filename().string() +
                                         "/app.sock"};
    EXPECT_EQ(
        run([&] {
            if (::chdir(folder_.path().c_str()) != 0) {
                return 1;
            }
            for (const std::string& each : spellings) {
                const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
                if (::unlink(each.c_str()) != 0 || bind_path(fd, each) != 0 || is_ours(fd) != 0) {
                    std::puts(each.c_str());
                    return 2;
                }
                ::close(fd);
            }
            return 0;
        }),
        0);
    EXPECT_EQ(bound_.size(), std::size(spellings));
}

TEST_F(Path, IsFoundFromBelowAnotherRoot) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "chroot(2) needs root";
    }
    EXPECT_EQ(run([&] {
                  if (::chroot(folder_.path().c_str()) != 0 || ::chdir("/") != 0) {
                      return 1;
                  }
                  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
                  return bind_path(fd, "/app.sock") == 0 ? is_ours(fd) : 2;
              }),
              0);
}

TEST_F(Path, LeavesOtherFilesToTheProgram) {
    const std::string other = folder_.write("file", "x");
    EXPECT_EQ(run([&] {
                  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
                  return ::rename(other.c_str(), (folder_ / "moved").c_str()) == 0 &&
                                 ::unlink((folder_ / "moved").c_str()) == 0 &&
                                 ::unlink("no such file") == -1 && errno == ENOENT &&
                                 ::unlink(reinterpret_cast<const char*>(8)) == -1 &&
                                 errno == EFAULT && bind_path(fd, folder_ / "own.sock") == 0 &&
                                 is_ours(fd) != 0 && ::unlink((folder_ / "own.sock").c_str()) == 0
                             ? 0
                             : 1;
              }),
              0);
    EXPECT_TRUE(bound_.empty());
    EXPECT_TRUE(problems_.empty());
}

TEST_F(Path, IsNotReplacedByASocketThatWasBoundElsewhere) {
    EXPECT_EQ(run([&] {
                  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
                  const std::string other = folder_ / "temporary";
                  return bind_path(fd, other) == 0 &&
                                 ::rename(other.c_str(), path_.c_str()) == -1 && errno == EBUSY
                             ? 0
                             : 1;
              }),
              0);
    ASSERT_EQ(problems_.size(), 1U);
    EXPECT_NE(problems_[0].text.find("renames"), std::string::npos) << problems_[0].text;
}

TEST_F(Path, RefusesHAProxyWhichBindsElsewhereAndRenames) {
    const std::string haproxy = find_program("haproxy");
    if (haproxy.empty()) {
        GTEST_SKIP() << "haproxy is not installed";
    }
    const std::string settings = folder_.write(
        "haproxy.cfg",
        "defaults\n mode http\n timeout client 5s\n timeout server 5s\n timeout connect 5s\n"
        "frontend web\n bind unix@" +
            path_ + "\n");
    const int ours = sockets_.open();
    sockets_.steer(0);
    intercepted program({haproxy, "-f", settings}, offer(ours));
    const auto problem = program.next(what::problem);
    ASSERT_TRUE(problem) << program.output();
    EXPECT_NE(problem->text.find("haproxy"), std::string::npos) << problem->text;
    EXPECT_EQ(problem->socket, "app");
    EXPECT_NE(program.wait(), 0) << "it says so, and does not start";
    EXPECT_TRUE(std::filesystem::is_socket(path_));
}

TEST_F(Path, RefusesASocketOfAnotherType) {
    EXPECT_EQ(run([&] { return bind_path(::socket(AF_UNIX, SOCK_SEQPACKET, 0), path_); }),
              EADDRINUSE);
    ASSERT_EQ(problems_.size(), 1U);
    EXPECT_NE(problems_[0].text.find("another type"), std::string::npos);
}

TEST_F(Path, MayBeAnAbstractName) {
    const std::string name = "lastcall-test-" + std::to_string(::getpid());
    sockaddr_un to = address_of(" " + name);
    to.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    const sys::unique_fd ours(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::bind(ours.get(), reinterpret_cast<sockaddr*>(&to), size), 0);
    ASSERT_EQ(::listen(ours.get(), 16), 0);
    start_options options;
    options.offers = {{"bus", ours.get(), ""}};
    intercepted program(
        [&] {
            const int fd = ::socket(AF_UNIX, SOCK_SEQPACKET, 0);
            return ::bind(fd, reinterpret_cast<const sockaddr*>(&to), size) == 0 ? is_ours(fd)
                                                                                 : errno;
        },
        std::move(options));
    EXPECT_EQ(program.wait(), 0);
    const auto bound = program.next(what::bound);
    ASSERT_TRUE(bound);
    EXPECT_EQ(bound->text, "unix:@" + name);
}

}  // namespace
}  // namespace lastcall::testing
