// A generation is started: what is asked becomes a lastcall-init with the right descriptors.
#include <cerrno>

#include "keeper/keeper.hpp"
#include "keeper/places.hpp"
#include "keeper/start_request.hpp"
#include "sys/clock.hpp"
#include "sys/error_text.hpp"
#include "sys/process/group_leaf.hpp"
#include "sys/process/pidfd.hpp"
#include "sys/process/process_table.hpp"
#include "sys/sealed_memory.hpp"

namespace lastcall::keeper {
namespace {

constexpr std::size_t log_room = 1U << 20U;  ///< of a pipe: so long may we be busy elsewhere
constexpr int first_kept = 3;                ///< SD_LISTEN_FDS_START

}  // namespace

/// Connections that wait for the steered generation wait for its successor too, if it has
/// ended; else the successor gets the other slot.
int keeper::choose_slot(const service& of) const {
    if (of.living_at(of.steered_slot) == nullptr) {
        return of.steered_slot;
    }
    const int other = 1 - of.steered_slot;
    if (const auto* const there = of.living_at(other)) {
        throw request_error(EBUSY, of.name + " has two generations with sockets already, " +
                                       std::to_string(of.living_at(of.steered_slot)->number) +
                                       " and " + std::to_string(there->number) +
                                       "; one of them must end first");
    }
    return other;
}

handover::offers keeper::offers_for(generation& one) {
    const auto& of = services_.at(one.service);
    handover::offers all;
    for (const auto& socket : one.sockets) {
        const auto port = of.ports.find(socket);
        if (port == of.ports.end()) {
            const auto& listener = of.sockets.at(socket);
            all.sockets.push_back({socket, listener.fd(one.slot), listener.where().path, false});
            continue;
        }
        all.ports.push_back({socket, port->second.number});
        for (const auto& place : port->second.places) {
            if (const int fd = of.sockets.at(place.key).fd(one.slot); fd >= 0) {
                all.sockets.push_back({socket, fd, "", true});
            }
        }
    }
    all.open = [this, &one](std::string_view name, const sys::listen_address& wanted) {
        const std::string socket(name);
        auto& owner = services_.at(one.service);
        sys::bind_interceptor::opened made;
        try {
            made.fd = open_place(owner, one, socket, wanted);
        } catch (const std::exception& problem) {
            made.why = problem.what();
        }
        tell_ports(owner, {socket});
        return made;
    };
    return all;
}

std::shared_ptr<sys::rotating_file> keeper::open_book(const sys::rotating_file::terms& terms) {
    if (terms.path.empty()) {
        return nullptr;
    }
    auto book = books_[terms.path].lock();
    if (book) {
        book->change(terms);
    } else {
        book = std::make_shared<sys::rotating_file>(terms);
        books_[terms.path] = book;
    }
    return book;
}

void keeper::on_start(const message& asked, descriptors& given) {
    if (stop_ != stage::none) {
        throw request_error(ESHUTDOWN, "the keeper was told to stop: nothing is started any more");
    }
    const std::string name(asked.text("service"));
    const auto number = asked.number("generation");
    if (name.empty() || !number || *number <= 0 || !asked.has("argv")) {
        throw request_error(EINVAL,
                            "`start` needs a `service`, the number of a `generation` and "
                            "an `argv`");
    }
    const bool was_there = services_.contains(name);
    auto& of = services_[name];
    of.name = name;
    if (const auto there = of.generations.find(*number); there != of.generations.end()) {
        auto& one = *there->second;
        if (!one.is_executed) {
            one.start_request = asked.text("id");  // answered when it is known
            return;
        }
        tell(done(asked)
                 .add("pid", one.pid)
                 .add("start_time", static_cast<std::int64_t>(one.start_time)));
        return;
    }
    auto made = std::make_unique<generation>();
    try {
        made->service = name;
        made->number = *number;
        start_generation(asked, *made, given);
    } catch (...) {
        if (!was_there) {
            services_.erase(name);
        }
        throw;
    }
    of.generations.emplace(*number, std::move(made));
}

void keeper::start_generation(const message& asked, generation& one, descriptors& given) {
    auto& of = services_.at(one.service);
    sys::service_start what;
    const group_limits of_group = read_start_request(asked, one, what);
    for (const auto& socket : one.sockets) {
        if (!of.sockets.contains(socket) && !of.ports.contains(socket)) {
            throw request_error(
                ENOENT, one.service + " has no socket \"" + socket + "\"; `listen` opens it");
        }
    }
    // From here on things are opened.
    if (!one.sockets.empty()) {
        one.slot = choose_slot(of);
        prepare_places(of, one);
        for (const auto& key : one.descriptors) {
            what.keeps.push_back(of.sockets.at(key).fd(one.slot));
        }
    }
    auto log = sys::make_log_pipe(log_room);
    one.log = std::move(log.reader);
    one.book = open_book(one.log_terms);
    one.report = sys::scratch_file();
    if (const int error = one.notify.open(); error != 0 || !one.report) {
        throw request_error(error != 0 ? error : errno, "no descriptors or memory are left");
    }
    what.output = log.writer.get();

    const auto place = [&](int fd) {
        what.keeps.push_back(fd);
        return std::to_string(first_kept + static_cast<int>(what.keeps.size()) - 1);
    };
    std::string hold = place(one.log.get());
    hold += "," + place(one.notify.fd());
    if (!live_.empty()) {
        hold += "," + place(live_.front().fd());
    }
    // A stop may come before it is lastcall-init, or before that takes its signals.
    what.takes_signals = true;
    what.argv = {what_.init, "--empty-mask", "--no-last-line", "--report-fd",
                 place(one.report.get())};
    if (asked.number("has_program").value_or(0) != 0) {
        if (given.empty()) {
            throw request_error(EBADF, "`has_program` is 1, and no descriptor came along");
        }
        what.argv.insert(what.argv.end(), {"--program-fd", place(given.front().get())});
    }
    if (one.handed_over == "intercept" && !one.sockets.empty()) {
        bool has_path = false;
        for (const auto& socket : one.sockets) {
            has_path = has_path || (!of.ports.contains(socket) && of.sockets.at(socket).is_unix());
        }
        one.installed = std::make_unique<handover>(has_path);
        what.hook = one.installed->hook();
        one.held_filter = first_kept + static_cast<int>(what.keeps.size());
        hold += "," + std::to_string(one.held_filter);
    }
    what.argv.insert(what.argv.end(), {"--hold", hold});
    for (const auto& option : asked.all("init")) {
        what.argv.push_back(option);
    }
    what.argv.emplace_back("--");
    for (auto& word : asked.all("argv")) {
        what.argv.push_back(std::move(word));
    }

    what.environment.push_back("NOTIFY_SOCKET=" + std::string(one.notify.name()));
    if (!one.descriptors.empty()) {
        std::string names;
        for (const auto& key : one.descriptors) {
            names.append(names.empty() ? "" : ":").append(socket_of(key));
        }
        what.environment.push_back("LISTEN_FDS=" + std::to_string(one.descriptors.size()));
        what.environment.push_back("LISTEN_FDNAMES=" + names);
        what.environment.emplace_back("LISTEN_PID=0");
    }

    std::string no_group;
    one.group = sys::control_group::make(no_group, "lastcall");
    for (const auto& [limit, value] : of_group) {
        int error = one.group ? one.group->set(limit, value) : ENOENT;
        std::string why = one.group ? "" : no_group;
        if (error == EBUSY) {  // we are in the group above
            why = sys::enable_beside_leaf(one.group->folder_above(),
                                          limit.substr(0, limit.find('.')));
            error = why.empty() ? one.group->set(limit, value) : error;
        }
        if (error != 0) {
            if (why.empty()) {
                why =
                    error == ENOENT ? "no cgroup here has this controller" : sys::error_text(error);
            }
            one.degraded.push_back(
                limit + " is not limited: " + why +
                "; give the keeper a cgroup of its own (version 2; systemd: Delegate=yes), or "
                "leave the limit out");
        }
    }
    const auto entry = one.group ? one.group->open_for_entry() : sys::unique_fd{};
    what.control_group = entry.get();

    auto made = sys::start_service(what, signals_);
    if (made.error != 0) {
        throw request_error(made.error,
                            std::string("cannot start a process: ") + sys::error_text(made.error));
    }
    if (one.installed) {
        // The child that could not install it ends by itself; nobody knows it, and it is reaped.
        if (const auto why = one.installed->begin(offers_for(one)); !why.empty()) {
            throw request_error(EOPNOTSUPP, "handover intercept: " + why +
                                                "; inherit or none need nothing of the kernel");
        }
    }
    one.pid = made.pid;
    one.handle = std::move(made.handle);
    one.start_report = std::move(made.report);
    one.start_request = asked.text("id");
    one.is_executed = false;
    one.started_ns = sys::boottime_now().count();
    const auto facts = sys::read_process(one.pid);
    one.start_time = facts ? facts->start_time : 0;
}

/// Its lastcall-init is there now, or could not be executed.
/// Returns: false when the generation is no more.
bool keeper::take_start(generation& one) {
    const auto failure = sys::read_start(one.start_report.get());
    one.start_report.reset();
    changed_ = true;
    one.is_executed = true;
    message answer(failure.step == sys::service_step::none ? "done" : "failed");
    answer.add("id", one.start_request);
    if (failure.step == sys::service_step::none) {
        answer.add("pid", one.pid).add("start_time", static_cast<std::int64_t>(one.start_time));
        answer.add("slot", one.slot);
        for (const auto& text : std::exchange(one.degraded, {})) {
            answer.add("degraded", text);
        }
        tell(answer);
        auto& of = services_.at(one.service);
        // The first of a service has the traffic without being asked.
        if (of.steered_to == 0 && one.slot == of.steered_slot) {
            of.steered_to = one.number;
        }
        return true;
    }
    answer.add("error", failure.error)
        .add("why", one.service + " " + std::to_string(one.number) + ": " +
                        sys::explain(failure, what_.init, one.directory));
    tell(answer);
    // Nothing of the service has run: it is as if it had not been asked for. Its process
    // is reaped as one that nobody knows.
    const std::string name = one.service;
    auto& of = services_.at(name);
    of.generations.erase(one.number);
    if (of.generations.empty() && of.sockets.empty() && of.ports.empty()) {
        services_.erase(name);
    }
    return false;
}

}  // namespace lastcall::keeper
