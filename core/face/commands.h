/* face/commands.h - the commands of brandiag. */
#ifndef BD_FACE_COMMANDS_H
#define BD_FACE_COMMANDS_H

#include "face/args.h"

extern const struct bd_command bd_command_run, bd_command_demo, bd_command_report,
    bd_command_list, bd_command_check, bd_command_plugins, bd_command_serve,
    bd_command_ctl, bd_command_resume, bd_command_replay, bd_command_read;

#endif
