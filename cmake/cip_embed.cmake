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

# cip_embed_folder(<target> <folder> <otherwise>)
#
# Compiles all files of a folder into a target, or those of `otherwise` if it holds no index.html:
# `extern const std::span<const File> files;` in namespace cip::embedded, each with its path below
# the folder. The list is made anew when files come or go.
function(cip_embed_folder target folder otherwise)
  file(GLOB_RECURSE paths CONFIGURE_DEPENDS ${folder}/*)
  if(NOT EXISTS ${folder}/index.html)
    set(folder ${otherwise})
    file(GLOB_RECURSE paths CONFIGURE_DEPENDS ${folder}/*)
  endif()
  set(externs "")
  set(entries "")
  set(number 0)
  foreach(path IN LISTS paths)
    math(EXPR number "${number} + 1")
    cip_embed(${target} file_${number} ${path})
    file(RELATIVE_PATH name ${folder} ${path})
    string(APPEND externs "extern const std::string_view file_${number};\n")
    string(APPEND entries "    {\"/${name}\", &file_${number}},\n")
  endforeach()
  set(source ${CMAKE_CURRENT_BINARY_DIR}/embedded_files.cpp)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/embedded_files.cpp.in ${source} @ONLY)
  target_sources(${target} PRIVATE ${source})
endfunction()
