#include "agent/engine/version.hpp"

#include <filesystem>
#include <fstream>

#include "agent/config/spec_json.hpp"
#include "sys/private_file.hpp"

namespace lastcall::agent {
namespace {

constexpr std::int64_t kept_versions = 20;

std::filesystem::path folder_of(const places& where, const std::string& service) {
    return std::filesystem::path(where.state) / "versions" / service;
}

std::filesystem::path file_of(const places& where, const std::string& service,
                              std::int64_t generation) {
    return folder_of(where, service) / (std::to_string(generation) + ".json");
}

}  // namespace

void save_version(const places& where, const std::string& service, std::int64_t generation,
                  const service_spec& spec, const std::string& program_digest, unsigned slot) {
    const auto file = file_of(where, service, generation);
    std::filesystem::create_directories(file.parent_path());
    const nlohmann::json whole{
        {"program", program_digest}, {"slot", slot}, {"service", to_json(spec)}};
    sys::replace_private_file(file, whole.dump());
}

std::optional<saved_version> load_version(const places& where, const std::string& service,
                                          std::int64_t generation) {
    std::ifstream in(file_of(where, service, generation));
    const auto whole = nlohmann::json::parse(in, nullptr, false);
    if (whole.is_discarded() || !whole.contains("service")) {
        return std::nullopt;
    }
    try {
        return saved_version{.spec = service_from_json(whole.at("service")),
                             .program_digest = whole.value("program", ""),
                             .slot = whole.value("slot", 0U) == 0 ? 0U : 1U};
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

std::optional<saved_version> version_before(const journal* book, const places& where,
                                            const std::string& service, std::int64_t current) {
    if (book == nullptr) {
        return std::nullopt;
    }
    const auto now = load_version(where, service, current);
    for (const auto& row : book->read(
             {.service = service, .kinds = {"service_state"}, .most = 200, .newest_first = true})) {
        if (row.generation == 0 || row.generation >= current) {
            continue;
        }
        auto found = load_version(where, service, row.generation);
        // A restart after a crash is the same version under another number.
        if (found &&
            !(now && found->spec == now->spec && found->program_digest == now->program_digest)) {
            return found;
        }
    }
    return std::nullopt;
}

void forget_versions(const places& where, const std::string& service, std::int64_t current) {
    std::error_code ignored;
    for (const auto& entry :
         std::filesystem::directory_iterator(folder_of(where, service), ignored)) {
        const auto number = std::atoll(entry.path().stem().c_str());
        if (number > 0 && number < current - kept_versions) {
            std::filesystem::remove(entry.path(), ignored);
        }
    }
}

}  // namespace lastcall::agent
