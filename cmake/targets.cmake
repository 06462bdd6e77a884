# lastcall_library(<name> SOURCES ... [USES ...])
# A library of this project: target lastcall_<name>, alias lastcall::<name>, built with
# our flags, installed and exported. USES are public dependencies.
function(lastcall_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;USES" ${ARGN})
  set(target lastcall_${name})
  add_library(${target} STATIC ${arg_SOURCES})
  add_library(lastcall::${name} ALIAS ${target})
  target_include_directories(${target}
    PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
           $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
    PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:lastcall_flags> PUBLIC ${arg_USES})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
  set_property(GLOBAL APPEND PROPERTY LASTCALL_LIBRARIES ${target})
endfunction()

# lastcall_part(<name> SOURCES ... [USES ...])
# A library that only our own programs use: lastcall::<name>, not installed.
function(lastcall_part name)
  cmake_parse_arguments(arg "" "" "SOURCES;USES" ${ARGN})
  add_library(lastcall_${name} STATIC ${arg_SOURCES})
  add_library(lastcall::${name} ALIAS lastcall_${name})
  target_include_directories(lastcall_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(lastcall_${name} PRIVATE $<BUILD_INTERFACE:lastcall_flags>
                                         PUBLIC ${arg_USES})
endfunction()

# lastcall_program(<name> SOURCES ... [USES ...]): a program in build/<preset>/bin/.
function(lastcall_program name)
  cmake_parse_arguments(arg "" "" "SOURCES;USES" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(${name} PRIVATE lastcall_flags ${arg_USES})
endfunction()

add_custom_target(threaded_tests)

# lastcall_test(<name> SOURCES ... [USES ...] [ENVIRONMENT VAR=value] [LABELS label] [SERIAL]
#               [SEPARATE] [ISOLATED])
# A GoogleTest program; each of its tests is one of ctest's. SEPARATE: its files have names in
# common, so that they are never compiled as one unit. Under a sanitizer the whole program is one
# test of ctest's, as a start costs more there than most tests; ISOLATED: not this program, whose
# tests look at what their process has. The label `threads`: also run under ThreadSanitizer.
function(lastcall_test name)
  cmake_parse_arguments(arg "SERIAL;SEPARATE;ISOLATED" "TIMEOUT" "SOURCES;USES;ENVIRONMENT;LABELS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE lastcall_flags ${arg_USES} GTest::gtest GTest::gtest_main)
  if(arg_SEPARATE)
    set_target_properties(${name} PROPERTIES UNITY_BUILD OFF)
  endif()
  set(properties TIMEOUT ${arg_TIMEOUT})
  if(arg_ENVIRONMENT)
    list(APPEND properties ENVIRONMENT "${arg_ENVIRONMENT}")
  endif()
  if(arg_LABELS)
    list(APPEND properties LABELS "${arg_LABELS}")
  endif()
  if(arg_SERIAL)
    list(APPEND properties RUN_SERIAL TRUE)
  endif()
  if("threads" IN_LIST arg_LABELS)
    add_dependencies(threaded_tests ${name})
  endif()
  if(LASTCALL_SANITIZE)
    target_compile_options(${name} PRIVATE -O0)  # half the time to compile
  endif()
  if(LASTCALL_SANITIZE AND NOT arg_ISOLATED)
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES ${properties} TIMEOUT 600)
    return()
  endif()
  gtest_discover_tests(${name} NO_PRETTY_VALUES DISCOVERY_TIMEOUT 60 PROPERTIES ${properties})
endfunction()
