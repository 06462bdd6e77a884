#include "agent/journal/sha256.hpp"

#include <openssl/evp.h>

#include <array>
#include <memory>
#include <new>

namespace lastcall::agent {

namespace {

/// Looking the algorithm up takes longer than hashing a row: once for each thread.
class hasher {
public:
    hasher()
        : kind_(EVP_MD_fetch(nullptr, "SHA256", nullptr), &EVP_MD_free),
          context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
        if (!kind_ || !context_) {
            throw std::bad_alloc();
        }
    }

    std::array<unsigned char, 32> hash(std::initializer_list<std::string_view> parts) {
        std::array<unsigned char, 32> digest{};
        bool is_good = EVP_DigestInit_ex2(context_.get(), kind_.get(), nullptr) == 1;
        for (const auto part : parts) {
            is_good = is_good && EVP_DigestUpdate(context_.get(), part.data(), part.size()) == 1;
        }
        if (!is_good || EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) != 1) {
            throw std::bad_alloc();  // nothing else can fail there
        }
        return digest;
    }

private:
    std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> kind_;
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

}  // namespace

std::string sha256_hex(std::initializer_list<std::string_view> parts) {
    thread_local hasher mine;
    const auto digest = mine.hash(parts);
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(2 * digest.size());
    for (const unsigned byte : digest) {
        text += digits[byte >> 4U];
        text += digits[byte & 15U];
    }
    return text;
}

}  // namespace lastcall::agent
