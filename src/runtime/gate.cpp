#include <lastcall/gate.hpp>

#include <algorithm>
#include <mutex>
#include <unordered_set>

#include "runtime/gate_pool.hpp"
#include "sys/event_fd.hpp"

namespace lastcall {

label label::intern(std::string_view text) {
    // Never destroyed: a pass may outlive static destruction.
    static auto& mutex = *new std::mutex;
    static auto& texts = *new std::unordered_set<std::string>;
    const std::lock_guard lock(mutex);
    return {interned{}, texts.emplace(text).first->c_str()};
}

gate::gate(std::string_view name) : core_(runtime::open_gate(label::intern(name).c_str())) {}

gate::~gate() { runtime::abandon_gate(*core_); }

void gate::close() noexcept { core_->close(); }

bool gate::wait_empty(clock::time_point until) const noexcept {
    return sys::wait_readable(core_->event, until);
}

int gate::event_fd() const noexcept { return core_->event; }

std::string_view gate::name() const noexcept { return core_->name.load(); }

std::vector<occupant> gate::who() const {
    std::vector<occupant> found;
    runtime::for_each_occupant(*core_, [&](const char* what, std::uint32_t age, std::uint32_t id) {
        found.push_back(
            {std::string(name()), what, std::chrono::milliseconds(age), static_cast<int>(id)});
    });
    std::stable_sort(found.begin(), found.end(),
                     [](const occupant& a, const occupant& b) { return a.age > b.age; });
    return found;
}

}  // namespace lastcall
