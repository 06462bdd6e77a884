#include "lint/rules/kubernetes/container_digest.hpp"

#include "lint/chain/drain_term.hpp"
#include "lint/chain/neighbours.hpp"
#include "lint/launch/keep_alive.hpp"
#include "lint/launch/orderly_end.hpp"
#include "lint/rules/kubernetes/config_map_files.hpp"
#include "lint/shell/signals.hpp"

namespace lastcall::lint {

std::vector<std::string> labels_in(const yaml_ref& labels) {
    std::vector<std::string> made;
    for (const auto& [key, value] : labels.entries()) {
        if (key.text() && value.text() && made.size() < 32) {
            made.push_back(std::string(*key.text()) + "=" + std::string(*value.text()));
        }
    }
    return made;
}

namespace {

/// By the image's own command too, where that is known to end its work in order.
void add_program(const container_case& one, budget_digest& to) {
    const auto* hop = one.chain.program();
    if (hop == nullptr) {
        return;
    }
    const auto signal = one.known == nullptr || one.known->stop_signal.empty()
                            ? std::nullopt
                            : shell::signal_name(one.known->stop_signal);
    const bool is_orderly =
        ends_in_order(hop->call.name, signal ? std::optional(std::string(*signal)) : std::nullopt);
    if (to.has_own_command || is_orderly) {
        to.program = hop->call.name;
    }
    if (!is_orderly) {
        to.copies.clear();  // nothing in its configuration matters for the stop
    }
    for (const launch_word& word : hop->words) {
        to.arguments += word.what.what.text + " ";
    }
}

}  // namespace

void digest_containers(const pod_case& given, digest_store& into) {
    const auto grace = given.of().grace();
    const auto& report = given.report();
    if (!grace || given.of().kind == "Job" || given.of().kind == "CronJob") {
        return;
    }
    const auto keep = [&](place at) { return keep_place(report.file(), report.text(), at); };
    const bool is_default = is_absent(given.of().pod, "terminationGracePeriodSeconds");
    if (!is_default) {
        // A patch of a workload in another file has its grace period, and no image.
        budget_digest patch;
        patch.kind = digest_kind::container;
        patch.name = given.of().name();
        patch.where = keep(given.of().grace_at());
        patch.sets_grace = true;
        into.add(std::move(patch));
    }
    for (const container_case& one : given.containers()) {
        const auto image = one.object.get("image").text();
        if ((one.is_init && !one.is_native) || !image) {
            continue;
        }
        budget_digest made;
        made.kind = digest_kind::container;
        made.name = given.of().name();
        made.where = keep(one.at());
        made.image = read_image_reference(*image).name;
        made.labels = labels_in(given.of().labels);
        made.has_own_command = !is_absent(one.object, "command") || !is_absent(one.object, "args");
        made.copies = mounts_of(given.of().pod, one.object, folder_of(whole_path(report.file())));
        add_program(one, made);
        if (one.hook.least.count() > 0) {
            made.announce =
                budget_term{one.hook.least, "preStop", keep(one.hook.handler.used_at())};
        }
        made.kill = budget_term{*grace, "terminationGracePeriodSeconds",
                                keep(given.of().grace_at()), is_default};
        made.drain = drain_term(one.chain, given.lines(), keep);
        if (const auto idle = keep_alive_of(one.chain, given.lines())) {
            made.idle = budget_term{idle->value, idle->setting,
                                    idle->at ? keep(*idle->at) : made.where, !idle->at};
        }
        into.add(std::move(made));
    }
}

}  // namespace lastcall::lint
