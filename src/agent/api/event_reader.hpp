// Reads server-sent events from pieces of text (WHATWG HTML, "Interpreting an event stream").
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace lastcall::agent {

class event_reader {
public:
    struct event {
        std::string id;    ///< of this event; empty: it has none
        std::string kind;  ///< empty: none was given
        std::string data;
    };

    /// Calls `take(event)` for each that is complete, until it returns false.
    /// Returns: false when it did.
    template <class Take>
    bool take(std::string_view piece, Take&& take_event) {
        text_ += piece;
        for (std::size_t end = 0; (end = text_.find('\n')) != std::string::npos;) {
            const std::string line = text_.substr(0, end);
            text_.erase(0, end + 1);
            if (!line.empty()) {
                note(line);
                continue;
            }
            const event whole = std::exchange(event_, {});
            if (!whole.data.empty() && !take_event(whole)) {
                return false;
            }
        }
        return true;
    }

private:
    void note(std::string_view line) {
        const std::size_t colon = line.find(':');
        const std::string_view field = line.substr(0, colon);
        std::string_view value =
            colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
        value.remove_prefix(value.starts_with(' ') ? 1 : 0);
        if (field == "id") {
            event_.id = value;
        } else if (field == "event") {
            event_.kind = value;
        } else if (field == "data") {
            event_.data.append(event_.data.empty() ? "" : "\n").append(value);
        }
    }

    std::string text_;  ///< no line yet
    event event_;
};

}  // namespace lastcall::agent
