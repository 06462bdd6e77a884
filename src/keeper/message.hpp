// One line for people, on standard error; what a full pipe does not take is dropped.
#pragma once

#include "core/fixed_text.hpp"

namespace lastcall::keeper {

/// Built with <<, written with its end of line when it goes out of scope.
class message : public core::fixed_text<2048> {
public:
    message() noexcept;
    message(const message&) = delete;
    message& operator=(const message&) = delete;
    ~message();
};

}  // namespace lastcall::keeper
