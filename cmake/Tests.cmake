# How a folder under tests/ becomes an executable, and its tests become ctest's.
include(GoogleTest)

# Stops a hung test long before ctest's own 25 minutes; sanitizers get their say in full.
set(COROSCOPE_TEST_TIMEOUT 300)
set(COROSCOPE_TEST_ENVIRONMENT
  "ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1" "UBSAN_OPTIONS=print_stacktrace=1")

# All .cpp files of a folder of tests/, subfolders included.
function(coroscope_test_sources result folder)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/${folder}/*.cpp")
  set(${result} "${sources}" PARENT_SCOPE)
endfunction()

# coroscope_add_tests(<folder> [NAME <executable>] [PREFIX <text>]
#                     [LIBRARIES ...] [SOURCES ...] [DEFINITIONS ...] [OPTIONS ...])
#
# One GoogleTest executable of the folder's files and of SOURCES (files kept elsewhere). Its tests are called
# <prefix><suite>.<test> in ctest and carry the folder as label. Does nothing for a folder without .cpp files.
function(coroscope_add_tests folder)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "NAME;PREFIX" "LIBRARIES;SOURCES;DEFINITIONS;OPTIONS")
  coroscope_test_sources(sources "${folder}")
  if(NOT sources)
    return()
  endif()
  foreach(library IN LISTS arg_LIBRARIES)
    if(library MATCHES "^coroscope_" AND NOT TARGET ${library})
      message(STATUS "tests/${folder}: not built, ${library} has no sources yet")
      return()
    endif()
  endforeach()
  if(NOT arg_NAME)
    string(REPLACE "/" "_" arg_NAME "test_${folder}")
  endif()

  string(REGEX REPLACE "/.*" "" top "${folder}")
  add_executable(${arg_NAME} ${sources} ${arg_SOURCES})
  target_include_directories(${arg_NAME} PRIVATE "${PROJECT_SOURCE_DIR}/tests" "${PROJECT_SOURCE_DIR}/tests/${top}")
  target_compile_definitions(${arg_NAME} PRIVATE
    "COROSCOPE_SOURCE_DIR=\"${PROJECT_SOURCE_DIR}\"" "COROSCOPE_BUILD_DIR=\"${PROJECT_BINARY_DIR}\""
    ${arg_DEFINITIONS})
  target_compile_options(${arg_NAME} PRIVATE ${arg_OPTIONS})
  target_link_libraries(${arg_NAME} PRIVATE ${arg_LIBRARIES} GTest::gtest_main)
  # gtest.h is a second of every test file's compile time; precompiling it takes three.
  list(LENGTH sources count)
  if(count GREATER 7)
    target_precompile_headers(${arg_NAME} PRIVATE <gtest/gtest.h>)
  endif()
  gtest_discover_tests(${arg_NAME}
    DISCOVERY_MODE PRE_TEST
    TEST_PREFIX "${COROSCOPE_TEST_PREFIX}${arg_PREFIX}"
    PROPERTIES LABELS "${folder}" TIMEOUT ${COROSCOPE_TEST_TIMEOUT}
               ENVIRONMENT "${COROSCOPE_TEST_ENVIRONMENT}")
endfunction()

# The tests of tests/asyncio/coroutine_frame once more at every optimisation level in COROSCOPE_FRAME_LEVELS,
# core compiled at that level too: where a compiler puts a coroutine's frame, and what it forgets there,
# differs from level to level. Executables test_frame_<level>, tests <level>/...
#   coroscope_add_frame_tests([SOURCES <more files>])
function(coroscope_add_frame_tests)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "" "SOURCES")
  coroscope_test_sources(sources asyncio/coroutine_frame)
  if(NOT sources OR NOT TARGET coroscope_core_traced)
    return()
  endif()
  get_target_property(core_sources coroscope_core_traced SOURCES)
  list(FILTER core_sources EXCLUDE REGEX "/core/drivers/") # they need the hardware of a board
  foreach(level IN LISTS COROSCOPE_FRAME_LEVELS)
    set(core coroscope_core_${level})
    add_library(${core} OBJECT ${core_sources})
    target_include_directories(${core} PUBLIC "${PROJECT_SOURCE_DIR}/core")
    target_compile_definitions(${core} PUBLIC COROSCOPE_TRACE=1)
    target_compile_options(${core} PUBLIC "-${level}")
    set_target_properties(${core} PROPERTIES EXPORT_COMPILE_COMMANDS OFF)
    coroscope_add_tests(asyncio/coroutine_frame
      NAME test_frame_${level} PREFIX "${level}/" SOURCES ${arg_SOURCES} LIBRARIES ${core})
    set_target_properties(test_frame_${level} PROPERTIES EXPORT_COMPILE_COMMANDS OFF)
  endforeach()
endfunction()

# A check that is a script: its exit status 77 means skipped, and ctest says so.
#   coroscope_add_script_test(<name> COMMAND <command...> [LABEL <label>] [PROCESSORS <n>])
function(coroscope_add_script_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LABEL;PROCESSORS" "COMMAND")
  add_test(NAME "${COROSCOPE_TEST_PREFIX}${name}" COMMAND ${arg_COMMAND}
           WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
  set_tests_properties("${COROSCOPE_TEST_PREFIX}${name}" PROPERTIES
    SKIP_RETURN_CODE 77 LABELS "${arg_LABEL}" TIMEOUT 1800)
  if(arg_PROCESSORS)
    set_tests_properties("${COROSCOPE_TEST_PREFIX}${name}" PROPERTIES PROCESSORS ${arg_PROCESSORS})
  endif()
endfunction()

# The same tests without the cure for g++ 12 must fail, or they prove nothing.
function(coroscope_add_frame_test_without_cure)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "" "SOURCES")
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU" OR NOT CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13
     OR COROSCOPE_SANITIZE)
    return()
  endif()
  coroscope_test_sources(sources asyncio/coroutine_frame)
  get_target_property(core_sources coroscope_core SOURCES)
  list(FILTER core_sources EXCLUDE REGEX "/core/drivers/") # they need the hardware of a board
  add_executable(test_frame_without_cure ${sources} ${arg_SOURCES} ${core_sources})
  target_include_directories(test_frame_without_cure PRIVATE
    "${PROJECT_SOURCE_DIR}/core" "${PROJECT_SOURCE_DIR}/tests" "${PROJECT_SOURCE_DIR}/tests/asyncio")
  target_compile_definitions(test_frame_without_cure PRIVATE COROSCOPE_SHIFTED_FRAMES=0)
  target_link_libraries(test_frame_without_cure PRIVATE GTest::gtest_main)
  set_target_properties(test_frame_without_cure PROPERTIES EXPORT_COMPILE_COMMANDS OFF)
  coroscope_add_script_test(coroutine_frame_without_cure_fails LABEL asyncio
    COMMAND bash -c "! '$<TARGET_FILE:test_frame_without_cure>' >/dev/null 2>&1")
endfunction()

# The timer wheel of a 32-bit board, whose levels are smaller: its tests once more, as test_board_wheel.
function(coroscope_add_board_wheel_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "" "SOURCES")
  get_target_property(core_sources coroscope_core SOURCES)
  list(FILTER core_sources EXCLUDE REGEX "/core/drivers/") # they need the hardware of a board
  add_executable(test_board_wheel "${PROJECT_SOURCE_DIR}/tests/asyncio/timer_wheel_test.cpp" ${arg_SOURCES} ${core_sources})
  target_include_directories(test_board_wheel PRIVATE
    "${PROJECT_SOURCE_DIR}/core" "${PROJECT_SOURCE_DIR}/tests" "${PROJECT_SOURCE_DIR}/tests/asyncio")
  target_compile_definitions(test_board_wheel PRIVATE COROSCOPE_WHEEL_BITS=4)
  target_link_libraries(test_board_wheel PRIVATE GTest::gtest_main)
  set_target_properties(test_board_wheel PROPERTIES EXPORT_COMPILE_COMMANDS OFF)
  gtest_discover_tests(test_board_wheel DISCOVERY_MODE PRE_TEST TEST_PREFIX "${COROSCOPE_TEST_PREFIX}board/"
    PROPERTIES LABELS asyncio TIMEOUT ${COROSCOPE_TEST_TIMEOUT})
endfunction()
