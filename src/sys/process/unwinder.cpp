#include "sys/process/unwinder.hpp"

#ifdef LASTCALL_HAS_LIBDWFL
#include <cxxabi.h>
#include <dlfcn.h>
#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#endif

namespace lastcall::sys {

#ifdef LASTCALL_HAS_LIBDWFL
namespace {

constexpr std::size_t frames_at_most = 64;

/// The functions of libdw, loaded when stacks are asked for and never else: docs/decisions/0017.
struct libdw {
    decltype(&dwfl_begin) begin;
    decltype(&dwfl_end) end;
    decltype(&dwfl_linux_proc_report) linux_proc_report;
    decltype(&dwfl_linux_proc_find_elf) linux_proc_find_elf;
    decltype(&dwfl_report_end) report_end;
    decltype(&dwfl_getmodules) getmodules;
    decltype(&dwfl_attach_state) attach_state;
    decltype(&dwfl_getthread_frames) getthread_frames;
    decltype(&dwfl_frame_pc) frame_pc;
    decltype(&dwfl_thread_state_registers) thread_state_registers;
    decltype(&dwfl_thread_state_register_pc) thread_state_register_pc;
    decltype(&dwfl_addrmodule) addrmodule;
    decltype(&dwfl_module_addrname) module_addrname;
    decltype(&dwfl_module_info) module_info;
    decltype(&dwfl_errmsg) errmsg;
};

template <typename Function>
bool find_function(void* library, const char* name, Function& into) {
    void* const found = ::dlsym(library, name);
    std::memcpy(&into, &found, sizeof into);
    return found != nullptr;
}

/// Null: it is not installed, or lacks a function.
const libdw* load_libdw() {
    static const libdw* const loaded = []() -> const libdw* {
        static libdw all{};
        void* const library = ::dlopen("libdw.so.1", RTLD_NOW | RTLD_LOCAL);
        const bool has_all =
            library != nullptr && find_function(library, "dwfl_begin", all.begin) &&
            find_function(library, "dwfl_end", all.end) &&
            find_function(library, "dwfl_linux_proc_report", all.linux_proc_report) &&
            find_function(library, "dwfl_linux_proc_find_elf", all.linux_proc_find_elf) &&
            find_function(library, "dwfl_report_end", all.report_end) &&
            find_function(library, "dwfl_getmodules", all.getmodules) &&
            find_function(library, "dwfl_attach_state", all.attach_state) &&
            find_function(library, "dwfl_getthread_frames", all.getthread_frames) &&
            find_function(library, "dwfl_frame_pc", all.frame_pc) &&
            find_function(library, "dwfl_thread_state_registers", all.thread_state_registers) &&
            find_function(library, "dwfl_thread_state_register_pc", all.thread_state_register_pc) &&
            find_function(library, "dwfl_addrmodule", all.addrmodule) &&
            find_function(library, "dwfl_module_addrname", all.module_addrname) &&
            find_function(library, "dwfl_module_info", all.module_info) &&
            find_function(library, "dwfl_errmsg", all.errmsg);
        return has_all ? &all : nullptr;
    }();
    return loaded;
}

std::string demangled(const char* name) {
    int status = 0;
    const std::unique_ptr<char, void (*)(void*)> text(
        abi::__cxa_demangle(name, nullptr, nullptr, &status), std::free);
    return status == 0 ? text.get() : name;
}

}  // namespace

struct unwinder::parts {
    const libdw* use = nullptr;
    int pid = 0;
    const stack_copy* now = nullptr;
    std::vector<stack_frame> frames;
    std::vector<bool> is_activation;
    Dwfl_Callbacks callbacks{};
    Dwfl_Thread_Callbacks thread_callbacks{};
    Dwfl* session = nullptr;

    ~parts() {
        if (session != nullptr) {
            use->end(session);
        }
    }

    static parts& of(void* own) { return *static_cast<parts*>(own); }

    /// The file as the process sees it: it may be in a container.
    static int find_elf(Dwfl_Module* module, void** user, const char* name, Dwarf_Addr base,
                        char** file_name, Elf** elf) {
        if (name[0] != '/') {  // [vdso]
            return load_libdw()->linux_proc_find_elf(module, user, name, base, file_name, elf);
        }
        const auto path = "/proc/" + std::to_string(of(*user).pid) + "/root" + name;
        const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        *file_name = fd < 0 ? nullptr : ::strdup(path.c_str());
        return fd;
    }

    static int find_no_debug_information(Dwfl_Module*, void**, const char*, Dwarf_Addr, const char*,
                                         const char*, GElf_Word, char**) {
        return -1;
    }

    static int mark_as_ours(Dwfl_Module*, void** user, const char*, Dwarf_Addr, void* own) {
        *user = own;
        return DWARF_CB_OK;
    }

    static pid_t next_thread(Dwfl*, void*, void**) { return 0; }

    static bool get_thread(Dwfl*, pid_t, void* own, void** of_thread) {
        *of_thread = own;
        return true;
    }

    static bool read_word(Dwfl*, Dwarf_Addr address, Dwarf_Word* into, void* own) {
        std::uint64_t word = 0;
        auto& self = of(own);
        if (!self.now->read(address, word) && !read_memory(self.pid, address, word)) {
            return false;
        }
        *into = word;
        return true;
    }

    static bool set_registers(Dwfl_Thread* thread, void* own) {
        auto& self = of(own);
        std::vector<Dwarf_Word> words(self.now->registers.begin(), self.now->registers.end());
        if (!self.use->thread_state_registers(thread, 0, static_cast<unsigned>(words.size()),
                                              words.data())) {
            return false;
        }
        self.use->thread_state_register_pc(thread, self.now->pc);
        return true;
    }

    static int take_frame(Dwfl_Frame* frame, void* own) {
        auto& self = of(own);
        Dwarf_Addr pc = 0;
        bool is_activation = false;
        if (!self.use->frame_pc(frame, &pc, &is_activation)) {
            return DWARF_CB_ABORT;
        }
        // Behind a call the return address may belong to the next function already.
        self.frames.push_back(self.describe(is_activation ? pc : pc - 1));
        self.is_activation.push_back(is_activation);
        return self.frames.size() < frames_at_most ? DWARF_CB_OK : DWARF_CB_ABORT;
    }

    [[nodiscard]] stack_frame describe(std::uint64_t address) const {
        stack_frame made;
        made.address = address;
        if (auto* const module = use->addrmodule(session, address)) {
            const char* const name = use->module_addrname(module, address);
            made.function = name == nullptr ? "" : demangled(name);
            const char* const file = use->module_info(module, nullptr, nullptr, nullptr, nullptr,
                                                      nullptr, nullptr, nullptr);
            const std::string path = file == nullptr ? "" : file;
            made.module = path.substr(path.rfind('/') + 1);
        }
        return made;
    }

    bool open() {
        callbacks.find_elf = find_elf;
        callbacks.find_debuginfo = find_no_debug_information;
        thread_callbacks.next_thread = next_thread;
        thread_callbacks.get_thread = get_thread;
        thread_callbacks.memory_read = read_word;
        thread_callbacks.set_initial_registers = set_registers;
        session = use->begin(&callbacks);
        return session != nullptr && use->linux_proc_report(session, pid) == 0 &&
               use->report_end(session, nullptr, nullptr) == 0 &&
               use->getmodules(session, mark_as_ours, this, 0) == 0 &&
               use->attach_state(session, nullptr, pid, &thread_callbacks, this);
    }
};

unwinder::unwinder(int pid) : parts_(std::make_unique<parts>()) {
    parts_->use = load_libdw();
    parts_->pid = pid;
    if (parts_->use == nullptr) {
        problem_ = "libdw.so.1 is not there";
        remedy_ = "install it (Debian: libdw1)";
    } else if (!parts_->open()) {
        const char* const why = parts_->use->errmsg(-1);
        problem_ = std::string("libdw: ") + (why == nullptr ? "no unwind tables" : why);
    }
}

std::vector<stack_frame> unwinder::frames_of(const stack_copy& one) {
    if (!problem_.empty()) {
        return {};
    }
    parts_->now = &one;
    parts_->frames.clear();
    parts_->is_activation.clear();
    // It ends with an error where the tables do: what was found until then holds.
    parts_->use->getthread_frames(parts_->session, one.thread, parts::take_frame, parts_.get());
    auto made = std::move(parts_->frames);
    // The way back from a handler and what it has interrupted are both told to be activations.
    for (std::size_t i = 1; i + 1 < made.size(); ++i) {
        made[i].is_signal =
            parts_->is_activation[i] && parts_->is_activation[i + 1] && !made[i - 1].is_signal;
    }
    return made;
}

#else

struct unwinder::parts {};

unwinder::unwinder(int) {
    problem_ = "this lastcall was built without libdw";
    remedy_ = "build it where elfutils/libdwfl.h is (Debian: libdw-dev)";
}

std::vector<stack_frame> unwinder::frames_of(const stack_copy&) { return {}; }

#endif

unwinder::~unwinder() = default;

}  // namespace lastcall::sys
