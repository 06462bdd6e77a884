// The service that the systemd under test starts and stops.
//
//   service drains REPORT GATE   finishes what is inside when somebody writes to the FIFO
//                                GATE, and tells its progress before
//   service stuck REPORT GATE    never finishes
#include <fcntl.h>
#include <unistd.h>

#include <cstring>
#include <lastcall/lifecycle.hpp>
#include <string>
#include <thread>

namespace {

/// Waits until somebody opens the FIFO for writing: open(2) blocks for that.
void wait_for_writer(const char* fifo) {
    const int fd = ::open(fifo, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        ::close(fd);
    }
}

}  // namespace

int main(int count, char** words) {
    if (count != 4) {
        return 2;
    }
    const bool is_stuck = std::strcmp(words[1], "stuck") == 0;
    lastcall::lifecycle life({.service = words[1], .report_file = words[2]});
    lastcall::gate orders("orders");
    std::thread worker([&, inside = orders.try_enter("order 17")]() mutable {
        wait_for_writer(words[3]);
        inside.end();
        if (is_stuck) {
            std::this_thread::sleep_for(std::chrono::hours(1));
        }
    });
    life.add(
        {.name = "shop", .gates = {&orders}, .drain = [&](const lastcall::stop_context& context) {
             context.progress("finishing order 17");
         }});
    life.add({.name = "printer", .uses = {"shop"}, .close = [&] {}});
    life.ready();
    if (is_stuck) {
        life.run_and_exit();
    }
    const lastcall::report done = life.run();
    worker.join();
    return done.exit_code();
}
