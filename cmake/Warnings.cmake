# Warnings for all our targets. They are errors with the compilers we build with ourselves; a newer
# compiler's new warnings must not keep anyone from building.
if((CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
   OR (CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 17))
  set(known_compiler ON)
else()
  set(known_compiler OFF)
endif()
option(COROSCOPE_WERROR "Warnings are errors" ${known_compiler})

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 12)
  message(FATAL_ERROR "Coroscope needs g++ 12 or newer (coroutines); "
                      "${CMAKE_CXX_COMPILER} is ${CMAKE_CXX_COMPILER_VERSION}.")
endif()

add_compile_options(-Wall -Wextra -Wshadow -Wconversion)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  add_compile_options(-Wno-restrict) # g++ 12 warns of its own std::string (GCC bug 105651)
endif()
if(COROSCOPE_WERROR)
  add_compile_options(-Werror)
endif()
