#include "lint/engine/file_kind.hpp"

#include <gtest/gtest.h>

namespace lastcall::lint {
namespace {

TEST(FileKind, IsToldByTheName) {
    for (const char* const name : {"Dockerfile", "dockerfile", "Dockerfile.web", "web.Dockerfile",
                                   "web.dockerfile", "Containerfile", "Containerfile.test"}) {
        EXPECT_EQ(kind_by_name(name), file_kind::dockerfile) << name;
    }
    for (const char* const name :
         {"Dockerfile.md", "Dockerfile.dockerignore", "Dockerfile.template", "my-dockerfile.txt",
          "README.md", "a.sh.bak", "Dockerfile_test.go"}) {
        EXPECT_EQ(kind_by_name(name), file_kind::none) << name;
    }
    EXPECT_EQ(kind_by_name("deploy.sh"), file_kind::shell);
    EXPECT_EQ(kind_by_name("Deploy.BASH"), file_kind::shell);
    EXPECT_EQ(kind_by_name(".sh"), file_kind::none);
    EXPECT_EQ(kind_by_name("deploy"), file_kind::unknown);
    EXPECT_EQ(kind_by_name("web.yaml"), file_kind::yaml);
    EXPECT_EQ(kind_by_name("Web.YML"), file_kind::yaml);
    EXPECT_EQ(kind_by_name("web.yaml.orig"), file_kind::none);
}

TEST(FileKind, IsToldByTheFirstLineWhereTheNameSaysNothing) {
    EXPECT_EQ(kind_by_content("#!/bin/sh\n"), file_kind::shell);
    EXPECT_EQ(kind_by_content("#!/usr/bin/env -S bash -e\nx"), file_kind::shell);
    EXPECT_EQ(kind_by_content("#!/usr/bin/python3\n"), file_kind::none);
    EXPECT_EQ(kind_by_content("echo hello\n"), file_kind::none);
    EXPECT_EQ(kind_by_content(""), file_kind::none);
    EXPECT_EQ(kind_by_content(std::string_view("#!/bin/sh\n\0", 11)), file_kind::none);
}

TEST(FileKind, OfKustomizeNeedsNoVersion) {
    const std::string text = "resources: [web.yaml]\nconfigMapGenerator:\n  - name: web\n";
    EXPECT_EQ(kind_of_yaml(text, "kustomization.yaml"), file_kind::kubernetes);
    EXPECT_EQ(kind_of_yaml(text, "Kustomization.yml"), file_kind::kubernetes);
    EXPECT_EQ(kind_of_yaml(text, "other.yaml"), file_kind::none);
    EXPECT_EQ(kind_of_yaml("resources: [web.yaml]\n", "kustomization.yaml"), file_kind::none);
}

TEST(FileKind, OfUnitsIsToldByTheNameAndASection) {
    for (const char* const name : {"web.service", "getty@.service", "a-b@c.socket", "srv.mount"}) {
        EXPECT_EQ(kind_by_name(name), file_kind::unit) << name;
    }
    for (const char* const name : {".service", "web.service.in", "web.service~", "service.txt"}) {
        EXPECT_NE(kind_by_name(name), file_kind::unit) << name;
    }
    EXPECT_EQ(kind_of_unit("# web\n[Service]\n"), file_kind::unit);
    EXPECT_EQ(kind_by_name("web.container"), file_kind::unit);
    EXPECT_EQ(kind_of_unit("[Container]\nImage=web\n"), file_kind::unit);
    EXPECT_EQ(kind_of_unit("=pod\n\nA [Pod]\n"), file_kind::none);
    EXPECT_EQ(kind_of_unit("[D-BUS Service]\nName=a\n"), file_kind::none);
    EXPECT_EQ(kind_of_unit("<service-group>[Service]</service-group>"), file_kind::none);
    EXPECT_TRUE(is_unit_drop_in("web.service.d", "10-limits.conf"));
    EXPECT_TRUE(is_unit_drop_in("service.d", "a.conf"));
    EXPECT_TRUE(is_unit_drop_in("web@a.service.d", "a.conf"));
    EXPECT_FALSE(is_unit_drop_in("conf.d", "a.conf"));
    EXPECT_FALSE(is_unit_drop_in("web.service.d", "a.conf.bak"));
    EXPECT_FALSE(is_unit_drop_in("web.service", "a.conf"));
}

TEST(FileKind, OfYamlIsToldByItsKeys) {
    EXPECT_EQ(kind_of_yaml("apiVersion: v1\nkind: Pod\n"), file_kind::kubernetes);
    EXPECT_EQ(kind_of_yaml("{{ if .Values.on }}\nkind: Pod\napiVersion: v1\n"),
              file_kind::kubernetes);
    EXPECT_EQ(kind_of_yaml("apiVersion: v2\nname: chart\n"), file_kind::none);
    EXPECT_EQ(kind_of_yaml("web:\n  apiVersion: v1\n  kind: Pod\n"), file_kind::none);
    EXPECT_EQ(kind_of_yaml("kinds: 1\napiVersions: 2\n"), file_kind::none);
    EXPECT_EQ(kind_of_yaml(""), file_kind::none);
    const std::string_view services = "# web\nservices:\n  web: {}\n";
    for (const char* const name : {"compose.yaml", "docker-compose.prod.yml", "web.compose.yml"}) {
        EXPECT_EQ(kind_of_yaml(services, name), file_kind::compose) << name;
    }
    EXPECT_EQ(kind_of_yaml(services, "services.yaml"), file_kind::none);
    EXPECT_EQ(kind_of_yaml("name: build\n", "compose.yaml"), file_kind::none);
}

}  // namespace
}  // namespace lastcall::lint
