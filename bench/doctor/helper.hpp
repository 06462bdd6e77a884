// A copy of this process that does one thing until it is killed.
#pragma once

#include <cstdint>
#include <functional>

namespace doctor_bench {

class helper {
public:
    /// `work`  runs in it; what it returns is told, and then it waits to be killed
    /// Returns once that was told. Errors: std::runtime_error: it could not do its work.
    explicit helper(const std::function<std::uint64_t()>& work);
    helper(helper&& from) noexcept;
    helper& operator=(helper&&) = delete;
    ~helper();

    [[nodiscard]] int pid() const noexcept { return pid_; }
    [[nodiscard]] std::uint64_t told() const noexcept { return told_; }

private:
    int pid_ = 0;
    std::uint64_t told_ = 0;
};

}  // namespace doctor_bench
