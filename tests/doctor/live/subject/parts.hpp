// What the modes of the subject are made of.
#pragma once

namespace subject {

/// Prints "ready PORT"; 0: it listens at none.
void say_ready(int port = 0);

[[nodiscard]] int port_of(int fd);

/// At a free port of the loopback. `is_inherited`: programs that are started get it, too.
[[nodiscard]] int listening(bool is_inherited = false);

/// `receive_buffer`: SO_RCVBUF; 0: as the kernel has it. Errors: ends the process.
[[nodiscard]] int connected_to(int port, int receive_buffer = 0);

enum class client {
    holds,         ///< its connections, and never reads
    closes,        ///< them at once
    takes_little,  ///< like holds, and has room for next to nothing
};

/// Connects so often and writes `request` on each, as a child in a session of its own. Returns when
/// it has done so.
void connect_from_child(int listener, const char* request, int connections,
                        client kind = client::holds);

/// A handler for SIGTERM that does nothing.
void catch_term();
void block_term();

/// A handler for SIGTERM that ends the process.
void end_by_term();

[[noreturn]] void wait_in_epoll(int fd);
[[noreturn]] void sleep_for_ever();

/// Ends the process where a call that the mode needs has failed.
void expect(bool is_good);

}  // namespace subject
