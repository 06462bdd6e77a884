// What people ask of the agent.
#include <algorithm>
#include <boost/asio/post.hpp>
#include <cstdio>
#include <filesystem>

#include "agent/config/environment_file.hpp"
#include "agent/config/judge.hpp"
#include "agent/engine/engine.hpp"
#include "agent/engine/recovery.hpp"

namespace lastcall::agent {

/// Not before all is known that runs already.
void engine::post_request(std::function<void()> work) {
    boost::asio::post(
        loop_, [this, work = std::move(work)] { has_begun_ ? work() : early_.push_back(work); });
}

template <class Value, class Work>
void engine::on_thread(answer<Value> to, Work work) {
    post_request([to = std::move(to), work = std::move(work)]() mutable {
        Value made{};
        try {
            made = work();
        } catch (const std::system_error& e) {
            return to({}, std::make_exception_ptr(refusal(refusal::kind::unavailable, e.what())));
        } catch (...) {
            return to({}, std::current_exception());
        }
        to(std::move(made), nullptr);
    });
}

/// Refused, unless the requests of the service could be moved as it wants them to be. One whose
/// replacement is under way is past that.
template <class Value, class Work>
void engine::on_thread_if_movable(answer<Value> to, const std::string& name, Work work) {
    post_request([this, to = std::move(to), name, work = std::move(work)] {
        const auto found = services_.find(name);
        if (found == services_.end() || found->second->active() != nullptr) {
            return on_thread<Value>(to, work);
        }
        auto& of = *found->second;
        of.check_traffic(of.spec(), [this, to, name, work](const std::string& problem) {
            if (problem.empty()) {
                return on_thread<Value>(to, work);
            }
            to({}, std::make_exception_ptr(refusal(
                       refusal::kind::unavailable, problem,
                       "nothing was begun: the requests of " + name + " could not be moved")));
        });
    });
}

void engine::show(answer<agent_view> to) {
    post_request([this, to = std::move(to)] {
        auto left = std::make_shared<std::size_t>(1 + services_.size());
        const auto one_less = [this, left, to] {
            if (--*left == 0) {
                to(view(), nullptr);
            }
        };
        for (const auto& [name, one] : services_) {
            one->look_at_queues(one_less);
        }
        one_less();
    });
}

void engine::show_deploy(std::int64_t number, answer<deploy_view> to) {
    on_thread<deploy_view>(std::move(to), [this, number] {
        for (const auto& [name, one] : services_) {
            if (auto* now = one->active(); now != nullptr && now->view().number == number) {
                return now->view();
            }
        }
        return past_deploy(book_, number);
    });
}

replacement& engine::deploy_numbered(std::int64_t number) {
    for (const auto& [name, one] : services_) {
        if (auto* now = one->active(); now != nullptr && now->view().number == number) {
            return *now;
        }
    }
    const auto before = past_deploy(book_, number);  // refuses where there was none
    throw refusal(refusal::kind::conflict, "deploy " + std::to_string(number) + " of " +
                                               before.service +
                                               " is over: " + std::string(to_string(before.state)));
}

void engine::deploy(deploy_request what, actor who, answer<deploy_view> to) {
    const auto name = what.service;
    const auto work = [this, what = std::move(what), who = std::move(who)] {
        auto& of = named(what.service);
        auto next = of.spec();
        if (!what.command.empty()) {
            next.command = what.command;
        }
        for (const auto& [key, value] : what.environment) {
            if (const auto why = why_not_set(key); !why.empty()) {
                throw refusal(refusal::kind::invalid, key + " " + why, "take it out");
            }
            next.environment[key] = value;
        }
        return of.begin(replacement_kind::deploy, std::move(next), who, what.note, what.forces, "",
                        what.idempotency_key);
    };
    on_thread_if_movable<deploy_view>(std::move(to), name, work);
}

void engine::approve(std::int64_t number, actor who, answer<deploy_view> to) {
    on_thread<deploy_view>(std::move(to), [this, number, who = std::move(who)] {
        auto& one = deploy_numbered(number);
        one.approve(who);
        return one.view();
    });
}

void engine::reject(std::int64_t number, actor who, std::string why, answer<deploy_view> to) {
    on_thread<deploy_view>(std::move(to),
                           [this, number, who = std::move(who), why = std::move(why)] {
                               auto& one = deploy_numbered(number);
                               one.reject(who, why);
                               return one.view();
                           });
}

void engine::rollback(std::string service, actor who, answer<deploy_view> to) {
    on_thread_if_movable<deploy_view>(
        std::move(to), service,
        [this, service, who = std::move(who)] { return named(service).roll_back(who); });
}

void engine::restart(std::string service, actor who, answer<deploy_view> to) {
    on_thread_if_movable<deploy_view>(
        std::move(to), service, [this, service, who = std::move(who)] {
            auto& of = named(service);
            return of.begin(of.is_idle() ? replacement_kind::start : replacement_kind::restart,
                            of.spec(), who, "");
        });
}

void engine::start(std::string service, actor who, answer<service_view> to) {
    on_thread_if_movable<service_view>(
        std::move(to), service, [this, service, who = std::move(who)] {
            auto& of = named(service);
            if (!of.is_idle()) {
                throw refusal(refusal::kind::conflict,
                              service + " is " + std::string(to_string(of.state())) + " already");
            }
            of.begin(replacement_kind::start, of.spec(), who, "");
            return of.view();
        });
}

void engine::stop(std::string service, actor who, answer<service_view> to) {
    on_thread<service_view>(std::move(to),
                            [this, service = std::move(service), who = std::move(who)] {
                                auto& of = named(service);
                                of.stop(who);
                                return of.view();
                            });
}

void engine::stop_all(actor who, answer<agent_view> to) {
    on_thread<agent_view>(std::move(to), [this, who = std::move(who)] {
        host_.note({.kind = "stop_asked", .who = who, .fields = {{"how", "api"}}});
        stop_keeper();
        return view();
    });
}

void engine::apply(host_spec what, actor who, answer<agent_view> to) {
    post_request([this, what = std::move(what), who = std::move(who), to = std::move(to)] {
        try {
            check_apply(what);
        } catch (...) {
            return to({}, std::current_exception());
        }
        check_traffic(what, [this, what, who, to](const std::string& problem) {
            if (!problem.empty()) {
                return to({}, std::make_exception_ptr(refusal(refusal::kind::unavailable, problem,
                                                              "nothing was changed")));
            }
            on_thread<agent_view>(to, [this, what, who] {
                apply_now(what, who);
                return view();
            });
        });
    });
}

void engine::upgrade(std::string directory, actor who, answer<agent_view> to) {
    on_thread<agent_view>(std::move(to),
                          [this, directory = std::move(directory), who = std::move(who)] {
                              upgrade_now(directory, who);
                              return view();
                          });
}

std::vector<journal_row> engine::history(const journal_query& query) {
    if (book_ == nullptr) {
        throw refusal(refusal::kind::unavailable, "the journal cannot be read",
                      "see `lastcall verify-journal`");
    }
    return book_->read(query);
}

std::shared_ptr<void> engine::follow(std::function<void(const journal_row&)> listener) {
    const std::lock_guard lock(followers_mutex_);
    followers_.push_back(std::move(listener));
    const auto place = std::prev(followers_.end());
    return {this, [this, place](void*) {
                const std::lock_guard gone(followers_mutex_);
                followers_.erase(place);
            }};
}

void engine::api_listens(const std::string& listen, const std::string& why_not) {
    post_request([this, listen = listen.substr(listen.find(':') + 1), why_not] {
        api_trouble_ = why_not.empty() ? ""
                                       : "the API does not listen at " + listen + ": " + why_not +
                                             "; until it does, only the unix socket is served";
        std::fprintf(
            stderr, "lastcall: %s\n",
            why_not.empty() ? ("the API listens at " + listen).c_str() : api_trouble_.c_str());
        nlohmann::json fields = {{"listen", listen}};
        if (!why_not.empty()) {
            fields["reason"] = why_not;
        }
        host_.note(
            {.kind = why_not.empty() ? "api_listens" : "api_refused", .fields = std::move(fields)});
    });
}

std::vector<std::string> engine::log_files(const std::string& service) {
    if (!why_no_name(service).empty()) {
        throw refusal(refusal::kind::not_found, "there is no service \"" + service + "\"", "");
    }
    // NAME.log, and what was rotated: NAME.log.1 is younger than NAME.log.2.
    const auto newest = how_.where.logs() + "/" + service + ".log";
    std::vector<std::string> made;
    for (int number = 1; std::filesystem::exists(newest + "." + std::to_string(number)); ++number) {
        made.insert(made.begin(), newest + "." + std::to_string(number));
    }
    if (std::filesystem::exists(newest)) {
        made.push_back(newest);
    }
    return made;
}

}  // namespace lastcall::agent
