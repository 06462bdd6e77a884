#include <gtest/gtest.h>

#include "agent/traffic/haproxy.hpp"

namespace {

using lastcall::agent::traffic_spec;
using lastcall::agent::traffic::haproxy;
using lastcall::agent::traffic::haproxy_error;

traffic_spec good() {
    traffic_spec spec;
    spec.runtime_socket = "unix:/run/haproxy/admin.sock";
    spec.backend = "app";
    spec.servers = {"blue", "green"};
    spec.addresses = {"127.0.0.1:9001", "[::1]:9002"};
    return spec;
}

std::string refusal_of(const traffic_spec& spec) {
    try {
        const haproxy made(spec);
    } catch (const haproxy_error& error) {
        EXPECT_EQ(error.why(), haproxy_error::kind::bad_setting);
        return error.what();
    }
    return "none";
}

TEST(HaproxySettings, ThatAreCompleteAreTaken) { EXPECT_EQ(refusal_of(good()), "none"); }

TEST(HaproxySettings, ThatMakeNoSenseAreRefusedWithWhatToWrite) {
    traffic_spec spec = good();
    spec.runtime_socket = "/run/haproxy/admin.sock";
    EXPECT_NE(refusal_of(spec).find("write it as unix:/run/haproxy/admin.sock"), std::string::npos);
    spec = good();
    spec.runtime_socket = "unix:" + std::string(200, 'a');
    EXPECT_NE(refusal_of(spec), "none");
    spec = good();
    spec.backend.clear();
    EXPECT_NE(refusal_of(spec).find("`backend`"), std::string::npos);
    spec = good();
    spec.backend = "app; set server app/blue state maint";
    EXPECT_NE(refusal_of(spec), "none") << "a name must not carry a second command";
    spec = good();
    spec.servers = {"blue"};
    EXPECT_NE(refusal_of(spec).find("two different servers"), std::string::npos);
    spec = good();
    spec.servers = {"blue", "blue"};
    EXPECT_NE(refusal_of(spec).find("two different servers"), std::string::npos);
    spec = good();
    spec.servers = {"blue", "gr\neen"};
    EXPECT_NE(refusal_of(spec), "none");
    spec = good();
    spec.addresses.pop_back();
    EXPECT_NE(refusal_of(spec).find("two different addresses"), std::string::npos);
    spec = good();
    spec.addresses[1] = "localhost:9002";
    EXPECT_NE(refusal_of(spec).find("write it as 127.0.0.1:9001 or [::1]:9001"), std::string::npos);
}

}  // namespace
