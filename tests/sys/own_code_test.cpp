#include "sys/process/own_code.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <stdexcept>
#include <string>

namespace {

namespace sys = lastcall::sys;

/// Of this process, in KiB: "RssFile".
long value_of(const std::string& name) {
    std::ifstream file("/proc/self/status");
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with(name + ":")) {
            return std::stol(line.substr(name.size() + 1));
        }
    }
    ADD_FAILURE() << "no " << name;
    return 0;
}

// Relocated constants, written globals, and constants of the program are all there afterwards.
struct base {
    virtual ~base() = default;
    [[nodiscard]] virtual int number() const { return 1; }
};
struct derived : base {
    [[nodiscard]] int number() const override { return 2; }
};
int written = 0;
const char* const texts[] = {"one", "two", "three"};

TEST(OwnCode, AllThatWasThereIsThereAfterItWasForgotten) {
    written = 7;
    const std::map<int, std::string> on_the_heap{{1, "one"}, {2, "two"}};
    const derived made;
    const base& seen = made;

    const long before = value_of("RssFile");
    EXPECT_GT(sys::forget_mapped_code(), 100'000U);
    const long after = value_of("RssFile");

    EXPECT_LT(after, before);
    EXPECT_EQ(written, 7);
    EXPECT_EQ(seen.number(), 2);
    EXPECT_STREQ(texts[2], "three");
    EXPECT_EQ(on_the_heap.at(2), "two");
    EXPECT_THROW(throw std::runtime_error("unwound through it"), std::runtime_error);
}

}  // namespace
