# Every compiler flag of the project is here.
add_compile_options(-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
                    -Wvla -Wformat=2 -Werror)
add_compile_options("$<$<CONFIG:Release>:-O2;-g>")
if(BD_SANITIZE)
  add_compile_options(-fsanitize=${BD_SANITIZE} -fno-sanitize-recover=all
                      -fno-omit-frame-pointer -g1) # lines are all that traces show
  add_link_options(-fsanitize=${BD_SANITIZE})
else()
  add_compile_options("$<$<CONFIG:Release>:-D_FORTIFY_SOURCE=2;-fstack-protector-strong>")
  add_link_options(-Wl,-z,relro -Wl,-z,now)
endif()
if(BD_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)

# bd_floor(name N sources... [USES lower floors...] [LINK libraries...])
# One floor of the house: a static library that sees the floors it names.
function(bd_floor name)
  cmake_parse_arguments(A "" "" "USES;LINK" ${ARGN})
  add_library(bd_${name} STATIC ${A_UNPARSED_ARGUMENTS})
  target_include_directories(bd_${name} PUBLIC ${PROJECT_SOURCE_DIR}/core)
  list(TRANSFORM A_USES PREPEND bd_)
  target_link_libraries(bd_${name} PUBLIC bd_abi ${A_USES} PRIVATE ${A_LINK})
endfunction()

# bd_plugin(name sources... [LINK libraries...])
# A plugin sees core/include and nothing else of ours; it lands in <build>/plugins.
function(bd_plugin name)
  cmake_parse_arguments(A "" "" "LINK" ${ARGN})
  add_library(${name} MODULE ${A_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE bd_abi ${A_LINK})
  target_link_options(${name} PRIVATE -Wl,-z,relro -Wl,-z,now -Wl,-Bsymbolic)
  if(NOT BD_SANITIZE) # clang leaves the sanitizer's own symbols to the program
    target_link_options(${name} PRIVATE -Wl,--no-undefined)
  endif()
  set_target_properties(${name} PROPERTIES
    PREFIX "" C_VISIBILITY_PRESET hidden
    LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/plugins)
  if(CMAKE_CURRENT_SOURCE_DIR MATCHES "^${PROJECT_SOURCE_DIR}/plugins/")
    install(TARGETS ${name} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/brandiag/plugins)
  endif()
endfunction()

# bd_test(floor/module [LINK libraries...] [NEEDS targets...] [LABELS ...])
# builds tests/<floor>/test_<module>.c against that floor; each is its own process. Those
# labelled tsan are what the target tsan_tests builds, and nothing else.
function(bd_test path)
  cmake_parse_arguments(A "" "" "LINK;NEEDS;LABELS" ${ARGN})
  get_filename_component(floor ${path} DIRECTORY)
  get_filename_component(module ${path} NAME)
  set(target test_${floor}_${module})
  add_executable(${target} ${PROJECT_SOURCE_DIR}/tests/${floor}/test_${module}.c)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(${target} PRIVATE
    BD_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data"
    BD_BUILD_DIR="${PROJECT_BINARY_DIR}")
  if(TARGET bd_${floor})
    target_link_libraries(${target} PRIVATE bd_${floor})
  endif()
  target_link_libraries(${target} PRIVATE PkgConfig::CMOCKA ${A_LINK})
  set_target_properties(${target} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  if(A_NEEDS)
    add_dependencies(${target} ${A_NEEDS})
  endif()
  if("tsan" IN_LIST A_LABELS)
    if(NOT TARGET tsan_tests)
      add_custom_target(tsan_tests)
    endif()
    add_dependencies(tsan_tests ${target})
  endif()
  add_test(NAME ${path} COMMAND ${target} WORKING_DIRECTORY ${PROJECT_BINARY_DIR})
  set_tests_properties(${path} PROPERTIES LABELS "${floor};${A_LABELS}" TIMEOUT 120)
endfunction()
