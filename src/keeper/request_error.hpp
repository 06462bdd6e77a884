// Why a request is answered with `failed`.
#pragma once

#include <stdexcept>
#include <string>

namespace lastcall::keeper {

class request_error : public std::runtime_error {
public:
    request_error(int number, const std::string& why) : std::runtime_error(why), error_(number) {}
    [[nodiscard]] int error() const noexcept { return error_; }  ///< errno

private:
    int error_;
};

}  // namespace lastcall::keeper
