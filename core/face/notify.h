/* face/notify.h - telling systemd how the daemon is (sd_notify(3)). [main] */
#ifndef BD_FACE_NOTIFY_H
#define BD_FACE_NOTIFY_H

/* "READY=1", "STOPPING=1", "WATCHDOG=1" ...: nothing happens where $NOTIFY_SOCKET is not
 * set. RELOADING=1 gets the time that systemd wants with it. */
void bd_notify(const char *state);

#endif
