// Signal and grace are those of the platform that stops the service, unless they were chosen.
#include <csignal>

#include "../stop/support.hpp"
#include "drill/contract/settings.hpp"

namespace lastcall::drill {
namespace {

using namespace std::chrono_literals;

settings of_a_container() {
    settings made;
    made.who.container = "web";
    return made;
}

settings of_a_command(sequence_kind kind) {
    settings made;
    made.who.command = {"server"};
    made.sequence.kind = kind;
    return made;
}

/// `answer` is what `program` prints about the service.
settings followed(settings made, const char* program, const std::string& answer) {
    const testing::folder files;
    static_cast<void>(files.script(program, "#!/bin/sh\nprintf '" + answer + "'"));
    const testing::folder_in_path path(files.file(""));
    follow_platform(made);
    return made;
}

TEST(FollowPlatform, GivesACommandTheGraceOfWhatIsImitated) {
    const auto grace_of = [](sequence_kind kind) {
        auto made = of_a_command(kind);
        follow_platform(made);
        return made.sequence.grace;
    };
    EXPECT_EQ(grace_of(sequence_kind::plain), 30s);
    EXPECT_EQ(grace_of(sequence_kind::docker), 10s);
    EXPECT_EQ(grace_of(sequence_kind::systemd), 90s);
    EXPECT_EQ(grace_of(sequence_kind::kubernetes), 30s);
}

TEST(FollowPlatform, GivesAContainerWhatDockerStopGivesIt) {
    const auto usual = followed(of_a_container(), "docker", "StopSignal=\\nStopTimeout=null\\n");
    EXPECT_EQ(usual.sequence.grace, 10s);
    EXPECT_EQ(usual.sequence.signal, SIGTERM);
    const auto own = followed(of_a_container(), "docker", "StopSignal=SIGQUIT\\nStopTimeout=25\\n");
    EXPECT_EQ(own.sequence.grace, 25s);
    EXPECT_EQ(own.sequence.signal, SIGQUIT);
}

TEST(FollowPlatform, GivesAContainerThatKubernetesWouldStopTheGraceOfAPod) {
    auto made = of_a_container();
    made.sequence.kind = sequence_kind::kubernetes;
    made = followed(std::move(made), "docker", "StopSignal=\\nStopTimeout=null\\n");
    EXPECT_EQ(made.sequence.grace, 30s);
}

TEST(FollowPlatform, GivesAUnitWhatItsManagerGivesIt) {
    settings made;
    made.who.unit = "web.service";
    made = followed(std::move(made), "systemctl",
                    "LoadState=loaded\\nKillSignal=2\\nTimeoutStopUSec=1min 5s\\n");
    EXPECT_EQ(made.sequence.grace, 65s);
    EXPECT_EQ(made.sequence.signal, SIGINT);
}

TEST(FollowPlatform, LeavesWhatWasChosen) {
    auto made = of_a_container();
    made.grace_is_chosen = true;
    made.sequence.grace = 3s;
    made.signal_is_chosen = true;
    made.sequence.signal = SIGUSR1;
    made = followed(std::move(made), "docker", "StopSignal=SIGQUIT\\nStopTimeout=25\\n");
    EXPECT_EQ(made.sequence.grace, 3s);
    EXPECT_EQ(made.sequence.signal, SIGUSR1);
}

}  // namespace
}  // namespace lastcall::drill
