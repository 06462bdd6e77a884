# What `cmake --install` leaves on a machine: the libraries, the public headers, and
# the descriptions by which CMake (find_package) and pkg-config find them.
include(CMakePackageConfigHelpers)

get_property(libraries GLOBAL PROPERTY LASTCALL_LIBRARIES)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/lastcall)

# outside(<component> [CMAKE "<find_dependency arguments>"...] [PKG <module>...]
#         [LIBS <linker argument>...] [CFLAGS <compiler argument>...])
# What a component needs that is not ours. Every library that links something of
# others must be named here; component_needs() refuses one that is not.
function(outside component)
  cmake_parse_arguments(arg "" "" "CMAKE;PKG;LIBS;CFLAGS" ${ARGN})
  foreach(kind CMAKE PKG LIBS CFLAGS)
    set_property(GLOBAL PROPERTY lastcall_outside_${component}_${kind} "${arg_${kind}}")
  endforeach()
  set_property(GLOBAL APPEND PROPERTY lastcall_outside ${component})
endfunction()

outside(core CMAKE "Threads" LIBS -pthread -ldl)
outside(http CMAKE "Boost 1.81" "OpenSSL" PKG openssl
        CFLAGS -DBOOST_ASIO_SEPARATE_COMPILATION -DBOOST_BEAST_SEPARATE_COMPILATION)
outside(sqlite CMAKE "SQLite3 3.35" PKG sqlite3)
outside(postgres CMAKE "PostgreSQL" PKG libpq)
outside(redis CMAKE "OpenSSL" PKG hiredis openssl)
outside(flush_spdlog CMAKE "spdlog" PKG spdlog)
outside(flush_prometheus CMAKE "civetweb" "prometheus-cpp"
        PKG prometheus-cpp-push prometheus-cpp-pull prometheus-cpp-core LIBS -lcivetweb-cpp)

# component_needs(<target> <variable>): our components that it links, without `core`
# where that is implied; fails for a foreign library that outside() does not know.
function(component_needs target result)
  string(REPLACE "lastcall_" "" component ${target})
  get_property(known GLOBAL PROPERTY lastcall_outside)
  get_target_property(links ${target} LINK_LIBRARIES)
  set(ours "")
  foreach(link ${links})
    if(link MATCHES "^lastcall(::|_)([a-z_0-9]+)$")
      list(APPEND ours ${CMAKE_MATCH_2})
    elseif(NOT link MATCHES "BUILD_INTERFACE" AND NOT component IN_LIST known)
      message(FATAL_ERROR "${target} links ${link}: say in cmake/install.cmake how those "
                          "who use the installed component find it")
    endif()
  endforeach()
  list(REMOVE_DUPLICATES ours)
  set(${result} ${ours} PARENT_SCOPE)
endfunction()

# ---- CMake ----

set(LASTCALL_COMPONENTS "")
set(LASTCALL_COMPONENT_NEEDS "")
foreach(target ${libraries})
  string(REPLACE "lastcall_" "" component ${target})
  component_needs(${target} ours)
  get_property(foreign GLOBAL PROPERTY lastcall_outside_${component}_CMAKE)
  list(APPEND LASTCALL_COMPONENTS ${component})
  string(APPEND LASTCALL_COMPONENT_NEEDS
         "set(_lastcall_uses_${component} \"${ours}\")\n"
         "set(_lastcall_finds_${component} \"${foreign}\")\n")
endforeach()

configure_package_config_file(cmake/lastcallConfig.cmake.in lastcallConfig.cmake
                              INSTALL_DESTINATION ${package_dir})
# Before 1.0 a new minor version may change an interface.
write_basic_package_version_file(lastcallConfigVersion.cmake COMPATIBILITY SameMinorVersion)

install(TARGETS ${libraries} EXPORT lastcall ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT lastcall NAMESPACE lastcall:: FILE lastcallTargets.cmake
        DESTINATION ${package_dir})
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/lastcallConfig.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/lastcallConfigVersion.cmake
        DESTINATION ${package_dir})
install(DIRECTORY include/lastcall DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.hpp")

# ---- pkg-config: lastcall.pc is the core, lastcall-http.pc an adapter ----

file(RELATIVE_PATH prefix_from_pc /p/${CMAKE_INSTALL_LIBDIR}/pkgconfig /p)
string(REGEX REPLACE "/$" "" prefix_from_pc ${prefix_from_pc})
foreach(target ${libraries})
  string(REPLACE "lastcall_" "" component ${target})
  component_needs(${target} ours)
  get_property(PC_REQUIRES GLOBAL PROPERTY lastcall_outside_${component}_PKG)
  get_property(PC_LIBS GLOBAL PROPERTY lastcall_outside_${component}_LIBS)
  get_property(PC_CFLAGS GLOBAL PROPERTY lastcall_outside_${component}_CFLAGS)
  set(own "")
  foreach(used ${ours})
    string(REPLACE "_" "-" used "lastcall-${used}")
    string(REPLACE "lastcall-core" "lastcall" used ${used})
    list(APPEND own ${used})
  endforeach()
  list(PREPEND PC_REQUIRES ${own})
  list(JOIN PC_REQUIRES " " PC_REQUIRES)
  list(JOIN PC_LIBS " " PC_LIBS)
  list(JOIN PC_CFLAGS " " PC_CFLAGS)
  string(REPLACE "_" "-" PC_NAME "lastcall-${component}")
  string(REPLACE "lastcall-core" "lastcall" PC_NAME ${PC_NAME})
  set(PC_LIBRARY ${target})
  configure_file(cmake/lastcall.pc.in pkgconfig/${PC_NAME}.pc @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/pkgconfig/${PC_NAME}.pc
          DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()

# ---- `./do build`: what is installed, and nothing else ----

add_custom_target(ship DEPENDS ${libraries} lastcall lastcall-keeper lastcall-init)
