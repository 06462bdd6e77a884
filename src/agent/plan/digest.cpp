#include "agent/plan/digest.hpp"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>
#include <vector>

namespace lastcall::agent {
namespace {

void must(int answer) {
    if (answer != 1) {
        throw std::runtime_error("SHA-256 is not there: OpenSSL was built, or configured, without");
    }
}

}  // namespace

struct digest::state {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    state() = default;
    state(const state&) = delete;
    state& operator=(const state&) = delete;
    ~state() { EVP_MD_CTX_free(context); }
};

digest::digest() : state_(std::make_unique<state>()) {
    must(EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr));
}

digest::~digest() = default;

digest& digest::add(std::string_view bytes) {
    must(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()));
    return *this;
}

std::string digest::text() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned length = 0;
    must(EVP_DigestFinal_ex(state_->context, bytes.data(), &length));
    constexpr std::string_view digits = "0123456789abcdef";
    std::string made = "sha256:";
    for (unsigned i = 0; i < length; ++i) {
        made += digits[bytes[i] >> 4U];
        made += digits[bytes[i] & 15U];
    }
    return made;
}

std::string digest_of(std::string_view bytes) { return digest().add(bytes).text(); }

std::string digest_of(const sys::held_file& file) {
    digest made;
    std::vector<std::byte> bytes(1U << 18U);
    std::uint64_t at = 0;
    while (const auto got = file.read_at(at, bytes)) {
        made.add({reinterpret_cast<const char*>(bytes.data()), got});
        at += got;
    }
    return made.text();
}

std::string short_digest(std::string_view whole) {
    constexpr std::size_t shown = 7 + 12;
    return whole.size() > shown ? std::string(whole.substr(0, shown)) + "…" : std::string(whole);
}

}  // namespace lastcall::agent
