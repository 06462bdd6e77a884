#include <gtest/gtest.h>

#include "adapters_sqlite/children.hpp"
#include "adapters_sqlite/sqlite_service.hpp"
#include "adapters_worker/child_process.hpp"

namespace lastcall::testing {
namespace {

int take_orders(const std::string& file) {
    lifecycle life(quiet_service());
    sqlite_database db(life, options_for(file));
    make_orders(db);
    sqlite_queue queue(db, crash_queue());
    for (;;) {
        sqlite_transaction in = db.begin("order");
        in.exec("INSERT INTO orders (item) VALUES ('tea')");
        const std::int64_t id = in.last_insert_id();
        queue.enqueue(in, std::to_string(id));
        in.commit();
        say(std::to_string(id));
    }
}

int work(const std::string& file, bool hang) {
    lifecycle life(quiet_service());
    sqlite_database db(life, options_for(file));
    sqlite_queue queue(db, crash_queue());
    worker_options options;
    options.prefetch = 3;
    worker_pool pool(life, options, queue, [&](const job& at_hand, const std::stop_token&) {
        if (hang) {
            say("begun");
            (void)counter().wait_for(1);
        }
        sqlite_transaction in = db.begin("ship");
        in.exec("INSERT INTO effects VALUES (?)", at_hand.id);
        if (queue.finish_in(in, at_hand)) {
            in.commit();
            say("done");
        }
        return job_outcome::finished;
    });
    return life.run().exit_code();
}

}  // namespace

int run_child(const std::vector<std::string>& arguments) {
    return arguments.at(0) == "work" ? work(arguments.at(1), arguments.at(2) == "hang")
                                     : take_orders(arguments.at(1));
}

}  // namespace lastcall::testing

int main(int argc, char** argv) {
    if (argc > 2 && std::string_view(argv[1]) == "--child") {
        return lastcall::testing::run_child({argv + 2, argv + argc});
    }
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
