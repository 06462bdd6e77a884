// What a keeper that was killed has left behind: its generations live on under their
// lastcall-init, which holds the listening sockets, the ends of the log and of the notify
// socket, and the state as it was last. They are taken from there: pidfd_getfd(2).
#include <algorithm>
#include <array>
#include <cerrno>

#include "keeper/keeper.hpp"
#include "keeper/state.hpp"
#include "sys/error_text.hpp"
#include "sys/process/open_files.hpp"
#include "sys/process/pidfd.hpp"
#include "sys/process/proc_reader.hpp"
#include "sys/process/process_table.hpp"

namespace lastcall::keeper {
namespace {

constexpr int first_socket = 3;

/// The value of an option on a process's command line; empty: it has none.
std::string option_of(int pid, std::string_view wanted) {
    sys::proc_path path(pid);
    path / "cmdline";
    std::array<char, 4096> some{};
    std::string_view left = sys::read_start(path, some).value_or(std::string_view{});
    const auto take = [&left] {
        const auto end = std::min(left.find('\0'), left.size());
        const auto word = left.substr(0, end);
        left.remove_prefix(std::min(end + 1, left.size()));
        return word;
    };
    while (!left.empty()) {
        const auto word = take();
        if (word == "--") {
            return {};
        }
        if (word == wanted) {
            return std::string(take());
        }
    }
    return {};
}

/// Three numbers, as the keeper passes them: the log, the notify socket, the state.
struct held {
    int log = -1, notify = -1, state = -1, report = -1;
};
held held_by(int pid) {
    held found;
    std::string list = option_of(pid, "--hold");
    std::array<int*, 3> places{&found.log, &found.notify, &found.state};
    std::size_t begin = 0;
    for (auto* const place : places) {
        const std::size_t end = std::min(list.find(',', begin), list.size());
        *place = sys::parse_id(std::string_view(list).substr(begin, end - begin)).value_or(-1);
        begin = std::min(end + 1, list.size());
    }
    found.report = sys::parse_id(option_of(pid, "--report-fd")).value_or(-1);
    return found;
}

sys::unique_fd take(int handle, int number, const char* what) {
    auto got = sys::take_descriptor(handle, number);
    if (!got) {
        throw request_error(errno, std::string("cannot take ") + what +
                                       " from it (pidfd_getfd): " + sys::error_text(errno) +
                                       "; that needs the same user, and Yama or a container may "
                                       "forbid it");
    }
    return got;
}

/// With what the service manager has kept of it: a slot that no program has any more is in the
/// group still.
sys::shared_listener& take_listener(service& of, manager_store& store,
                                    const wire::keeper_message& item) {
    const std::string name(item.text("socket"));
    const auto there = of.sockets.find(name);
    if (there != of.sockets.end()) {
        return there->second;
    }
    sys::shared_listener::kept kept;
    if (auto left = store.claim_name(of.name, name)) {
        kept.sockets = std::move(left->kept.sockets);
    }
    kept.steered =
        is_place(name) ? static_cast<int>(item.number("steered").value_or(0)) : of.steered_slot;
    kept.order = read_order(item);
    return of.sockets.emplace(name, sys::shared_listener(read_terms(item), std::move(kept)))
        .first->second;
}

/// What was bound at ports was opened after the lastcall-init had begun, which do not hold it:
/// it is found in the programs.
void adopt_ports(service& of, manager_store& store, const state_items& items) {
    const auto is_here = [&](const wire::keeper_message& item, std::string_view word) {
        return item.is(word) && item.text("service") == of.name;
    };
    for (const auto& item : items) {
        if (!is_here(item, "port")) {
            continue;
        }
        auto known = read_port(item);
        auto& port = of.ports[std::string(item.text("socket"))];
        port.number = known.number;
        port.backlog = known.backlog;
        for (auto& place : known.places) {
            const auto listener = std::ranges::find_if(items, [&](const auto& other) {
                return is_here(other, "listener") && other.text("socket") == place.key;
            });
            if (listener != items.end() && store.knows(of.name, place.key)) {
                take_listener(of, store, *listener);
            }
            for (int slot = 0; slot < sys::shared_listener::slots; ++slot) {
                const auto inode = place.inodes[static_cast<std::size_t>(slot)];
                const auto there = of.sockets.find(place.key);
                const bool is_ours = there != of.sockets.end() && there->second.fd(slot) >= 0;
                if (listener == items.end() || inode == 0 || is_ours) {
                    continue;
                }
                if (auto found = sys::copy_of_socket(inode)) {
                    take_listener(of, store, *listener).take_slot(slot, std::move(found));
                }
            }
            if (of.sockets.contains(place.key) && port.find(place.key) == nullptr) {
                port.places.push_back(std::move(place));
            }
        }
    }
}

}  // namespace

void keeper::on_adopt(const message& asked, descriptors& /*given*/) {
    const std::string name(asked.text("service"));
    const auto number = asked.number("generation").value_or(0);
    const auto pid = static_cast<int>(asked.number("pid").value_or(0));
    const auto of = services_.find(name);
    if (of != services_.end() && of->second.generations.contains(number)) {
        tell(done(asked).add("recovered", "it is here"));
        return;
    }
    const auto started = static_cast<std::uint64_t>(asked.number("start_time").value_or(0));
    auto handle = sys::open_process(pid);
    const auto facts = sys::read_process(pid);
    if (pid <= 1 || !handle || !facts || facts->start_time != started || facts->is_dead()) {
        throw request_error(ESRCH, name + " " + std::to_string(number) + " has ended: process " +
                                       std::to_string(pid) + " is gone, or is another one by now");
    }
    const held places = held_by(pid);
    if (places.state < 0) {
        throw request_error(EINVAL, "process " + std::to_string(pid) +
                                        " is no lastcall-init that a keeper has started");
    }
    auto state = sys::lasting_text::take_over(take(handle.get(), places.state, "the state"));
    const auto text = state.read();
    const auto items = text ? decode_state(*text) : std::nullopt;
    const message* found = nullptr;
    for (const auto& item : items.value_or(state_items{})) {
        if (item.is("generation") && item.text("service") == name &&
            item.number("generation") == number && item.number("pid") == pid) {
            found = &item;
        }
    }
    // `items` must outlive `found`: it is not changed from here on.
    if (!items || found == nullptr) {
        throw request_error(ENODATA, "the state that process " + std::to_string(pid) +
                                         " holds does not know " + name + " " +
                                         std::to_string(number));
    }
    adopt_generation(*items, std::move(handle), places.log, places.notify, places.report, name,
                     number);
    for (const auto& item : *items) {
        if (!item.is("keeper") && item.number("pid") != pid) {
            inherited_.push_back(item);
        }
    }
    keep_live(std::move(state));
    const auto& one = *services_.at(name).generations.at(number);
    std::string recovered;
    for (const auto& socket : one.sockets) {
        recovered += "socket " + socket + ", ";
    }
    tell(done(asked)
             .add("recovered", recovered + "log, notify, report, state")
             .add("slot", one.slot)
             .add("steered", services_.at(name).steered_to == number ? 1 : 0)
             .add("ready", one.is_ready ? 1 : 0)
             .add("exit_status", one.is_child ? "known" : "known where the kernel tells it"));
}

void keeper::adopt_generation(const std::vector<message>& items, sys::unique_fd handle, int log,
                              int notify, int report, const std::string& name,
                              std::int64_t number) {
    auto one = std::make_unique<generation>();
    for (const auto& item : items) {
        if (item.is("generation") && item.text("service") == name &&
            item.number("generation") == number) {
            read_generation(item, *one);
        }
    }
    one->is_child = false;
    one->line.clear();
    one->handle = std::move(handle);
    const int process = one->handle.get();
    std::vector<sys::unique_fd> sockets;
    for (std::size_t i = 0; i < one->descriptors.size(); ++i) {
        sockets.push_back(take(process, first_socket + static_cast<int>(i), "a listening socket"));
    }
    one->log = take(process, log, "the log");
    one->report = take(process, report, "the report");
    one->notify.take_over(take(process, notify, "the notify socket"));
    one->book = open_book(one->log_terms);
    auto filter = one->held_filter >= 0 ? take(process, one->held_filter, "the seccomp listener")
                                        : sys::unique_fd{};

    // Nothing has failed: now it becomes ours.
    const bool is_new = !services_.contains(name);
    auto& of = services_[name];
    of.name = name;
    for (const auto& item : items) {
        if (item.text("service") != name) {
            continue;
        }
        if (item.is("service") && is_new) {
            of.steered_slot = static_cast<int>(item.number("steered_slot").value_or(0));
            of.steered_to = item.number("steered_to").value_or(0);
        }
        if (!item.is("listener")) {
            continue;
        }
        const auto found = std::ranges::find(one->descriptors, item.text("socket"));
        if (found != one->descriptors.end()) {
            const auto place = static_cast<std::size_t>(found - one->descriptors.begin());
            take_listener(of, store_, item).take_slot(one->slot, std::move(sockets[place]));
        }
    }
    adopt_ports(of, store_, items);
    auto& there = *of.generations.emplace(number, std::move(one)).first->second;
    if (filter) {
        there.installed = std::make_unique<handover>(std::move(filter), offers_for(there));
    }
}

/// The memory that those who survive hold is written on: another keeper may need it.
void keeper::keep_live(sys::lasting_text state) {
    for (const auto& one : live_) {
        if (sys::is_same_file(one.fd(), state.fd())) {
            return;
        }
    }
    bool is_used = false;
    for_each_generation([&](generation& one) { is_used = is_used || one.is_child; });
    if (!is_used) {
        live_.insert(live_.begin(), std::move(state));
    } else {
        live_.push_back(std::move(state));
    }
    saved_.clear();
}

void keeper::save_state() {
    if (!std::exchange(changed_, false)) {
        return;
    }
    if (!live_.empty()) {
        write_state();
    }
    put_into_store();
}

void keeper::write_state() {
    // What the others of a killed keeper need, until each of them is adopted.
    state_items items = collect_state();
    std::erase_if(items, [](const auto& item) { return item.is("in_store"); });
    for (const auto& item : inherited_) {
        const auto of = services_.find(std::string(item.text("service")));
        const bool is_ours = of != services_.end() &&
                             (!item.is("generation") || of->second.generations.contains(
                                                            item.number("generation").value_or(0)));
        if (!is_ours) {
            items.push_back(item);
        }
    }
    std::string text = encode_state(items);
    if (text == saved_) {
        return;
    }
    for (auto& one : live_) {
        if (!one.write(text)) {
            say("the state cannot be written for a keeper after this one: no memory");
        }
    }
    saved_ = std::move(text);
}

}  // namespace lastcall::keeper
