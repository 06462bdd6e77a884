#include "agent/engine/applied.hpp"

#include <filesystem>
#include <fstream>

#include "agent/config/spec_json.hpp"
#include "agent/plan/digest.hpp"
#include "sys/private_file.hpp"

namespace lastcall::agent {

std::string save_applied(const places& where, const host_spec& what) {
    const auto text = to_json(what).dump();
    sys::replace_private_file(where.applied(), text);
    return digest_of(text);
}

std::optional<host_spec> load_applied(const places& where) {
    const auto file = where.applied();
    if (!std::filesystem::exists(file)) {
        return std::nullopt;
    }
    try {
        std::ifstream in(file);
        return host_from_json(nlohmann::json::parse(in));
    } catch (const std::exception& e) {
        throw std::runtime_error(file +
                                 ", which says what was applied last, cannot be read: " + e.what());
    }
}

}  // namespace lastcall::agent
