#include <algorithm>

#include "drill/contract/settings.hpp"
#include "sys/socket/socket_client.hpp"

namespace lastcall::drill {
namespace {

/// Every text of the settings in which a place may stand.
template <class Do>
void for_each_text(settings& s, Do act) {
    auto& at = s.where;
    for (auto* const text :
         {&at.url, &at.post, &at.slow, &at.download, &at.upload, &at.stream, &at.websocket,
          &at.ready, &s.effects.post, &s.effects.list, &s.sequence.pre_stop.url}) {
        act(*text);
    }
    for (auto* const list :
         {&s.who.command, &s.environment, &s.more_urls, &s.successor, &s.sequence.event,
          &s.sequence.pre_stop.exec, &s.effects.list_command}) {
        std::ranges::for_each(*list, act);
    }
    std::ranges::for_each(s.sequence.exec_stop,
                          [&](auto& command) { std::ranges::for_each(command, act); });
}

bool stands(settings& s, std::string_view place) {
    bool found = false;
    for_each_text(s, [&](const std::string& text) {
        found = found || text.find(place) != std::string::npos;
    });
    return found;
}

void fill(settings& s, std::string_view place, const std::string& with) {
    for_each_text(s, [&](std::string& text) {
        for (auto at = text.find(place); at != std::string::npos;
             at = text.find(place, at + with.size())) {
            text.replace(at, place.size(), with);
        }
    });
}

void fill_port(settings& s) {
    constexpr std::string_view place = "{port}";
    // A command that is handed its socket needs no port, but the url does.
    const bool is_handed_in = stands(s, "fd:3");
    const bool is_path = s.where.url.empty() || s.where.url.starts_with('/');
    if (!stands(s, place) && !(is_handed_in && is_path)) {
        return;
    }
    if (is_path) {
        s.where.url = "http://127.0.0.1:{port}" + (s.where.url.empty() ? "/" : s.where.url);
    }
    if (s.where.url.find(place) == std::string::npos) {
        throw settings_error("{port} is asked for, and does not stand in the url " + s.where.url);
    }
    fill(s, place, std::to_string(sys::free_port()));
}

}  // namespace

std::unique_ptr<sys::private_directory> fill_places(settings& into) {
    constexpr std::string_view place = "{dir}";
    fill_port(into);
    if (!stands(into, place)) {
        return nullptr;
    }
    auto made = std::make_unique<sys::private_directory>("lastcall-drill");
    fill(into, place, made->path().string());
    return made;
}

}  // namespace lastcall::drill
