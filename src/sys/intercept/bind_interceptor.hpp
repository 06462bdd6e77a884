// Gives unmodified programs the listening sockets of their service: when a program binds the
// address of one, the socket takes the place of its own. docs/handover.md,
// docs/decisions/0011-unmodified-programs-get-their-socket.md.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sys/fd.hpp"
#include "sys/intercept/bind_verdict.hpp"
#include "sys/intercept/calling_thread.hpp"
#include "sys/intercept/notification_channel.hpp"

namespace lastcall::sys {

struct intercept_event {
    enum class what : std::uint8_t {
        bound,      ///< the program has the socket in the place of its own
        listening,  ///< and has called listen(2) on it
        shut_down,  ///< the program called shutdown(2) on it: it takes no connections any more,
                    ///< and has left its SO_REUSEPORT group
        revived,    ///< and listen(2) again: it takes connections, and is the last of the group
        problem,    ///< the hand-over does not work; `text` says for whom, why, what to do
        ring,       ///< the program uses io_uring, which can bind unseen; `text` says who
        ended,      ///< no process is under the filter any more
    };
    what kind = what::problem;
    std::string socket;  ///< its name; empty where none is concerned
    std::string text;    ///< the address, or the problem
    int process = 0;     ///< who called; 0: nobody did
};

/// The keeper's side, one for each generation. One thread; nothing here blocks on a program.
///
/// When it is destroyed, or the process ends, the calls of the filter end with ENOSYS in all
/// programs that are still under it; seccomp(2). What they have bound stays theirs.
class bind_interceptor {
public:
    struct offer {
        std::string name;
        int fd = -1;       ///< bound and listening; copied, the caller's own stays the caller's
        std::string path;  ///< of a unix socket: the path that clients use, where it is another
                           ///< than the one that the socket was bound to
        bool is_of_port = false;  ///< at an address that a program has chosen for a port
    };
    struct port {
        std::string name;
        std::uint16_t number = 0;
    };
    struct opened {
        unique_fd fd;     ///< bound and listening at the wanted address
        std::string why;  ///< where it is empty
    };
    /// Makes a socket for a port, at the address that the program binds. Must not block.
    /// Of what the program itself has bound at this port nothing is in the way any more.
    using opener = std::function<opened(std::string_view name, const listen_address& wanted)>;

    /// `listener`  from receive_bind_filter().
    /// Errors: std::system_error; std::invalid_argument when an offer is no bound socket.
    bind_interceptor(unique_fd listener, const std::vector<offer>& offers);
    bind_interceptor(const bind_interceptor&) = delete;
    bind_interceptor& operator=(const bind_interceptor&) = delete;

    /// Ports of which only the number is configured: the program chooses the address.
    void open_ports(std::vector<port> ports, opener open);
    /// One more socket, or another one under a name that is offered already.
    void add(const offer& one);
    /// The socket with this inode is not offered any more.
    void withdraw(std::uint64_t inode);

    /// Readable when on_readable() has something to do. An epoll descriptor.
    [[nodiscard]] int fd() const noexcept { return events_.get(); }
    /// The listener itself, for a keeper that is replaced by exec and makes a new interceptor.
    /// That one does not know who has bound before: a second bind of a program that has the
    /// socket already is served, not refused.
    [[nodiscard]] int listener() const noexcept { return channel_.fd(); }
    /// Whether every socket that was replaced could be looked at; see socket_facts.
    [[nodiscard]] bool copies_descriptors() const noexcept { return copies_descriptors_; }
    [[nodiscard]] bool is_over() const noexcept { return is_over_; }

    /// Answers the calls that wait, up to a limit; the rest keeps fd() readable.
    /// A set-up that fails (EMFILE, an exception of the opener) is a problem event, and
    /// EADDRINUSE for the caller. SIGCHLD must not be ignored; see watch_as().
    std::vector<intercept_event> on_readable();

private:
    /// A descriptor of the program that is one of ours.
    struct holder {
        int process = 0;
        int fd = -1;
        bool shares_port = false;
    };
    struct shared {
        std::string name;
        unique_fd fd;
        listen_address address;  ///< as clients know it
        std::string bound_path;  ///< of a unix socket: what it was bound to
        std::uint64_t inode = 0;
        int type = 0;  ///< SO_TYPE
        bool is_of_port = false;
        std::vector<holder> holders;
    };
    using what = intercept_event::what;

    shared& take(shared one);
    void leave_out(const std::function<bool(const shared&)>& which);
    void handle(const waiting_call& call);
    void on_bind(const waiting_call& call);
    void on_listen(const waiting_call& call);
    void on_group_option(const waiting_call& call);
    void on_ring(const waiting_call& call);
    void on_remove(const waiting_call& call, int folder, std::uint64_t path);
    void on_rename(const waiting_call& call);
    void look_at_sockets();

    [[nodiscard]] bool may_concern(const listen_address& wanted) const noexcept;
    [[nodiscard]] bind_verdict judge(const calling_thread& caller, const listen_address& wanted,
                                     const socket_facts& facts) const;
    [[nodiscard]] bind_verdict judge_path(const calling_thread& caller,
                                          const listen_address& wanted,
                                          const socket_facts& facts) const;
    void serve(const waiting_call& call, const calling_thread& caller, shared& ours,
               const socket_facts& facts);
    /// Whether the kernel would refuse a second socket at this address, next to those that the
    /// program has already. Forgets what it has closed.
    [[nodiscard]] static bool is_taken(shared& ours, const socket_facts& facts);
    /// Makes our socket wait and behave as the program has set up its own.
    void prepare(const calling_thread& caller, shared& ours, const socket_facts& facts);
    void open_for(const waiting_call& call, const calling_thread& caller, const port& of,
                  listen_address wanted, const socket_facts& facts);
    [[nodiscard]] shared* socket_with(std::uint64_t inode) noexcept;
    [[nodiscard]] const shared* socket_at(const std::optional<folder_entry>& entry) const;

    void tell(what kind, const shared& about, const calling_thread& who);
    /// Each text once: a program that tries again would flood the journal.
    void tell_problem(std::string_view socket, std::string text, int process);
    void refuse(const waiting_call& call, const calling_thread& caller, std::string_view socket,
                const std::string& why);

    notification_channel channel_;
    unique_fd events_;
    std::vector<shared> sockets_;
    std::vector<port> ports_;
    opener open_;
    std::vector<intercept_event> news_;
    std::set<std::string> told_;
    /// The thread whose bind was done but interrupted before it got the answer: it asks again.
    int unanswered_ = 0;
    bool copies_descriptors_ = true;
    bool is_over_ = false;
};

}  // namespace lastcall::sys
