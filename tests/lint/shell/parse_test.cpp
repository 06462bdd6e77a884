// What is read of a snippet, as a dump.
#include <gtest/gtest.h>

#include <string>

#include "lint/shell/dump.hpp"
#include "lint/shell/script.hpp"

namespace lastcall::lint::shell {
namespace {

struct snippet {
    const char* text;
    const char* expected;
};

class ShellSnippet : public ::testing::TestWithParam<snippet> {};

TEST_P(ShellSnippet, IsReadAsItsDumpSays) {
    const script whole = read_script(GetParam().text);
    EXPECT_EQ(dump(whole), GetParam().expected) << GetParam().text;
    EXPECT_EQ(dump_problems(whole), "") << GetParam().text;
}

constexpr snippet words[] = {
    {"", ""},
    {"a b c", "(a b c)"},
    {"a 'b c' \"d e\" f\\ g", "(a b\\ c d\\ e f\\ g)"},
    {"a b\\\nc \\\n d", "(a bc d)"},
    {"a ''\"\" x''", "(a '' x)"},
    {"a $'x\\ty\\'z'", "(a x\\\ty'z)"},
    {"a $\"x\"", "(a x)"},
    {"a \"\\$b \\x \\\"\"", "(a $b\\ \\\\x\\ \")"},
    {"a $b \"$c\" x${d}y $1 $@ $$", "(a [$b] [$c] [x $d y] [$1] [$@] [$$])"},
    {"a ${b:-c d} ${#e} ${f%%.*} ${g/x/$h} ${!i} ${j[@]}",
     "(a [$b{:- c\\ d}] [$e{length}] [$f{%% .*}] [$g{/ [x/ $h]}] [$i{indirect}] [$j{index @}])"},
    {"a \"${b:-it's}\" ${c#'}'}", "(a [$b{:- it's}] [$c{# }}])"},
    {"a $ $% x$", "(a $ $% x$)"},
    {"a `b \\`c\\` d` \"`e \\\"f\\\"`\"", "(a [($ (b [($ (c))] d))] [($ (e f))])"},
    {"a $(b $(c); d) $((1 + $(e) * (2)))",
     "(a [($ (b [($ (c))]) (d))] [(math [1\\ +\\  ($ (e)) \\ *\\ \\(2\\)])])"},
    {"a $((b); c)", "(a [($ (subshell (b)) (c))])"},
    {"a <(b) >(c) x=<(d)", "(a [(< (b))] [(> (c))] [x= (< (d))])"},
    {"a @(b|c d)* !(e)", "(a @\\(b|c\\ d\\)* !\\(e\\))"},
    {"a # b\n#c\nd#e", "(a) (d#e)"},
    {"a \r\nb\r\n", "(a) (b)"},
};
INSTANTIATE_TEST_SUITE_P(Words, ShellSnippet, ::testing::ValuesIn(words));

constexpr snippet lists[] = {
    {"a; b & c\nd", "(a) (& (b)) (c) (d)"},
    {"a && b || c", "(|| (&& (a) (b)) (c))"},
    {"a &&\n# why\nb |\nc", "(&& (a) (| (b) (c)))"},
    {"! a | b |& c", "(! (| (a) (b) (c)))"},
    {"time -p a | b", "(time (| (a) (b)))"},
    {"(a; b) | { c; d; } >e", "(| (subshell (a) (b)) (group (c) (d) (> e)))"},
    {"!(a)", "(! (subshell (a)))"},
    {"((a > 1)) && ( (b) )", "(&& (math a\\ >\\ 1) (subshell (subshell (b))))"},
    {"((a); b)", "(subshell (subshell (a)) (b))"},
};
INSTANTIATE_TEST_SUITE_P(Lists, ShellSnippet, ::testing::ValuesIn(lists));

constexpr snippet compounds[] = {
    {"if a; then b; elif c\nthen d; else e; fi >f",
     "(if (? (a)) (then (b)) (? (c)) (then (d)) (else (e)) (> f))"},
    {"while a; do b; done; until c\ndo d\ndone",
     "(while (? (a)) (do (b))) (until (? (c)) (do (d)))"},
    {"for a in b \"$c\"; do d; done", "(for a (in b [$c]) (do (d)))"},
    {"for a do b; done\nfor a; do b; done\nfor a\nin\ndo b; done",
     "(for a (do (b))) (for a (do (b))) (for a (in) (do (b)))"},
    {"for ((i = 0; i < 9; i++)); do a; done",
     "(for (math i\\ =\\ 0;\\ i\\ <\\ 9;\\ i++) (do (a)))"},
    {"for a in b; { c; }", "(for a (in b) (do (c)))"},
    {"select a in b; do c; done", "(select a (in b) (do (c)))"},
    {"case $a in\n(b|c*) d;; \"e f\") ;& *) g;;& esac",
     "(case [$a] (b c* (d);;) (e\\ f;&) (* (g);;&))"},
    {"case a in b) c; esac", "(case a (b (c)))"},
    {"case a in esac", "(case a)"},
    {"a() { b; }\nfunction c { d; }\nfunction e () (f)\ng()\n# x\nif h; then i; fi",
     "(function a (group (b))) (function c (group (d))) (function e (subshell (f))) "
     "(function g (if (? (h)) (then (i))))"},
    {"a-b() { c; } 2>d", "(function a-b (group (c) (2> d)))"},
    {"[[ $a == b* && ( ! -f c || d < e ) ]] && f",
     "(&& (test [$a] == b* && \\( ! -f c || d < e \\)) (f))"},
    {"[[ a =~ ^(b|c[ ]*)$ ]]", "(test a =~ ^\\(b|c\\[\\ \\]*\\)$)"},
    {"coproc a b\ncoproc C { d; }", "(coproc (a b)) (coproc C (group (d)))"},
    {"echo if then } { done", "(echo if then } { done)"},
};
INSTANTIATE_TEST_SUITE_P(Compounds, ShellSnippet, ::testing::ValuesIn(compounds));

constexpr snippet assignments[] = {
    {"A=b C=\"$d\" e F=g", "(A=b C=[$d] e F=g)"},
    {"A= B+=c D[1 + 2]=e", "(A='' B+=c D[]=e)"},
    {"A=(b \"$c\" # d\n[1]=e [f g]=h)", "(A=[(array b [$c] \\[1\\]=e \\[f\\ g\\]=h)])"},
    {"local a=(b $(c)) d=e; export F=\"$g h\"",
     "(local [a= (array b [($ (c))])] d=e) (export [F= $g \\ h])"},
};
INSTANTIATE_TEST_SUITE_P(Assignments, ShellSnippet, ::testing::ValuesIn(assignments));

constexpr snippet redirections[] = {
    {"a >b 2>&1 <c 3<>d >|e &>f &>>g {h}>i <<<\"j k\" 4>&-",
     "(a (> b) (2>& 1) (< c) (3<> d) (>| e) (&> f) (&>> g) ({h}> i) (<<< j\\ k) (4>& -))"},
    {"exec > >(tee log) 2>&1", "(exec (> [(> (tee log))]) (2>& 1))"},
    {"cat <<A <<-'B' | c\n$x\nA\n\ty $z\n\tB\nd",
     "(| (cat (<< A [$x \\n]) (<<- B \\\ty\\ $z\\n)) (c)) (d)"},
    {"cat <<\"A B\"\n`x`\nA B\n", "(cat (<< A\\ B `x`\\n))"},
    {"a $(cat <<X\nit's $(b)\nX\n) c", "(a [($ (cat (<< X [it's\\  ($ (b)) \\n])))] c)"},
    {">a", "((> a))"},
    {"a 2 >b", "(a 2 (> b))"},
};
INSTANTIATE_TEST_SUITE_P(Redirections, ShellSnippet, ::testing::ValuesIn(redirections));

struct mistake {
    const char* text;
    const char* problems;
    const char* expected;
};

class ShellMistake : public ::testing::TestWithParam<mistake> {};

TEST_P(ShellMistake, IsNamedWithItsPlaceAndTheRestIsRead) {
    const script whole = read_script(GetParam().text);
    EXPECT_EQ(dump_problems(whole), GetParam().problems) << GetParam().text;
    EXPECT_EQ(dump(whole), GetParam().expected) << GetParam().text;
}

constexpr mistake mistakes[] = {
    {"a\nb 'c\nd", "2:3: a quote has no end\n", "(a) (b c\\nd)"},
    {"a \"b $(c 'd", "1:10: a quote has no end\n", "(a [b\\  ($ (c d))])"},
    {"if a; then\n b\n", "1:1: `if` has no end\n", "(if (? (a)) (then (b)))"},
    {"if a; then while b; do c; fi; d", "1:12: `while` has no end\n",
     "(if (? (a)) (then (while (? (b)) (do (c))))) (d)"},
    {"a; fi; b", "1:4: `fi` has no place here\n", "(a) (opaque fi) (b)"},
    {"a ) b", "1:3: `)` has no place here\n", "(a) (opaque \\)) (b)"},
    {"a b (c d) e\nf", "1:5: `(` has no place in a command\n", "(a b e) (f)"},
    {"a &&\n", "1:3: a command has to follow here\n", "(a)"},
    {"a | ; b", "1:3: a command has to follow here\n", "(a) (b)"},
    {"a >\nb", "1:3: a redirection to nothing\n", "(a (> '')) (b)"},
    {"cat <<X\na\n", "2:1: no line `X` ends this text\n", "(cat (<< X a\\n))"},
    {"case a in b\nc) d;; esac; e", "1:11: a pattern of `case` without `)`\n",
     "(case a (b) (c (d);;)) (e)"},
    {"for a in b; c; done; d", "1:1: `for` without `do`\n1:16: `done` has no place here\n",
     "(for a (in b) (do)) (c) (opaque done) (d)"},
    {"(a) b; c", "1:5: `;` or a new line is missing before this\n", "(subshell (a)) (b) (c)"},
    {"a $(b; ; c) d", "1:8: `;` has no place here\n", "(a [($ (b) (opaque ;) (c))] d)"},
    {"[[ a; b", "1:1: `[[` has no end\n", "(test a) (b)"},
};
INSTANTIATE_TEST_SUITE_P(Of, ShellMistake, ::testing::ValuesIn(mistakes));

TEST(ShellPlace, IsThatOfTheFileAlsoInsideOfSubstitutions) {
    const script whole = read_script("a\n  b \"x $(c `d \\`e\\``)\"\n");
    const auto line_of = [&](const command& one) {
        const place where = whole.at(one.where);
        return std::pair(where.line, where.column);
    };
    const auto inner = [](const command& one, std::size_t word,
                          std::size_t part) -> const command& {
        return std::get<simple_command>(one.what)
            .words.at(word)
            .parts.at(part)
            .program.at(0)
            .chain.at(0)
            .what.commands.at(0);
    };
    const command& b = whole.program.at(1).chain.at(0).what.commands.at(0);
    EXPECT_EQ(line_of(b), std::pair(2U, 3U));
    const command& c = inner(b, 1, 1);
    EXPECT_EQ(line_of(c), std::pair(2U, 10U));
    const command& d = inner(c, 1, 0);
    EXPECT_EQ(line_of(d), std::pair(2U, 13U));
    EXPECT_EQ(line_of(inner(d, 1, 0)), std::pair(2U, 17U)) << "behind backslashes";
}

TEST(ShellComments, AreKeptWithTheirPlaces) {
    const std::string text = "#!/bin/sh\n# one\na # two\nb '# no' c#no ${#d}\n";
    const script whole = read_script(text);
    ASSERT_EQ(whole.comments.size(), 2U);
    EXPECT_EQ(text.substr(whole.comments[0].begin, 5), "# one");
    EXPECT_EQ(text.substr(whole.comments[1].begin, 5), "# two");
}

TEST(ShellShebang, NamesTheShellAndItsFlags) {
    const auto of = [](const char* text) { return read_shebang(text); };
    EXPECT_EQ(of("#!/bin/bash -eu\na").shell, dialect::bash);
    EXPECT_TRUE(of("#!/bin/bash -eu\na").sets('e'));
    EXPECT_FALSE(of("#!/bin/bash --posix\na").sets('o'));
    EXPECT_EQ(of("#! /usr/bin/env -S dash -x\n").shell, dialect::posix);
    EXPECT_EQ(of("#!/bin/busybox sh").program, "sh");
    EXPECT_EQ(of("#!/usr/bin/python3").shell, dialect::other);
    EXPECT_EQ(of("#!").shell, dialect::other);
    EXPECT_EQ(of("a").shell, dialect::none);
}

}  // namespace
}  // namespace lastcall::lint::shell
