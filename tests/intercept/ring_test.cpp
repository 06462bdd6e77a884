// io_uring(7) can bind without the system call that a filter sees.
#include <gtest/gtest.h>
#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "intercept/harness.hpp"
#include "intercept/in_child.hpp"

namespace lastcall::testing {
namespace {

/// bind(2) through a ring. Returns: errno; -1 when the kernel has no such ring.
int bind_by_ring(int fd, const sockaddr_in& to) {
    io_uring_params params{};
    const int ring = static_cast<int>(::syscall(SYS_io_uring_setup, 1, &params));
    if (ring < 0) {
        return -1;
    }
    const auto map = [&](std::size_t size, std::uint64_t what) {
        return static_cast<char*>(::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, ring,
                                         static_cast<off_t>(what)));
    };
    char* const submit = map(params.sq_off.array + sizeof(std::uint32_t), IORING_OFF_SQ_RING);
    char* const done = map(params.cq_off.cqes + 2 * sizeof(io_uring_cqe), IORING_OFF_CQ_RING);
    auto* const entry = reinterpret_cast<io_uring_sqe*>(map(sizeof(io_uring_sqe), IORING_OFF_SQES));
    constexpr std::uint8_t bind_operation = 56;  // IORING_OP_BIND
    std::memset(entry, 0, sizeof *entry);
    entry->opcode = bind_operation;
    entry->fd = fd;
    entry->addr = reinterpret_cast<std::uint64_t>(&to);
    entry->addr2 = sizeof to;
    *reinterpret_cast<std::uint32_t*>(submit + params.sq_off.array) = 0;
    *reinterpret_cast<std::uint32_t*>(submit + params.sq_off.tail) = 1;
    if (::syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, nullptr, 0) != 1) {
        return -1;
    }
    const int result = reinterpret_cast<io_uring_cqe*>(done + params.cq_off.cqes)->res;
    return result == -EINVAL ? -1 : -result;
}

TEST(Ring, ABindThroughARingIsNotSeenAndFails) {
    steered_group group("127.0.0.1");
    start_options options;
    options.offers = {{"web", group.open(), ""}};
    intercepted program(
        [&] {
            sockaddr_in to{};
            to.sin_family = AF_INET;
            to.sin_addr.s_addr = htonl(loopback);
            to.sin_port = htons(group.port());
            const int error = bind_by_ring(tcp_socket(), to);
            return error == -1 ? 77 : error;
        },
        std::move(options));
    const auto status = program.wait();
    if (status == 77) {
        GTEST_SKIP() << "the kernel has no io_uring, or none that binds";
    }
    EXPECT_EQ(status, EADDRINUSE) << "loud: the address is the service's";
    const auto ring = program.next(what::ring);
    ASSERT_TRUE(ring);
    EXPECT_NE(ring->text.find("io_uring"), std::string::npos);
    EXPECT_TRUE(program.all(what::bound).empty());
}

}  // namespace
}  // namespace lastcall::testing
