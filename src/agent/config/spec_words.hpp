// The words that a configuration has for values of few kinds: in YAML, JSON and messages.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "agent/config/service_spec.hpp"

namespace lastcall::agent {

template <class Value>
using word_list = std::vector<std::pair<std::string, Value>>;

template <class Value>
[[nodiscard]] const word_list<Value>& words();
template <>
const word_list<handover>& words<handover>();
template <>
const word_list<check_spec::kind>& words<check_spec::kind>();
template <>
const word_list<core::restart_when>& words<core::restart_when>();
template <>
const word_list<traffic_spec::kind>& words<traffic_spec::kind>();

template <class Value>
[[nodiscard]] const std::string& word_for(Value value) {
    const auto& all = words<Value>();
    for (const auto& [word, one] : all) {
        if (one == value) {
            return word;
        }
    }
    return all.front().first;
}

/// "http http://127.0.0.1:9000/ready", "command ./check", "a connection to each socket".
[[nodiscard]] std::string text_of(const check_spec& check);

}  // namespace lastcall::agent
