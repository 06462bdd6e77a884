#include "agent_journal/recording_disk.hpp"

#include <sqlite3.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

namespace lastcall::agent::testing {

namespace {

sqlite3_vfs* real = nullptr;
sqlite3_vfs shim;
sqlite3_io_methods methods;
std::vector<disk_event> log;
std::string head;
std::int64_t told = 0;

/// The real file lies right behind it.
struct shim_file {
    sqlite3_file base;
    std::string* path;  ///< nullptr: not recorded
};

sqlite3_file* inner(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<shim_file*>(file) + 1);
}

void record(sqlite3_file* file, disk_event::kind what, std::uint64_t at, std::string bytes) {
    const auto* path = reinterpret_cast<shim_file*>(file)->path;
    if (path == nullptr) {
        return;
    }
    std::ifstream in(head, std::ios::binary);
    log.push_back({what, *path, at, std::move(bytes),
                   std::string(std::istreambuf_iterator<char>(in), {}), told});
}

int close(sqlite3_file* file) {
    auto& mine = *reinterpret_cast<shim_file*>(file);
    delete std::exchange(mine.path, nullptr);
    return inner(file)->pMethods == nullptr ? SQLITE_OK
                                            : inner(file)->pMethods->xClose(inner(file));
}

int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at) {
    record(file, disk_event::kind::write, static_cast<std::uint64_t>(at),
           std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size)));
    return inner(file)->pMethods->xWrite(inner(file), bytes, size, at);
}

int cut(sqlite3_file* file, sqlite3_int64 size) {
    record(file, disk_event::kind::cut, static_cast<std::uint64_t>(size), {});
    return inner(file)->pMethods->xTruncate(inner(file), size);
}

int sync(sqlite3_file* file, int flags) {
    const int result = inner(file)->pMethods->xSync(inner(file), flags);
    record(file, disk_event::kind::sync, 0, {});
    return result;
}

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out) {
    auto& mine = *reinterpret_cast<shim_file*>(file);
    mine.path = nullptr;
    inner(file)->pMethods = nullptr;
    const int result = real->xOpen(real, name, inner(file), flags, out);
    mine.base.pMethods = result == SQLITE_OK ? &methods : nullptr;
    if (result == SQLITE_OK && name != nullptr) {
        mine.path = new std::string(name);
    }
    return result;
}

int remove(sqlite3_vfs*, const char* name, int sync_folder) {
    log.push_back({disk_event::kind::remove, name, 0, {}, {}, told});
    std::ifstream in(head, std::ios::binary);
    log.back().head.assign(std::istreambuf_iterator<char>(in), {});
    return real->xDelete(real, name, sync_folder);
}

template <auto Member, class... Arguments>
auto pass(sqlite3_file* file, Arguments... arguments) {
    return (inner(file)->pMethods->*Member)(inner(file), arguments...);
}

}  // namespace

recording_disk::recording_disk(std::string head_file) {
    head = std::move(head_file);
    log.clear();
    told = 0;
    real = ::sqlite3_vfs_find(nullptr);
    using io = sqlite3_io_methods;
    methods = {3,
               close,
               pass<&io::xRead, void*, int, sqlite3_int64>,
               write,
               cut,
               sync,
               pass<&io::xFileSize, sqlite3_int64*>,
               pass<&io::xLock, int>,
               pass<&io::xUnlock, int>,
               pass<&io::xCheckReservedLock, int*>,
               pass<&io::xFileControl, int, void*>,
               pass<&io::xSectorSize>,
               [](sqlite3_file*) { return 0; },  // no promise of the device is used
               pass<&io::xShmMap, int, int, int, void volatile**>,
               pass<&io::xShmLock, int, int, int>,
               pass<&io::xShmBarrier>,
               pass<&io::xShmUnmap, int>,
               [](sqlite3_file*, sqlite3_int64, int, void** page) {
                   *page = nullptr;
                   return SQLITE_OK;
               },
               [](sqlite3_file*, sqlite3_int64, void*) { return SQLITE_OK; }};
    shim = *real;
    shim.zName = "recording";
    shim.szOsFile = static_cast<int>(sizeof(shim_file)) + real->szOsFile;
    shim.xOpen = open;
    shim.xDelete = remove;
    ::sqlite3_vfs_register(&shim, 1);
}

recording_disk::~recording_disk() {
    ::sqlite3_vfs_unregister(&shim);
    ::sqlite3_vfs_register(real, 1);
}

void recording_disk::tell(std::int64_t row) noexcept { told = row; }
const std::vector<disk_event>& recording_disk::events() const noexcept { return log; }

}  // namespace lastcall::agent::testing
