// Requests a second over keep-alive connections: our server beside the same service
// written with Beast alone. Each server runs in a process of its own, with one loop; the
// client is a closed loop of 32 connections in this process.
#include <benchmark/benchmark.h>
#include <poll.h>

#include <array>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "sys/process/started_process.hpp"
#include "sys/socket/socket_client.hpp"

namespace {

using lastcall::sys::endpoint;
using lastcall::sys::io_result;
using lastcall::sys::io_status;
using steady = std::chrono::steady_clock;

constexpr std::size_t connections = 32;
constexpr std::string_view request = "GET / HTTP/1.1\r\nHost: bench\r\n\r\n";
constexpr std::string_view body = "orders\n";

std::filesystem::path beside_us(const char* name) {
    return std::filesystem::read_symlink("/proc/self/exe").parent_path() / name;
}

// A server that listens, and 32 connections to it.
class trial {
public:
    explicit trial(const char* program)
        : port_(lastcall::sys::free_port()),
          server_({.argv = {beside_us(program), std::to_string(port_), "1"}}) {
        const endpoint at = endpoint::loopback(port_);
        const auto until = steady::now() + std::chrono::seconds(10);
        while (!lastcall::sys::somebody_listens(at)) {
            if (steady::now() > until) {
                throw std::runtime_error(std::string(program) + " does not listen");
            }
        }
        for (std::size_t i = 0; i < connections; ++i) {
            lastcall::sys::begin_connect(sockets_[i], at);
            polled_[i] = {sockets_[i].get(), POLLOUT, 0};
        }
        for (pollfd& p : polled_) {
            ::poll(&p, 1, 10'000);
            p.events = POLLIN;
            send(p.fd);
        }
    }

    /// Waits for answers, and sends a request for each. Returns: how many.
    std::size_t turn() {
        ::poll(polled_.data(), polled_.size(), 10'000);
        std::size_t answered = 0;
        std::array<char, 4096> buffer{};
        for (const pollfd& p : polled_) {
            if (p.revents == 0) {
                continue;
            }
            const io_result got = lastcall::sys::receive_some(p.fd, buffer);
            const std::string_view text(buffer.data(), got.size);
            if (got.status != io_status::done || !text.ends_with(body)) {
                throw std::runtime_error("an answer is not whole");
            }
            ++answered;
            send(p.fd);
        }
        return answered;
    }

private:
    static void send(int fd) { lastcall::sys::send_some(fd, request); }

    std::uint16_t port_;
    lastcall::sys::started_process server_;
    std::array<lastcall::sys::unique_fd, connections> sockets_;
    std::array<pollfd, connections> polled_{};
};

void serve(benchmark::State& state, const char* program) {
    trial running(program);
    std::int64_t answered = 0;
    for (auto _ : state) {
        answered += static_cast<std::int64_t>(running.turn());
    }
    state.SetItemsProcessed(answered);
    state.counters["requests"] =
        benchmark::Counter(static_cast<double>(answered), benchmark::Counter::kIsRate);
}

void beast_alone(benchmark::State& state) { serve(state, "plain_server"); }
void with_lastcall(benchmark::State& state) { serve(state, "tracked_server"); }

BENCHMARK(beast_alone)->UseRealTime()->MinTime(0.5);
BENCHMARK(with_lastcall)->UseRealTime()->MinTime(0.5);

}  // namespace

BENCHMARK_MAIN();
