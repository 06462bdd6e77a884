// The service manager's end of NOTIFY_SOCKET: sd_notify(3).
#pragma once

#include <string>

#include "drill/subject/subject.hpp"
#include "sys/socket/datagram.hpp"

namespace lastcall::drill {

class notify_inbox {
public:
    /// Errors: std::runtime_error.
    notify_inbox();

    /// "NOTIFY_SOCKET=@..."
    [[nodiscard]] std::string variable() const;

    /// What was said since the last call. Never blocks.
    [[nodiscard]] notify_news take();

private:
    sys::datagram_inbox inbox_;
};

}  // namespace lastcall::drill
