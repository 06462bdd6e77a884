// Each case returns what was violated. It is run against our service, where nothing may
// be, and against the same service with a drain that waits for nothing, where it must miss
// what that loses.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

namespace lastcall::testing {

class violations {
public:
    void expect(bool holds, const std::string& what) {
        if (!holds) {
            all.push_back(what);
        }
    }
    [[nodiscard]] bool contain(const std::string& what) const {
        return std::find(all.begin(), all.end(), what) != all.end();
    }
    std::vector<std::string> all;
};

struct drain_case {
    std::string name;
    /// `drain`: "" or "/null", for the end of a scenario's name.
    violations (*run)(const std::string& drain);
    /// The violation that a drain that waits for nothing must show.
    std::string loss;
};

inline std::ostream& operator<<(std::ostream& out, const drain_case& c) { return out << c.name; }

class Drain : public ::testing::TestWithParam<drain_case> {
public:
    static std::string name_of(const ::testing::TestParamInfo<drain_case>& info) {
        return info.param.name;
    }
};

}  // namespace lastcall::testing
