/* deepseek/messages.h - DeepSeek's messages, for asks with web search. */
#ifndef DEEPSEEK_MESSAGES_H
#define DEEPSEEK_MESSAGES_H

#include "chat/chat.h"

extern const struct chat_api deepseek_messages;

#endif
