#include "agent/api/tokens.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "agent/api/time_text.hpp"
#include "config/yaml_map.hpp"
#include "sys/account_name.hpp"
#include "sys/private_file.hpp"

namespace lastcall::agent {

using config::settings_error;

namespace {

constexpr std::string_view secret_start = "lct_";
constexpr std::string_view hash_start = "sha256:";
constexpr std::size_t largest_file = 1U << 20U;

using digest = std::array<unsigned char, 32>;

digest digest_of(std::string_view secret) {
    digest made{};
    ::SHA256(reinterpret_cast<const unsigned char*>(secret.data()), secret.size(), made.data());
    return made;
}

// RFC 4648, section 5, without padding.
std::string to_base64url(const digest& bytes) {
    constexpr std::string_view letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string made;
    unsigned kept = 0;
    int bits = 0;
    for (const unsigned char byte : bytes) {
        kept = (kept << 8U) | byte;
        for (bits += 8; bits >= 6; bits -= 6) {
            made += letters[(kept >> static_cast<unsigned>(bits - 6)) & 63U];
        }
    }
    if (bits > 0) {
        made += letters[(kept << static_cast<unsigned>(6 - bits)) & 63U];
    }
    return made;
}

std::optional<digest> read_hash(std::string_view text) {
    digest made{};
    if (!text.starts_with(hash_start)) {
        return std::nullopt;
    }
    text.remove_prefix(hash_start.size());
    if (text.size() != made.size() * 2) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
        constexpr std::string_view digits = "0123456789abcdef";
        const std::size_t value = digits.find(text[i]);
        if (value == std::string_view::npos) {
            return std::nullopt;
        }
        made[i / 2] = static_cast<unsigned char>(made[i / 2] * 16 + value);
    }
    return made;
}

token_file::token read_entry(const YAML::Node& entry, const config::yaml_place& at) {
    token_file::token made;
    std::string name;
    std::string has;
    std::string hash;
    const auto into = [](std::string& to) {
        return [&to](const YAML::Node& value, const config::yaml_place& here) {
            to = config::text_of(value, here);
        };
    };
    config::take_map(
        entry, at,
        {{"name", into(name)},
         {"role", into(has)},
         {"hash", into(hash)},
         {"expires", [&made](const YAML::Node& value, const config::yaml_place& here) {
              made.expires = read_time(config::text_of(value, here));
              if (!made.expires) {
                  throw settings_error(here.text() + " is no time; write 2027-01-31T00:00:00Z");
              }
          }}});
    if (!is_token_name(name)) {
        throw settings_error(at.text() + ": it needs a `name` of letters, digits, '.', '_', '-'");
    }
    const auto as = to_role(has);
    if (!as) {
        throw settings_error(at.text() + " (" + name + "): `role` is read, deploy or approve");
    }
    const auto bytes = read_hash(hash);
    if (!bytes) {
        throw settings_error(at.text() + " (" + name +
                             "): `hash` is \"sha256:\" and 64 digits; `lastcall token` makes one");
    }
    made.name = name;
    made.has = *as;
    made.hash = *bytes;
    return made;
}

std::vector<token_file::token> read_tokens(const std::string& text, const std::string& path) {
    std::vector<token_file::token> made;
    std::set<std::string> names;
    try {
        const YAML::Node root = YAML::Load(text);
        const auto take_list = [&](const YAML::Node& list, const config::yaml_place& at) {
            if (!list.IsSequence()) {
                throw settings_error(at.text() + " is a list of tokens");
            }
            for (const YAML::Node& entry : list) {
                made.push_back(
                    read_entry(entry, {path, at.path + "[" + std::to_string(made.size()) + "]",
                                       entry.Mark().line + 1}));
                if (!names.insert(made.back().name).second) {
                    throw settings_error(at.text() + ": the name " + made.back().name +
                                         " is there twice");
                }
            }
        };
        config::take_map(root, {path, "", 1}, {{"tokens", take_list}});
    } catch (const YAML::Exception& e) {
        throw settings_error(path + ":" + std::to_string(e.mark.line + 1) + ": " + e.msg);
    }
    return made;
}

void check_access(const sys::file_facts& facts, const std::string& path) {
    if ((facts.mode & 077U) != 0) {
        throw settings_error(path + ": others may read or write it; chmod 600 it");
    }
    if (facts.owner != 0 && facts.owner != sys::own_uid()) {
        throw settings_error(path + ": it belongs to " + sys::account_name(facts.owner) +
                             ", and must belong to " + sys::account_name(sys::own_uid()) +
                             " or root");
    }
    if (facts.size > largest_file) {
        throw settings_error(path + ": it is larger than 1 MiB");
    }
}

std::pair<sys::file_facts, std::string> read_checked(const std::string& path) {
    const sys::readable_file file(path);
    const sys::file_facts facts = file.facts();
    check_access(facts, path);
    std::string text(facts.size, '\0');
    text.resize(file.read_at(0, text.data(), text.size()));
    return {facts, text};
}

}  // namespace

new_token make_token() {
    digest random{};
    if (::RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) {
        throw std::runtime_error("there is no randomness to make a token of");
    }
    new_token made;
    made.secret = std::string(secret_start) + to_base64url(random);
    made.hash = hash_of_token(made.secret);
    return made;
}

std::string hash_of_token(std::string_view secret) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string made(hash_start);
    for (const unsigned char byte : digest_of(secret)) {
        made.append(1, digits[byte >> 4U]).append(1, digits[byte & 15U]);
    }
    return made;
}

bool is_token_name(std::string_view name) noexcept {
    return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '_' || c == '-';
    });
}

std::string token_entry(const std::string& name, role has, const std::string& hash,
                        std::optional<std::chrono::nanoseconds> expires) {
    if (!is_token_name(name)) {
        throw std::invalid_argument("\"" + name + "\" cannot be the name of a token; " +
                                    "use letters, digits, '.', '_' and '-', 64 at most");
    }
    std::string made = "  - {name: \"" + name + "\", role: ";
    made.append(to_string(has)).append(", hash: \"").append(hash).append("\"");
    if (expires) {
        made.append(", expires: \"").append(time_text(*expires)).append("\"");
    }
    return made + "}\n";
}

void add_token(const std::string& path, const std::string& entry) {
    std::string text;
    std::size_t before = 0;
    if (sys::facts_of(path)) {
        text = read_checked(path).second;
        before = read_tokens(text, path).size();
    }
    if (text.find_first_not_of(" \t\n") == std::string::npos) {
        text = "tokens:\n";
    } else if (!text.ends_with('\n')) {
        text += '\n';
    }
    text += entry;
    std::size_t after = 0;
    try {
        after = read_tokens(text, path).size();
    } catch (const settings_error& e) {
        throw settings_error(std::string("this entry cannot be added: ") + e.what() + "\n" + entry);
    }
    if (after != before + 1) {
        throw settings_error(path + ": its end is not that of the list `tokens`; write the entry " +
                             "there by hand:\n" + entry);
    }
    sys::replace_private_file(path, text);
}

token_file::token_file(std::string path) : path_(std::move(path)) { refresh(); }

void token_file::refresh() {
    const auto now = sys::facts_of(path_);
    if (is_good_ && now && now->is_same_file(read_) && now->size == read_.size &&
        now->changed == read_.changed) {
        return;
    }
    is_good_ = false;
    tokens_.clear();
    auto [facts, text] = read_checked(path_);
    tokens_ = read_tokens(text, path_);
    read_ = facts;
    is_good_ = true;
}

token_file::found token_file::look_up(std::string_view secret, std::chrono::nanoseconds now) {
    const digest given = digest_of(secret);
    const std::lock_guard lock(mutex_);
    refresh();
    found made;
    for (const token& one : tokens_) {
        if (::CRYPTO_memcmp(one.hash.data(), given.data(), given.size()) == 0) {
            made.what = one.expires && *one.expires <= now ? outcome::expired : outcome::good;
            made.name = one.name;
            made.has = one.has;
        }
    }
    return made;
}

}  // namespace lastcall::agent
