# What can be chosen, and the flags that all of our code is built with.
option(LASTCALL_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(LASTCALL_BENCH "Build the benchmarks" ${PROJECT_IS_TOP_LEVEL})
option(LASTCALL_EXAMPLES "Build the examples" ${PROJECT_IS_TOP_LEVEL})
option(LASTCALL_FUZZ "Build the fuzzers (clang only)" OFF)
set(LASTCALL_SANITIZE "" CACHE STRING "Sanitizers: empty, address,undefined or thread")
option(LASTCALL_COVERAGE "Measure coverage" OFF)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(PROJECT_IS_TOP_LEVEL)
  set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
  if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
  endif()
  find_program(CCACHE ccache)
  if(CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
  endif()
endif()

# Frame pointers make the stacks in the watchdog's report complete at little cost.
add_library(lastcall_flags INTERFACE)
target_compile_options(lastcall_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Woverloaded-virtual -Werror -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC bug 105651: false alarms on std::string's operator+.
  target_compile_options(lastcall_flags INTERFACE -Wno-restrict)
endif()
if(CMAKE_UNITY_BUILD)
  # What one file names in its anonymous namespace is no declaration that another one shadows.
  target_compile_options(lastcall_flags INTERFACE -Wno-shadow)
endif()
if(LASTCALL_SANITIZE)
  target_compile_options(lastcall_flags INTERFACE -fsanitize=${LASTCALL_SANITIZE}
                         -fno-sanitize-recover=all)
  target_link_options(lastcall_flags INTERFACE -fsanitize=${LASTCALL_SANITIZE})
  if(LASTCALL_SANITIZE MATCHES undefined)
    # The first three are about 30 % of the time to compile; AddressSanitizer sees most of what
    # null and object-size see, and nobody then looks for misalignment. vptr is wrong where no
    # descriptor is left: it looks at memory through a pipe.
    target_compile_options(lastcall_flags INTERFACE -fno-sanitize=null,alignment,object-size,vptr)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # With sanitizers GCC 12 loses track of std::variant and std::function.
    target_compile_options(lastcall_flags INTERFACE -Wno-maybe-uninitialized)
  endif()
  if(LASTCALL_SANITIZE MATCHES thread)
    # gcc warns that fences are not understood; ours are replaced, Boost's stay.
    target_compile_options(lastcall_flags INTERFACE -Wno-tsan)
  endif()
endif()
if(LASTCALL_FUZZ)
  target_compile_options(lastcall_flags INTERFACE -fsanitize=fuzzer-no-link,address,undefined
                         -Wno-error)
  target_link_options(lastcall_flags INTERFACE -fsanitize=address,undefined)
endif()
if(LASTCALL_COVERAGE)
  target_compile_options(lastcall_flags INTERFACE --coverage -O0)
  target_link_options(lastcall_flags INTERFACE --coverage)
endif()
