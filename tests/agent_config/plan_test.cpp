// What exactly will run, and that a change of it is seen.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "agent/plan/digest.hpp"
#include "agent/plan/kept_programs.hpp"
#include "agent/plan/known_digests.hpp"
#include "agent/plan/run_plan.hpp"
#include "config/values.hpp"
#include "sys/private_directory.hpp"

namespace lastcall::testing {
namespace {

using namespace agent;
namespace fs = std::filesystem;

void write(const fs::path& file, const std::string& text) {
    std::ofstream(file, std::ios::binary) << text;
    fs::permissions(file, fs::perms::owner_all | fs::perms::group_read | fs::perms::others_read);
}

class Plan : public ::testing::Test {
protected:
    Plan() {
        write(at("server"),
              "\x7f"
              "ELF version one");
        write(at("script.js"), "one");
        spec.name = "web";
        spec.command = {"./server", "script.js", "--port", "80"};
        spec.directory = folder.path().string();
    }
    [[nodiscard]] fs::path at(const std::string& name) const { return folder.path() / name; }
    [[nodiscard]] run_plan make() const { return make_plan(spec, base); }
    [[nodiscard]] std::vector<std::string> changes_of(const run_plan& plan) const {
        return verify_unchanged(plan, spec, base);
    }

    sys::private_directory folder;
    service_spec spec;
    variable_map base{{"PATH", "/usr/bin:/bin"}, {"SECRET", "hunter2"}};
};

TEST(Digest, IsSha256) {
    EXPECT_EQ(digest_of("abc"),
              "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(short_digest(digest_of("abc")), "sha256:ba7816bf8f01…");
}

class KnownDigests : public Plan {
protected:
    /// Whether the file was read for it, `later` than it was written.
    [[nodiscard]] bool is_read(std::chrono::seconds later = std::chrono::seconds(10)) {
        const int before = reads;
        const sys::held_file file(at("server").string());
        const auto now = std::chrono::nanoseconds(file.identity().changed_ns) + later;
        EXPECT_EQ(known.of(file, now), digest_of(file));
        return reads > before;
    }

    int reads = 0;
    known_digests known{[this](const sys::held_file& file) {
        ++reads;
        return digest_of(file);
    }};
};

TEST_F(KnownDigests, AFileIsReadOnceWhileItStaysTheSame) {
    EXPECT_TRUE(is_read());
    EXPECT_FALSE(is_read());
}

TEST_F(KnownDigests, WhatWasWrittenIsReadThoughItsTimeAndSizeAreTheSame) {
    const auto changed = [this] {
        return sys::held_file(at("server").string()).identity().changed_ns;
    };
    EXPECT_TRUE(is_read());
    const auto time = fs::last_write_time(at("server"));
    const auto before = changed();
    do {  // until the clock of the file system has gone on
        write(at("server"),
              "\x7f"
              "ELF version two");
        fs::last_write_time(at("server"), time);
    } while (changed() == before);
    EXPECT_TRUE(is_read());
}

TEST_F(KnownDigests, AnotherFileInItsPlaceIsRead) {
    EXPECT_TRUE(is_read());
    fs::copy_file(at("server"), at("next"));
    fs::rename(at("next"), at("server"));
    EXPECT_TRUE(is_read());
}

TEST_F(KnownDigests, WhatHasJustBeenWrittenMayBeWrittenAgainWithinTheSameTickAndIsNotRemembered) {
    EXPECT_TRUE(is_read(std::chrono::seconds(1)));
    EXPECT_TRUE(is_read(std::chrono::seconds(1)));
}

TEST_F(Plan, NamesProgramAndScriptByTheirContents) {
    const auto plan = make();
    EXPECT_EQ(plan.program.path, fs::canonical(at("server")));
    EXPECT_EQ(plan.program.digest, digest_of("\x7f"
                                             "ELF version one"));
    ASSERT_EQ(plan.files.size(), 1U);
    EXPECT_EQ(plan.files[0].digest, digest_of("one"));
    EXPECT_FALSE(plan.is_script);
    EXPECT_TRUE(plan.digest.starts_with("sha256:"));
    EXPECT_TRUE(changes_of(plan).empty());
}

TEST_F(Plan, IsTheSameForTheSame) {
    const auto first = make();
    spec.line = 17;  // where it stands in the file does not matter
    EXPECT_EQ(make().digest, first.digest);
    EXPECT_EQ(make().canonical.dump(), first.canonical.dump());
}

TEST_F(Plan, IsAnotherForEverythingThatCounts) {
    std::set<std::string> seen{make().digest};
    const auto expect_another = [&](const char* what) {
        EXPECT_TRUE(seen.insert(make().digest).second) << what;
    };
    spec.command.emplace_back("-v");
    expect_another("an argument");
    spec.environment["A"] = "1";
    expect_another("a variable");
    base["SECRET"] = "hunter3";
    expect_another("a value that is inherited");
    spec.stop.grace = std::chrono::seconds(9);
    expect_another("the grace");
    spec.limits.memory_max = 1U << 30U;
    expect_another("a limit");
    spec.sockets.push_back({.address = "tcp:127.0.0.1:1"});
    expect_another("a socket");
    spec.umask = 077;
    expect_another("the umask");
    spec.name = "api";
    expect_another("the service");
    write(at("script.js"), "two");
    expect_another("a script");
    write(at("server"), "version two");
    expect_another("the program");
    spec.command[2] = "\xff";
    expect_another("bytes that are no text");
    spec.command[2] = "\xfe";
    expect_another("other bytes that are no text");
}

TEST_F(Plan, HoldsNoValueOfAVariable) {
    const auto text = make().canonical.dump();
    EXPECT_NE(text.find("SECRET"), std::string::npos);
    EXPECT_EQ(text.find("hunter2"), std::string::npos);
}

TEST_F(Plan, SeesAProgramThatWasReplaced) {
    const auto plan = make();
    write(at("next"), "version two");
    fs::rename(at("next"), at("server"));
    const auto found = changes_of(plan);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0], "the program " + at("server").string() +
                            " was replaced since: its contents were " +
                            short_digest(plan.program.digest) + ", and are " +
                            short_digest(digest_of("version two")));
    // What was planned is held all the same.
    EXPECT_EQ(digest_of(*plan.held), plan.program.digest);
}

TEST_F(Plan, SeesAProgramThatWasWrittenToThoughItsTimeAndSizeAreTheSame) {
    const auto plan = make();
    const auto time = fs::last_write_time(at("server"));
    write(at("server"),
          "\x7f"
          "ELF version two");
    fs::last_write_time(at("server"), time);
    const auto found = changes_of(plan);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_NE(found[0].find("has changed since"), std::string::npos) << found[0];
}

TEST_F(Plan, SeesAScriptThatWasEditedOrIsGone) {
    const auto plan = make();
    write(at("script.js"), "two");
    auto found = changes_of(plan);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].substr(0, 9), "the file ");
    EXPECT_NE(found[0].find("script.js has changed since"), std::string::npos) << found[0];
    fs::remove(at("script.js"));
    found = changes_of(plan);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_NE(found[0].find("script.js is not there any more"), std::string::npos) << found[0];
}

TEST_F(Plan, SeesALinkThatLeadsElsewhere) {
    write(at("v1"), "same");
    write(at("v2"), "same");
    fs::create_symlink(at("v1"), at("current"));
    spec.command = {"./current"};
    const auto plan = make();
    fs::remove(at("current"));
    fs::create_symlink(at("v2"), at("current"));
    const auto found = changes_of(plan);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0], "the program is another file now: " + at("v2").string() +
                            " in the place of " + at("v1").string());
}

TEST_F(Plan, SeesVariablesAndTermsThatChanged) {
    const auto plan = make();
    base["SECRET"] = "hunter3";
    base["NEW"] = "x";
    EXPECT_EQ(changes_of(plan), (std::vector<std::string>{"the variable SECRET has another value",
                                                          "the variable NEW is new"}));
    base = {{"PATH", "/usr/bin:/bin"}, {"SECRET", "hunter2"}};
    spec.stop.grace = std::chrono::seconds(1);
    EXPECT_EQ(changes_of(plan),
              std::vector<std::string>{"the configuration of the service has changed"});
    fs::remove(at("server"));
    EXPECT_EQ(changes_of(plan).size(), 1U);
}

TEST_F(Plan, BindsTheInterpreterOfAScript) {
    write(at("run.sh"), "#!/bin/sh -e\nexit 0\n");
    spec.command = {"./run.sh"};
    const auto plan = make();
    EXPECT_TRUE(plan.is_script);
    ASSERT_EQ(plan.files.size(), 1U);
    EXPECT_EQ(plan.files[0].path, fs::canonical("/bin/sh"));
}

TEST_F(Plan, IsRefusedInWordsWhereThereIsNothingToRun) {
    spec.command = {"./gone"};
    try {
        (void)make();
        FAIL() << "it was made";
    } catch (const config::settings_error& e) {
        EXPECT_EQ(std::string(e.what()), "web: ./gone does not exist (" + at("gone").string() +
                                             "); build it, or correct the path");
    }
}

class Kept : public Plan {
protected:
    [[nodiscard]] std::string place() const { return at("programs").string(); }
    [[nodiscard]] kept_program keep(const std::set<std::string>& needed = {},
                                    const keep_limits& limits = {}) const {
        return keep_program(make(), place(), needed, limits);
    }
};

TEST_F(Kept, IsFoundByItsDigestWhenItsPathHoldsAnotherVersion) {
    const auto plan = make();
    const auto kept = keep();
    EXPECT_TRUE(kept.how == "copy" || kept.how == "reflink") << kept.how << kept.why_not;
    EXPECT_EQ(keep().how, "there already");
    write(at("server"), "version two");
    const auto found = find_kept(place(), plan.program.digest);
    ASSERT_TRUE(found);
    const auto again = make_plan(spec, base, this_machine(), *found);
    EXPECT_EQ(again.program.digest, plan.program.digest);
    EXPECT_TRUE(changes_of(again).empty());
    EXPECT_NE(fs::status(*found).permissions() & fs::perms::others_exec, fs::perms::none);
}

TEST_F(Kept, IsNotUsedWhileTheProgramItselfIsAtItsPath) {
    const auto kept = keep();
    const auto plan = make_plan(spec, base, this_machine(), kept.file);
    EXPECT_EQ(plan.program.path, fs::canonical(at("server")));
    EXPECT_EQ(plan.digest, make().digest);
    EXPECT_TRUE(changes_of(plan).empty());
    fs::remove(at("server"));
    EXPECT_EQ(make_plan(spec, base, this_machine(), kept.file).program.path,
              fs::canonical(kept.file));
}

TEST_F(Kept, IsNotUsedWhenItWasTamperedWith) {
    const auto kept = keep();
    std::ofstream(kept.file, std::ios::app) << "more";
    EXPECT_FALSE(find_kept(place(), make().program.digest));
    EXPECT_FALSE(find_kept(place(), "sha256:../../etc/passwd"));
}

TEST_F(Kept, IsBoundedAndKeepsWhatIsNeeded) {
    std::vector<std::string> digests;
    for (int i = 0; i < 6; ++i) {
        write(at("server"), "version " + std::to_string(i));
        digests.push_back(make().program.digest);
        const auto kept = keep({digests[0]}, {.count = 3});
        ASSERT_FALSE(kept.file.empty()) << kept.why_not;
        // Files of one tick would have no order.
        fs::last_write_time(kept.file,
                            fs::file_time_type::clock::now() - std::chrono::hours(10 - i));
    }
    std::size_t count = 0;
    for (const auto& one : fs::directory_iterator(place())) {
        EXPECT_FALSE(one.path().filename().string().starts_with(".")) << one.path();
        ++count;
    }
    EXPECT_LE(count, 4U);
    EXPECT_TRUE(find_kept(place(), digests[0]));
    EXPECT_TRUE(find_kept(place(), digests[5]));
    EXPECT_FALSE(find_kept(place(), digests[1]));
}

TEST_F(Kept, IsNotMadeOfWhatWouldNotBeTheSame) {
    write(at("run.sh"), "#!/bin/sh\n");
    spec.command = {"./run.sh"};
    EXPECT_NE(keep().why_not.find("is a script"), std::string::npos);
    spec.command = {"./server"};
    EXPECT_NE(keep({}, {.largest = 3}).why_not.find("is larger than 3B"), std::string::npos);
    fs::permissions(at("server"), fs::perms::set_uid, fs::perm_options::add);
    EXPECT_NE(keep().why_not.find("set-user-ID"), std::string::npos);
    EXPECT_FALSE(fs::exists(place()));
}

TEST_F(Kept, SaysWhyItCouldNotBeCopied) {
    write(at("programs"), "a file in the place of the folder");
    const auto kept = keep();
    EXPECT_TRUE(kept.file.empty());
    EXPECT_NE(kept.why_not.find("it could not be copied: "), std::string::npos);
}

}  // namespace
}  // namespace lastcall::testing
