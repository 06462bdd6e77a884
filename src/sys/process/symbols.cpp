#include "sys/process/symbols.hpp"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <span>
#include <string_view>

namespace lastcall::sys {
namespace {

struct module {
    std::array<char, 256> path{};
    std::uintptr_t base = 0;
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
};
std::array<module, 64> modules;
std::size_t module_count = 0;

int note_module(dl_phdr_info* info, std::size_t, void*) {
    if (module_count == modules.size()) {
        return 1;
    }
    module& m = modules[module_count];
    m = {};
    m.base = info->dlpi_addr;
    m.begin = ~std::uintptr_t{0};
    for (int i = 0; i < info->dlpi_phnum; ++i) {
        const ElfW(Phdr)& segment = info->dlpi_phdr[i];
        if (segment.p_type == PT_LOAD) {
            m.begin = std::min(m.begin, m.base + segment.p_vaddr);
            m.end = std::max(m.end, m.base + segment.p_vaddr + segment.p_memsz);
        }
    }
    if (info->dlpi_name != nullptr && info->dlpi_name[0] != '\0') {
        ::strncpy(m.path.data(), info->dlpi_name, m.path.size() - 1);
    } else if (module_count == 0) {
        const ssize_t n = ::readlink("/proc/self/exe", m.path.data(), m.path.size() - 1);
        m.path[n > 0 ? static_cast<std::size_t>(n) : 0] = '\0';
    }
    ++module_count;
    return 0;
}

const char* file_name(const char* path) {
    const char* slash = ::strrchr(path, '/');
    return slash != nullptr ? slash + 1 : path;
}

// A file mapped for reading, with bounds-checked views: the file may be anything.
class mapped_file {
public:
    explicit mapped_file(const char* path) noexcept {
        const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
        struct stat about {};
        if (fd >= 0 && ::fstat(fd, &about) == 0 && about.st_size > 0) {
            void* at = ::mmap(nullptr, static_cast<std::size_t>(about.st_size), PROT_READ,
                              MAP_PRIVATE, fd, 0);
            if (at != MAP_FAILED) {
                bytes_ = {static_cast<const char*>(at), static_cast<std::size_t>(about.st_size)};
            }
        }
        if (fd >= 0) {
            ::close(fd);
        }
    }
    mapped_file(const mapped_file&) = delete;
    mapped_file& operator=(const mapped_file&) = delete;
    ~mapped_file() {
        if (!bytes_.empty()) {
            ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
        }
    }
    template <class T>
    [[nodiscard]] std::span<const T> view(std::size_t offset, std::size_t count) const noexcept {
        if (offset > bytes_.size() || count > (bytes_.size() - offset) / sizeof(T) ||
            offset % alignof(T) != 0) {
            return {};
        }
        return {reinterpret_cast<const T*>(bytes_.data() + offset), count};
    }

private:
    std::span<const char> bytes_;
};

void search(const mapped_file& file, const ElfW(Shdr) & table, const ElfW(Shdr) & names,
            std::uintptr_t wanted, symbol& into) {
    const auto symbols = file.view<ElfW(Sym)>(table.sh_offset, table.sh_size / sizeof(ElfW(Sym)));
    const auto text = file.view<char>(names.sh_offset, names.sh_size);
    for (const ElfW(Sym) & s : symbols) {
        const bool function = ELF64_ST_TYPE(s.st_info) == STT_FUNC && s.st_value != 0;
        if (function && wanted >= s.st_value && wanted < s.st_value + s.st_size &&
            s.st_name < text.size()) {
            const std::size_t room = std::min(into.name.size() - 1, text.size() - s.st_name);
            ::strncpy(into.name.data(), text.data() + s.st_name, room);
            into.offset = wanted - s.st_value;
            return;
        }
    }
}

void look_up(const module& m, std::uintptr_t wanted, symbol& into) {
    const mapped_file file(m.path.data());
    const auto header = file.view<ElfW(Ehdr)>(0, 1);
    if (header.empty() || std::string_view(reinterpret_cast<const char*>(header[0].e_ident), 4) !=
                              std::string_view(ELFMAG, 4)) {
        return;
    }
    const auto sections = file.view<ElfW(Shdr)>(header[0].e_shoff, header[0].e_shnum);
    for (const ElfW(Word) type : {ElfW(Word){SHT_SYMTAB}, ElfW(Word){SHT_DYNSYM}}) {
        for (const ElfW(Shdr) & s : sections) {
            if (s.sh_type == type && s.sh_link < sections.size() && into.name[0] == '\0') {
                search(file, s, sections[s.sh_link], wanted, into);
            }
        }
    }
}

}  // namespace

void remember_modules() {
    module_count = 0;
    ::dl_iterate_phdr(note_module, nullptr);
}

symbol find_symbol(void* address) noexcept {
    const auto at = reinterpret_cast<std::uintptr_t>(address);
    symbol found;
    for (std::size_t i = 0; i < module_count; ++i) {
        const module& m = modules[i];
        if (at < m.begin || at >= m.end) {
            continue;
        }
        found.module = m.path[0] != '\0' ? file_name(m.path.data()) : "vdso";
        found.offset = at - m.base;
        // A return address may lie one past the call, in the next function.
        look_up(m, at - m.base - 1, found);
        break;
    }
    return found;
}

}  // namespace lastcall::sys
