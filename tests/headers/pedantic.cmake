# cmake -DROOT=<source dir> -P pedantic.cmake
# Each public header alone, as a plugin author may compile it: strict C17, any warning is
# an error, with every compiler that is here.
file(GLOB headers ${ROOT}/core/include/bd/*.h)
set(compilers 0)
foreach(name gcc clang)
  find_program(${name}_path ${name})
  if(NOT ${name}_path)
    message("${name} is not installed: skipped")
    continue()
  endif()
  math(EXPR compilers "${compilers} + 1")
  foreach(h ${headers})
    execute_process(
      COMMAND ${${name}_path} -std=c17 -pedantic -Wall -Wextra -Wshadow -Wstrict-prototypes
              -Wundef -Werror -fsyntax-only -I${ROOT}/core/include -include ${h} -x c
              /dev/null
      RESULT_VARIABLE rc)
    if(NOT rc EQUAL 0)
      message(SEND_ERROR "${name}: ${h} does not compile alone")
    endif()
  endforeach()
endforeach()
if(compilers EQUAL 0 OR NOT headers)
  message(FATAL_ERROR "nothing was compiled")
endif()
