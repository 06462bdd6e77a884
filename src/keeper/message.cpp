#include "keeper/message.hpp"

#include "sys/output.hpp"

namespace lastcall::keeper {

constexpr int standard_error = 2;

message::message() noexcept { *this << "lastcall-init: "; }

message::~message() {
    if (is_cut()) {
        sys::write_without_waiting(standard_error, view());
        sys::write_without_waiting(standard_error, " ...\n");
        return;
    }
    *this << '\n';
    sys::write_without_waiting(standard_error, view());
}

}  // namespace lastcall::keeper
