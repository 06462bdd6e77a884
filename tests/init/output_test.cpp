#include "sys/output.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>

namespace lastcall {
namespace {

// Somebody else fills the pipe while we write, and nobody reads. Often, as the two have to meet; on
// a busy machine for as long as there is time.
TEST(WriteWithoutWaiting, DoesNotWaitWhereAnotherWriterIsFaster) {
    const pid_t pid = ::fork();
    if (pid == 0) {
        const auto enough = std::chrono::steady_clock::now() + std::chrono::seconds(5);
        for (int i = 0; i < 3000 && std::chrono::steady_clock::now() < enough; ++i) {
            ::alarm(15);  // ends a write that waits
            int ends[2];
            if (::pipe(ends) != 0) {
                ::_exit(1);
            }
            ::fcntl(ends[1], F_SETPIPE_SZ, 4096);
            const std::string path = "/proc/self/fd/" + std::to_string(ends[1]);
            const int other = ::open(path.c_str(), O_WRONLY | O_NONBLOCK);
            std::atomic<bool> begun{false};
            std::thread filler([&] {
                const std::string text(4096, 'x');
                begun = true;
                while (::write(other, text.data(), text.size()) > 0) {
                }
            });
            while (!begun) {
                std::this_thread::yield();
            }
            sys::write_without_waiting(ends[1], std::string(2048, 'y'));
            filler.join();
            ::close(other);
            ::close(ends[0]);
            ::close(ends[1]);
        }
        ::_exit(0);
    }
    int status = 1;
    EXPECT_EQ(::waitpid(pid, &status, 0), pid);
    EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace lastcall
