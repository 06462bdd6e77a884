#include <libpq-fe.h>

#include "adapters_postgres/children.hpp"
#include "adapters_postgres/postgres_service.hpp"
#include "adapters_worker/child_process.hpp"

namespace lastcall::testing {
namespace {

std::unique_ptr<postgres_server> the_server;

class server_environment : public ::testing::Environment {
public:
    void SetUp() override { the_server = std::make_unique<postgres_server>(); }
    void TearDown() override { the_server.reset(); }
};

int work(const std::string& conninfo, bool hang) {
    lifecycle life(quiet_service());
    postgres_pool db(life, options_for(conninfo));
    postgres_queue queue(db, crash_queue());
    worker_options options;
    options.threads = 2;
    options.prefetch = 3;
    worker_pool pool(life, options, queue, [&](const job& at_hand, const std::stop_token&) {
        if (hang) {
            say("begun");
            (void)counter().wait_for(1);
        }
        postgres_transaction in = db.begin("ship");
        in.exec("INSERT INTO effects VALUES ($1)", at_hand.id);
        if (queue.finish_in(in, at_hand)) {
            in.commit();
            say("done");
        }
        return job_outcome::finished;
    });
    return life.run().exit_code();
}

}  // namespace

postgres_server& server() { return *the_server; }

observer::observer(const std::string& conninfo) : connection_(PQconnectdb(conninfo.c_str())) {
    if (PQstatus(static_cast<PGconn*>(connection_)) != CONNECTION_OK) {
        throw std::runtime_error(PQerrorMessage(static_cast<PGconn*>(connection_)));
    }
    PQsetNoticeProcessor(
        static_cast<PGconn*>(connection_), [](void*, const char*) {}, nullptr);
}

observer::~observer() { PQfinish(static_cast<PGconn*>(connection_)); }

std::string observer::ask(const std::string& sql) {
    auto* const connection = static_cast<PGconn*>(connection_);
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection, sql.c_str()),
                                                               &PQclear);
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
        throw std::runtime_error(PQerrorMessage(connection));
    }
    return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
}

clean_observer::clean_observer() : observer(server().conninfo()) {
    // What an earlier test has dropped may still run, and hold its locks.
    ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = "
        "'lastcall-test'");
    EXPECT_TRUE(sees_no_connection());
    ask("DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
        "CREATE TABLE orders (id int PRIMARY KEY, item text NOT NULL);"
        "CREATE TABLE effects (job text PRIMARY KEY)");
}

int run_child(const std::vector<std::string>& arguments) {
    return work(arguments.at(0), arguments.at(1) == "hang");
}

}  // namespace lastcall::testing

int main(int argc, char** argv) {
    if (argc > 3 && std::string_view(argv[1]) == "--child") {
        return lastcall::testing::run_child({argv + 2, argv + argc});
    }
    testing::InitGoogleTest(&argc, argv);
    testing::AddGlobalTestEnvironment(new lastcall::testing::server_environment);
    return RUN_ALL_TESTS();
}
