#include "keeper/state.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace lastcall::keeper {

using wire::keeper_message;

std::string encode_state(const state_items& items) {
    std::string text;
    for (const auto& one : items) {
        const std::string part = one.encode();
        text += std::to_string(part.size()) + "\n" + part;
    }
    return text;
}

std::optional<state_items> decode_state(std::string_view text) {
    state_items items;
    while (!text.empty()) {
        std::size_t size = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
        const auto digits = static_cast<std::size_t>(end - text.data());
        if (error != std::errc{} || digits >= text.size() || text[digits] != '\n' ||
            size > text.size() - digits - 1) {
            return std::nullopt;
        }
        auto item = keeper_message::decode(text.substr(digits + 1, size));
        if (!item) {
            return std::nullopt;
        }
        items.push_back(std::move(*item));
        text.remove_prefix(digits + 1 + size);
    }
    if (items.empty() || !items.front().is("keeper") ||
        items.front().number("version").value_or(0) != state_version) {
        return std::nullopt;
    }
    return items;
}

std::string state_summary(const state_items& items) {
    const auto count = [&](std::string_view word) {
        return std::to_string(
            std::ranges::count_if(items, [&](const keeper_message& one) { return one.is(word); }));
    };
    return "state " + std::to_string(state_version) + ": " + count("service") + " services, " +
           count("listener") + " listeners, " + count("generation") + " generations\n";
}

keeper_message state_of(const service& what) {
    return keeper_message("service")
        .add("service", what.name)
        .add("steered_slot", what.steered_slot)
        .add("steered_to", what.steered_to);
}

keeper_message state_of(const std::string& service, const std::string& socket,
                        const sys::shared_listener& what) {
    keeper_message item("listener");
    item.add("service", service)
        .add("socket", socket)
        .add("address", what.address())
        .add("backlog", what.wanted().backlog)
        .add("mode", static_cast<std::int64_t>(what.wanted().mode))
        .add("only_ip6", what.wanted().is_only_ip6 ? 1 : 0)
        .add("steered", what.steered());
    for (int slot = 0; slot < sys::shared_listener::slots; ++slot) {
        item.add("fd", what.fd(slot));
    }
    for (const int slot : what.order()) {
        item.add("order", slot);
    }
    return item;
}

/// Of each place a `place`, and for each of its slots a `bound` and an `inode`.
keeper_message state_of(const std::string& service, const std::string& socket,
                        const open_port& what) {
    keeper_message item("port");
    item.add("service", service)
        .add("socket", socket)
        .add("number", what.number)
        .add("backlog", what.backlog);
    for (const auto& one : what.places) {
        item.add("place", one.key);
        for (std::size_t slot = 0; slot < one.bound.size(); ++slot) {
            item.add("bound", one.bound[slot])
                .add("inode", static_cast<std::int64_t>(one.inodes[slot]));
        }
    }
    return item;
}

keeper_message state_of(const generation& what) {
    keeper_message item("generation");
    item.add("service", what.service)
        .add("generation", what.number)
        .add("pid", what.pid)
        .add("start_time", static_cast<std::int64_t>(what.start_time))
        .add("started_ns", what.started_ns)
        .add("is_child", what.is_child ? 1 : 0)
        .add("slot", what.slot)
        .add("handover", what.handed_over)
        .add("ready", what.is_ready ? 1 : 0)
        .add("status", what.status)
        .add("log", what.log_terms.path)
        .add("log_limit", static_cast<std::int64_t>(what.log_terms.limit))
        .add("log_keep", static_cast<std::int64_t>(what.log_terms.keep))
        .add("log_left", static_cast<std::int64_t>(what.log_terms.leave))
        .add("fd_log", what.log.get())
        .add("fd_notify", what.notify.fd())
        .add("fd_report", what.report.get())
        .add("fd_intercept", what.installed ? what.installed->listener() : -1)
        .add("held_filter", what.held_filter)
        .add("with_ports", 1)
        .add("group", what.group ? what.group->folder() : "");
    for (const auto& name : what.sockets) {
        item.add("sockets", name);
    }
    for (const auto& key : what.descriptors) {
        item.add("descriptors", key);
    }
    if (what.line.find('\0') == std::string::npos) {
        item.add("line", what.line);
    }
    if (what.kill_at) {
        item.add("kill_at", what.kill_at->count());
    }
    if (what.ended) {
        const auto& how = what.ended->how;
        item.add("ended", 1)
            .add("known", how.is_known ? 1 : 0)
            .add("killed", how.killed ? 1 : 0)
            .add("exit", how.status)
            .add("core", how.core ? 1 : 0)
            .add("user_us", how.user_us)
            .add("system_us", how.system_us)
            .add("peak_kb", how.peak_kb)
            .add("oom_kills", static_cast<std::int64_t>(what.ended->oom_kills))
            .add("at_ns", what.ended->at_ns)
            .add("last_line", what.ended->last_line);
    }
    return item;
}

void read_generation(const keeper_message& from, generation& into) {
    const auto number = [&](std::string_view name) { return from.number(name).value_or(0); };
    into.service = from.text("service");
    into.number = number("generation");
    into.pid = static_cast<int>(number("pid"));
    into.start_time = static_cast<std::uint64_t>(number("start_time"));
    into.started_ns = number("started_ns");
    into.is_child = number("is_child") != 0;
    into.slot = static_cast<int>(from.number("slot").value_or(-1));
    into.handed_over = from.text("handover");
    into.is_ready = number("ready") != 0;
    into.status = from.text("status");
    into.log_terms.path = from.text("log");
    into.log_terms.limit = static_cast<std::uint64_t>(number("log_limit"));
    into.log_terms.keep = static_cast<unsigned>(number("log_keep"));
    into.log_terms.leave = static_cast<std::uint64_t>(number("log_left"));
    into.sockets = from.all("sockets");
    // Before there were ports these were the same.
    into.descriptors = from.all(from.has("with_ports") ? "descriptors" : "sockets");
    into.held_filter = static_cast<int>(from.number("held_filter").value_or(-1));
    into.line = from.text("line");
    if (const auto at = from.number("kill_at")) {
        into.kill_at = time(*at);
    }
    if (const std::string folder(from.text("group")); !folder.empty()) {
        into.group = sys::control_group::take_over(folder);
    }
    if (number("ended") != 0) {
        auto& end = into.ended.emplace();
        end.how.pid = into.pid;
        end.how.is_known = number("known") != 0;
        end.how.killed = number("killed") != 0;
        end.how.status = static_cast<int>(number("exit"));
        end.how.core = number("core") != 0;
        end.how.user_us = number("user_us");
        end.how.system_us = number("system_us");
        end.how.peak_kb = number("peak_kb");
        end.oom_kills = static_cast<std::uint64_t>(number("oom_kills"));
        end.at_ns = number("at_ns");
        end.last_line = from.text("last_line");
    }
}

sys::shared_listener::terms read_terms(const keeper_message& from) {
    sys::shared_listener::terms terms;
    terms.address = from.text("address");
    terms.backlog = static_cast<int>(from.number("backlog").value_or(terms.backlog));
    terms.mode = static_cast<unsigned>(from.number("mode").value_or(terms.mode));
    terms.is_only_ip6 = from.number("only_ip6").value_or(0) != 0;
    return terms;
}

open_port read_port(const keeper_message& from) {
    open_port made;
    made.number = static_cast<std::uint16_t>(from.number("number").value_or(0));
    made.backlog = static_cast<int>(from.number("backlog").value_or(made.backlog));
    const auto bound = from.all("bound");
    const auto inodes = from.all("inode");
    std::size_t at = 0;
    for (auto& key : from.all("place")) {
        auto& one = made.places.emplace_back();
        one.key = std::move(key);
        for (std::size_t slot = 0; slot < one.bound.size(); ++slot, ++at) {
            if (at < bound.size() && at < inodes.size()) {
                one.bound[slot] = std::atoll(bound[at].c_str());
                one.inodes[slot] = static_cast<std::uint64_t>(std::atoll(inodes[at].c_str()));
            }
        }
    }
    return made;
}

std::vector<int> read_order(const keeper_message& from) {
    std::vector<int> order;
    for (const auto& text : from.all("order")) {
        order.push_back(text == "1" ? 1 : 0);
    }
    return order;
}

}  // namespace lastcall::keeper
