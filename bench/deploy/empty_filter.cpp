#include "empty_filter.hpp"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>

namespace deploy_bench {

std::vector<std::string> under_empty_filter(std::vector<std::string> command) {
    command.insert(command.begin(), {"/proc/self/exe", empty_filter_word});
    return command;
}

int run_under_empty_filter(char** command) {
    sock_filter pass{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW};
    sock_fprog program{1, &pass};
    // As the keeper does it: without the mitigation that makes memory slower.
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program) !=
            0) {
        std::perror("deploy_bench: seccomp");
        return 1;
    }
    ::execvp(command[0], command);
    std::perror(command[0]);
    return 1;
}

}  // namespace deploy_bench
