// Names of functions, read from the symbol tables of the loaded files. dladdr(3) knows
// only exported names and takes the loader's lock, which a stuck thread may hold.
#pragma once

#include <array>
#include <cstddef>

namespace lastcall::sys {

struct symbol {
    std::array<char, 512> name{};  ///< mangled; empty when unknown
    const char* module = "?";      ///< file name of the program or library
    std::size_t offset = 0;        ///< from the symbol, or from the module when unknown
};

/// Notes which files are mapped where. Set-up only: takes the loader's lock.
void remember_modules();

/// The symbol that covers `address`. No lock, no allocation; maps the file meanwhile.
symbol find_symbol(void* address) noexcept;

}  // namespace lastcall::sys
