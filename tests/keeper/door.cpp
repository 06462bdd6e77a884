// An agent that hands its channel to the test and waits: door SOCKET. The test plays the
// agent; when it closes the connection, the agent ends, as one that crashed.
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

int main(int argc, char** argv) {
    const char* const number = std::getenv("LASTCALL_KEEPER_FD");
    if (argc < 2 || number == nullptr) {
        return 1;
    }
    const int channel = std::atoi(number);
    const int door = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    std::strncpy(at.sun_path, argv[1], sizeof at.sun_path - 1);
    if (::connect(door, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0) {
        return 2;
    }
    char name[32] = "agent";
    if (argc > 2) {
        std::strncpy(name, argv[2], sizeof name - 1);
    }
    iovec part{name, std::strlen(name)};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    cmsghdr* const rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof channel);
    std::memcpy(CMSG_DATA(rights), &channel, sizeof channel);
    if (::sendmsg(door, &header, 0) < 0) {
        return 3;
    }
    char end = 0;
    return ::recv(door, &end, 1, 0) == 1 ? end : 9;
}
