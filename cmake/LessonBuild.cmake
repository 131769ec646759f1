# A lesson is not built by CMake: the coroscope program compiles the learner's main.cpp when it is run.
# How to do that (compiler, flags, folders, libraries) is only known here, so it is written down for the
# program in <build>/lesson_build.json.

# A text as a JSON string; a CMake list as a JSON array of them. Generator expressions pass through untouched.
function(coroscope_json_string result text)
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  set(${result} "\"${text}\"" PARENT_SCOPE)
endfunction()

function(coroscope_json_array result)
  set(json "")
  foreach(item IN LISTS ARGN)
    coroscope_json_string(item "${item}")
    list(APPEND json "${item}")
  endforeach()
  list(JOIN json ", " json)
  set(${result} "[${json}]" PARENT_SCOPE)
endfunction()

# coroscope_write_lesson_build([LINK_FLAGS ...] [LIBRARIES ...]): what a lesson is linked with, beside coroscope_sim
# and coroscope_core_traced. A target is given as $<TARGET_FILE:name>, a system library as -lname.
function(coroscope_write_lesson_build)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "" "LINK_FLAGS;LIBRARIES")

  # -g1 is enough for the lines; -Og keeps empty-looking loops and plain flags as written. Each basic block calls
  # __sanitizer_cov_trace_pc(), which charges time (sim/mcu/line_cost.hpp) and must find the caller on the stack.
  set(flags -std=c++20 -Og -g1 -Wall -Wextra -fsanitize-coverage=trace-pc -fno-optimize-sibling-calls)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Without it, for (;;) {} is on the line of whatever was inlined before it.
    list(APPEND flags -gstatement-frontiers)
  else()
    # What clang writes otherwise, gold cannot read when it has to say where a function is missing.
    list(APPEND flags -gdwarf-4)
  endif()
  set(link_flags ${arg_LINK_FLAGS})
  if(COROSCOPE_SANITIZE)
    list(APPEND flags "-fsanitize=${COROSCOPE_SANITIZE}" -fno-omit-frame-pointer)
    list(APPEND link_flags "-fsanitize=${COROSCOPE_SANITIZE}")
  endif()

  # A fast linker takes 0.03 s where the default takes 0.10 s.
  include(CheckLinkerFlag)
  foreach(linker IN ITEMS mold gold)
    check_linker_flag(CXX "-fuse-ld=${linker}" COROSCOPE_HAS_${linker})
    if(COROSCOPE_HAS_${linker})
      list(APPEND link_flags "-fuse-ld=${linker}")
      break()
    endif()
  endforeach()

  coroscope_json_array(flags ${flags})
  coroscope_json_array(definitions COROSCOPE_TRACE=1)
  coroscope_json_array(include_dirs "${PROJECT_SOURCE_DIR}/core")
  coroscope_json_array(link_flags ${link_flags})
  # core calls what sim defines and the other way round, hence the group.
  coroscope_json_array(libraries
    -Wl,--start-group $<TARGET_FILE:coroscope_sim> $<TARGET_FILE:coroscope_core_traced> -Wl,--end-group
    ${arg_LIBRARIES})
  coroscope_json_string(compiler "${CMAKE_CXX_COMPILER}")
  coroscope_json_string(source_dir "${PROJECT_SOURCE_DIR}")
  coroscope_json_string(build_dir "${PROJECT_BINARY_DIR}")
  coroscope_json_string(lessons_dir "${PROJECT_SOURCE_DIR}/lessons")
  # Where the program keeps what it builds: precompiled header, lessons.
  coroscope_json_string(cache_dir "${PROJECT_BINARY_DIR}/lessons-built")

  file(GENERATE OUTPUT "${PROJECT_BINARY_DIR}/lesson_build.json" CONTENT "{
  \"compiler\": ${compiler},
  \"compiler_id\": \"${CMAKE_CXX_COMPILER_ID}\",
  \"compiler_version\": \"${CMAKE_CXX_COMPILER_VERSION}\",
  \"flags\": ${flags},
  \"definitions\": ${definitions},
  \"include_dirs\": ${include_dirs},
  \"link_flags\": ${link_flags},
  \"libraries\": ${libraries},
  \"source_dir\": ${source_dir},
  \"lessons_dir\": ${lessons_dir},
  \"build_dir\": ${build_dir},
  \"cache_dir\": ${cache_dir}
}
")
endfunction()
