# cip_embed(<target> <symbol> <file>)
#
# Compiles a file into a target: `extern const std::string_view <symbol>;` in namespace cip::embedded
# holds its bytes. The assembler does the work (.incbin), so that a megabyte costs no compile time.
function(cip_embed target symbol file)
  get_filename_component(path ${file} ABSOLUTE)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/embedded_${symbol}.cpp)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/embedded.cpp.in ${source} @ONLY)
  set_property(SOURCE ${source} APPEND PROPERTY OBJECT_DEPENDS ${path})
  target_sources(${target} PRIVATE ${source})
endfunction()
