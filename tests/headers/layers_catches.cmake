# cmake -DLAYERS=<layers.cmake> -DWORK=<empty dir> -P layers_catches.cmake
# layers.cmake accepts a small made-up tree and refuses it with each single fault.
set(failed FALSE)

# The tree that is right; a case then replaces one file.
function(make_tree)
  file(REMOVE_RECURSE ${WORK})
  file(WRITE ${WORK}/core/include/bd/a.h "#include <stdint.h>\n")
  file(WRITE ${WORK}/core/include/bd/b.h "#include \"bd/a.h\"\n")
  file(WRITE ${WORK}/core/base/low.h "#include \"bd/b.h\"\n")
  file(WRITE ${WORK}/core/policy/rule.h "#include <stdbool.h>\n\n#include \"base/low.h\"\n")
  file(WRITE ${WORK}/core/policy/rule.c
       "#include \"policy/rule.h\"\n\n#include <sys/stat.h>\n\nint x = my_atoi(y->gets(z));\n")
  file(WRITE ${WORK}/core/domain/word.h "#include \"base/low.h\"\n")
  file(WRITE ${WORK}/core/engine/task.h
       "#include \"domain/word.h\"\n#include \"policy/rule.h\"\n")
  file(WRITE ${WORK}/core/face/cli.c "#include \"engine/task.h\"\n")
  file(WRITE ${WORK}/plugins/one/one.c "#include \"bd/b.h\"\n#include \"chat/chat.h\"\n")
endfunction()

function(run_layers rc_out text_out)
  execute_process(COMMAND ${CMAKE_COMMAND} -DROOT=${WORK} -P ${LAYERS}
                  RESULT_VARIABLE rc OUTPUT_VARIABLE text ERROR_VARIABLE text)
  set(${rc_out} ${rc} PARENT_SCOPE)
  set(${text_out} "${text}" PARENT_SCOPE)
endfunction()

# The tree with `file` holding `content` is refused with a word about it.
macro(refuses file content word)
  make_tree()
  file(WRITE ${WORK}/${file} "${content}")
  run_layers(rc text)
  string(REGEX REPLACE "[ \n]+" " " text "${text}") # cmake wraps its messages
  string(FIND "${text}" "${word}" at)
  if(rc EQUAL 0 OR at LESS 0)
    message("not caught (${rc}): ${file}: ${content}${text}")
    set(failed TRUE)
  endif()
endmacro()

make_tree()
run_layers(rc text)
if(NOT rc EQUAL 0)
  message("a tree that is right was refused: ${text}")
  set(failed TRUE)
endif()

refuses(core/base/low.c "#include \"policy/rule.h\"\n" "base may not see policy")
refuses(core/policy/rule.c "#include \"runtime/pool.h\"\n" "policy may not see runtime")
refuses(core/domain/word.c "#include \"policy/rule.h\"\n" "domain may not see policy")
refuses(core/domain/reading/a.c "#include \"domain/figures/b.h\"\n" "reading may not see figures")
refuses(core/domain/reading/a.c "#include \"domain/word.h\"\n" "reading may not see cells")
refuses(core/domain/word.c "#include \"domain/report/b.h\"\n" "cells may not see report")
refuses(core/domain/extra/a.c "#include \"domain/word.h\"\n" "extra may not see cells")
refuses(core/runtime/pool.c "#include \"domain/word.h\"\n" "runtime may not see domain")
refuses(core/face/cli.c "#include \"runtime/pool.h\"\n" "face may not see runtime")
refuses(core/face/cli.c "  #  include <runtime/pool.h>\n" "face may not see runtime")
refuses(core/face/deep/cli.c "#include \"policy/rule.h\"\n" "face may not see policy")
refuses(core/engine/task.c "#include \"../face/cli.h\"\n" "names its floor")
refuses(core/engine/task.c "#include \"utils/misc.h\"\n" "engine may not see utils")
refuses(core/include/bd/a.h "#include \"base/low.h\"\n" "abi may not see base")
refuses(core/include/bd/a.h "#include \"chat/chat.h\"\n" "abi may not see chat")
refuses(plugins/one/one.c "#include \"base/low.h\"\n" "plugins may not see base")
refuses(plugins/one/one.c "#include \"two/two.h\"\n" "plugins may not see two")
refuses(core/include/bd/a.h "#include \"bd/b.h\"\n" "circle: bd/a.h;bd/b.h")
refuses(core/policy/rule.h "#include \"policy/rule.h\"\n" "circle: policy/rule.h")
foreach(function strcpy strcat sprintf vsprintf strtok atoi localtime strerror gets alloca
                 sleep usleep nanosleep)
  refuses(core/base/low.c "    ${function} (x)\n" "do not use: ${function}")
endforeach()
refuses(plugins/one/one.c "x=atoi(y)\n" "do not use")

if(failed)
  message(FATAL_ERROR "layers.cmake lets faults through")
endif()
