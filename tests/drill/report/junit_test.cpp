#include <gtest/gtest.h>

#include <vector>

#include "core/xml_text.hpp"
#include "drill/report/reports.hpp"
#include "drill/support/record_builder.hpp"

namespace lastcall::drill {
namespace {

/// Refuses what is not well-formed, as far as reports use XML: elements, attributes in double
/// quotes, the five entities and numbers. Returns: the names of the elements, in order.
std::vector<std::string> elements_of(const std::string& text) {
    std::vector<std::string> open;
    std::vector<std::string> all;
    std::size_t at = text.find("?>\n") + 3;
    while (at < text.size()) {
        if (text[at] != '<') {
            const auto end = text.find('<', at);
            const auto content = text.substr(at, end - at);
            EXPECT_EQ(content.find('>'), std::string::npos) << content;
            EXPECT_TRUE(!open.empty() || content == "\n") << content;
            at = end == std::string::npos ? text.size() : end;
            continue;
        }
        // The end of a tag is behind its attributes, which hold no raw bracket.
        const auto end = text.find('>', at);
        auto tag = text.substr(at + 1, end - at - 1);
        EXPECT_EQ(tag.find('<'), std::string::npos) << tag;
        EXPECT_EQ(std::ranges::count(tag, '"') % 2, 0) << tag;
        at = end + 1;
        if (tag[0] == '/') {
            EXPECT_FALSE(open.empty());
            EXPECT_EQ(open.back(), tag.substr(1));
            open.pop_back();
            continue;
        }
        const auto name = tag.substr(0, tag.find_first_of(" /"));
        all.push_back(name);
        if (!tag.ends_with('/')) {
            open.push_back(name);
        }
    }
    EXPECT_TRUE(open.empty());
    return all;
}

TEST(XmlText, HoldsNothingThatXmlCanNot) {
    EXPECT_EQ(core::xml_text("a<b>&\"c'\n\t"), "a&lt;b&gt;&amp;&quot;c'&#10;&#9;");
    EXPECT_EQ(core::xml_text(std::string_view("\0\x1B\xFF", 3)),
              "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
    EXPECT_EQ(core::xml_text("\xEF\xBF\xBE\xC3\xA4"), "\xEF\xBF\xBD\xC3\xA4");
}

TEST(JunitReport, HasATestCaseForEachCriterionAndOneForTheRun) {
    record_builder built;
    built.add(built.in_flight(outcome::cut_in_body));
    built.trial().generator.troubles = {"clock <stepped>"};
    const auto text = to_junit(built.run, judge(built.run));
    const auto all = elements_of(text);
    EXPECT_EQ(std::ranges::count(all, "testcase"), 20);
    EXPECT_EQ(std::ranges::count(all, "failure"), 2);
    EXPECT_EQ(std::ranges::count(all, "error"), 1);
    EXPECT_EQ(std::ranges::count(all, "skipped"), 7);
    EXPECT_NE(text.find("tests=\"20\" failures=\"2\" errors=\"1\" skipped=\"7\""),
              std::string::npos);
    EXPECT_NE(text.find("name=\"V04 loses nothing in flight\""), std::string::npos);
    EXPECT_NE(text.find("clock &lt;stepped&gt;"), std::string::npos);
    EXPECT_NE(text.find("timestamp=\"2026-01-02T03:04:05\""), std::string::npos);
    EXPECT_EQ(text, to_junit(built.run, judge(built.run)));
}

TEST(JunitReport, OfAGoodRunHasNoFailureAndNoError) {
    const record_builder good;
    const auto all = elements_of(to_junit(good.run, judge(good.run)));
    EXPECT_EQ(std::ranges::count(all, "failure"), 0);
    EXPECT_EQ(std::ranges::count(all, "error"), 0);
}

TEST(JunitReport, IsWellFormedWhateverBytesAreInItsTexts) {
    record_builder built;
    std::string every;
    for (int byte = 0; byte < 256; ++byte) {
        every += static_cast<char>(byte);
    }
    built.run.subject = built.run.sequence = built.run.started = every;
    built.trial().generator.troubles = {every};
    built.trial().leftovers = {{leftover::kind::process, every}};
    EXPECT_EQ(elements_of(to_junit(built.run, judge(built.run))).size(), 42U);
}

}  // namespace
}  // namespace lastcall::drill
