# Two sets of precompiled headers, which halve the time to compile: one for the modules, one for
# their tests. What a source needs it still includes; the lint preset compiles without them.
option(CIP_PRECOMPILED "Precompile the headers that most sources include" ON)

function(cip_add_precompiled target)  # cip_add_precompiled(<target> <header>... [LIBS <target>...])
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBS;OPTIONS")
  add_library(${target} OBJECT ${PROJECT_SOURCE_DIR}/cmake/precompiled.cpp)
  target_link_libraries(${target} PRIVATE cip_warnings fmt Boost::json Threads::Threads ${arg_LIBS})
  target_compile_options(${target} PRIVATE ${arg_OPTIONS})
  target_precompile_headers(${target} PRIVATE
    <algorithm> <array> <cmath> <cstdint> <filesystem> <functional> <limits> <map> <memory> <numeric>
    <optional> <set> <span> <string> <string_view> <utility> <vector>
    <fmt/format.h> <boost/json.hpp> ${arg_UNPARSED_ARGUMENTS})
endfunction()

if(CIP_PRECOMPILED)
  find_package(Boost 1.81 REQUIRED COMPONENTS json)
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)  # For ccache.
  cip_add_precompiled(cip_precompiled)
  cip_add_precompiled(cip_precompiled_test <gmock/gmock.h> LIBS GTest::gmock OPTIONS -O0)
endif()

# cip_use_precompiled(<target> <carrier>)
function(cip_use_precompiled target carrier)
  if(CIP_PRECOMPILED)
    target_precompile_headers(${target} REUSE_FROM ${carrier})
  endif()
endfunction()
