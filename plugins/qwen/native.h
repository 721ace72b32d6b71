/* qwen/native.h - DashScope's own protocol, for asks with web search. Which of its two
 * paths serves a model is the model's property. */
#ifndef QWEN_NATIVE_H
#define QWEN_NATIVE_H

#include "chat/chat.h"

extern const struct chat_api qwen_native_text, qwen_native_multimodal;

#endif
