// A VFS of SQLite that writes down what is written and what is synced, so that a test can make
// the disk of any moment at which the power could have failed.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace lastcall::agent::testing {

struct disk_event {
    enum class kind : std::uint8_t { write, sync, cut, remove } what;
    std::string file;  ///< its path
    std::uint64_t at = 0;
    std::string bytes;
    std::string head;       ///< what the head file had then
    std::int64_t told = 0;  ///< rows that `append` had returned by then
};

/// While it lives, every database of this process is opened through it. One at a time.
class recording_disk {
public:
    explicit recording_disk(std::string head_file);
    recording_disk(const recording_disk&) = delete;
    recording_disk& operator=(const recording_disk&) = delete;
    ~recording_disk();

    void tell(std::int64_t row) noexcept;
    [[nodiscard]] const std::vector<disk_event>& events() const noexcept;
};

/// What the files hold when the power fails just before `events[end]`: all that was synced,
/// and of what was not, each sector of 512 bytes that `survives` says yes to.
template <class Survives>
std::map<std::string, std::string> disk_after(const std::vector<disk_event>& events,
                                              std::size_t end, Survives survives) {
    std::map<std::string, std::string> durable;
    std::map<std::string, std::vector<const disk_event*>> pending;
    const auto apply = [&](const disk_event& one, bool is_synced) {
        auto& file = durable[one.file];
        if (one.what == disk_event::kind::cut) {
            file.resize(one.at);
            return;
        }
        for (std::size_t from = 0; from < one.bytes.size();) {
            // To the next border of a sector.
            const auto size =
                std::min<std::size_t>(512 - (one.at + from) % 512, one.bytes.size() - from);
            if (is_synced || survives()) {
                if (file.size() < one.at + from + size) {
                    file.resize(one.at + from + size);
                }
                file.replace(one.at + from, size, one.bytes, from, size);
            }
            from += size;
        }
    };
    for (std::size_t i = 0; i < end; ++i) {
        const auto& one = events[i];
        switch (one.what) {
            case disk_event::kind::write:
            case disk_event::kind::cut:
                pending[one.file].push_back(&one);
                break;
            case disk_event::kind::sync:
                for (const auto* each : pending[one.file]) {
                    apply(*each, true);
                }
                pending.erase(one.file);
                durable[one.file];
                break;
            case disk_event::kind::remove:
                durable.erase(one.file);
                pending.erase(one.file);
                break;
        }
    }
    for (const auto& [file, writes] : pending) {
        for (const auto* each : writes) {
            apply(*each, false);
        }
    }
    return durable;
}

}  // namespace lastcall::agent::testing
