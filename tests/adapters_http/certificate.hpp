// A certificate for localhost, signed by itself.
#pragma once

#include <string>

namespace lastcall::testing {

struct certificate_files {
    std::string certificate;  ///< FOLDER/cert
    std::string key;          ///< FOLDER/key
    std::string locked_key;   ///< FOLDER/locked, encrypted with the pass phrase "secret"
};

/// Errors: std::runtime_error.
certificate_files make_certificate(const std::string& folder);

}  // namespace lastcall::testing
