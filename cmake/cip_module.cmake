# cip_module(<name> LAYER <n> [DEPS <module>...] [LIBS <target>...])
#
# One module is one folder under src/, one library, one test binary, one layer.
#
# LAYER  Its height. A module may depend only on modules of a lower layer, so a cycle cannot be
#        written down: configure stops at the first one.
# DEPS   The modules it may include. Said once, here: CMake links them, and the tidy test fails
#        on any #include that is not among them (tests/tidy/layering_test.cpp).
# LIBS   Third-party targets, linked PRIVATE. Their headers lie in the system's include path, where
#        any module could reach them; the tidy test knows who owns which.
#
# Sources, headers and tests are found by name. A test that exists is a test that runs.
function(cip_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LAYER" "DEPS;LIBS")

  foreach(dep IN LISTS arg_DEPS)
    get_target_property(dep_layer cip_${dep} CIP_LAYER)
    if(NOT dep_layer LESS arg_LAYER)
      message(FATAL_ERROR "${name} (layer ${arg_LAYER}) may not depend on ${dep} (${dep_layer})")
    endif()
  endforeach()

  file(GLOB headers CONFIGURE_DEPENDS *.h)
  file(GLOB sources CONFIGURE_DEPENDS *.cpp)
  file(GLOB tests CONFIGURE_DEPENDS *_test.cpp)
  list(REMOVE_ITEM sources ${tests})

  add_library(cip_${name} STATIC ${sources})
  set_target_properties(cip_${name} PROPERTIES CIP_LAYER ${arg_LAYER})
  target_sources(cip_${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/src FILES ${headers})
  list(TRANSFORM arg_DEPS PREPEND cip_ OUTPUT_VARIABLE dep_targets)
  target_link_libraries(cip_${name} PUBLIC ${dep_targets} PRIVATE cip_warnings ${arg_LIBS})
  cip_use_precompiled(cip_${name} cip_precompiled)

  if(tests)
    add_executable(cip_${name}_test ${tests})
    target_link_libraries(cip_${name}_test PRIVATE cip_${name} cip_warnings GTest::gmock_main)
    target_compile_definitions(cip_${name}_test PRIVATE CIP_SOURCE_ROOT="${PROJECT_SOURCE_DIR}")
    # What is tested is compiled as it is shipped; the tests themselves need not be fast but soon
    # compiled: unoptimised they take half the time.
    target_compile_options(cip_${name}_test PRIVATE -O0)
    cip_use_precompiled(cip_${name}_test cip_precompiled_test)
    add_dependencies(unit_tests cip_${name}_test)
    gtest_discover_tests(cip_${name}_test TEST_PREFIX ${name}. NO_PRETTY_VALUES
      DISCOVERY_TIMEOUT 60 PROPERTIES LABELS unit)
  endif()

  list(JOIN arg_DEPS " " deps)
  set_property(GLOBAL APPEND PROPERTY CIP_LAYERING "${name}: ${deps}")
endfunction()

# Writes what every module may include to <build>/layering.txt, for the tidy test.
function(cip_write_layering)
  get_property(lines GLOBAL PROPERTY CIP_LAYERING)
  list(JOIN lines "\n" text)
  file(WRITE ${PROJECT_BINARY_DIR}/layering.txt "${text}\n")
endfunction()
