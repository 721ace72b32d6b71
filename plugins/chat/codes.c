/* chat/codes.c - the codes of OpenAI, and of the many who follow it with words of their
 * own: Kimi, Qianfan, vLLM, llama.cpp, ollama. They do not collide. */
#include <stddef.h>

#include "bd/error.h"
#include "chat/chat.h"

const struct chat_code chat_shared_codes[] = {
    {"invalid_api_key", BD_ERR_AUTH},
    {"invalid_authentication_error", BD_ERR_AUTH},
    {"incorrect_api_key_error", BD_ERR_AUTH},
    {"authentication_error", BD_ERR_AUTH},
    {"permission_denied_error", BD_ERR_AUTH},
    {"invalid_iam_token", BD_ERR_AUTH},
    {"invalid_appid", BD_ERR_AUTH},

    {"insufficient_quota", BD_ERR_QUOTA},
    {"credit_balance_exhausted", BD_ERR_QUOTA},
    {"organization_spend_limit_exceeded", BD_ERR_QUOTA},
    {"project_spend_limit_exceeded", BD_ERR_QUOTA},
    {"organization_usage_limit_exceeded", BD_ERR_QUOTA},
    {"billing_hard_limit_reached", BD_ERR_QUOTA},
    {"exceeded_current_quota_error", BD_ERR_QUOTA},

    {"rate_limit_exceeded", BD_ERR_RATE_LIMITED},
    {"rate_limit_error", BD_ERR_RATE_LIMITED},
    {"rate_limit_reached_error", BD_ERR_RATE_LIMITED},
    {"rpm_rate_limit_exceeded", BD_ERR_RATE_LIMITED},
    {"tpm_rate_limit_exceeded", BD_ERR_RATE_LIMITED},

    {"server_error", BD_ERR_OVERLOADED},
    {"internal_error", BD_ERR_OVERLOADED},
    {"engine_overloaded_error", BD_ERR_OVERLOADED},
    {"overloaded_error", BD_ERR_OVERLOADED},
    {"server_is_overloaded", BD_ERR_OVERLOADED},
    {"service_unavailable_error", BD_ERR_OVERLOADED},
    {"slow_down", BD_ERR_OVERLOADED},
    {"unavailable_error", BD_ERR_OVERLOADED},
    {"InternalServerError", BD_ERR_OVERLOADED},

    {"content_filter", BD_ERR_CONTENT_FILTERED},
    {"prompt_unsafe", BD_ERR_CONTENT_FILTERED},

    {"model_not_found", BD_ERR_MODEL_NOT_FOUND},
    {"invalid_model", BD_ERR_MODEL_NOT_FOUND},
    {"resource_not_found_error", BD_ERR_MODEL_NOT_FOUND},

    {"context_length_exceeded", BD_ERR_INVALID_REQUEST},
    {"unsupported_parameter", BD_ERR_INVALID_REQUEST},
    {"tokens_too_long", BD_ERR_INVALID_REQUEST},
    {"exceed_context_size_error", BD_ERR_INVALID_REQUEST},
    {"BadRequestError", BD_ERR_INVALID_REQUEST},
    {NULL, 0},
};

const struct chat_saying chat_shared_sayings[] = {
    {"free allocated quota", NULL, 0, BD_ERR_QUOTA},
    {"DataInspectionFailed", NULL, 0, BD_ERR_CONTENT_FILTERED},
    {"content exists risk", NULL, 0, BD_ERR_CONTENT_FILTERED},
    {"insufficient balance", NULL, 0, BD_ERR_QUOTA},
    {"\u4f59\u989d\u4e0d\u8db3", NULL, 0, BD_ERR_QUOTA}, /* "balance not enough" */
    {"model not exist", NULL, 0, BD_ERR_MODEL_NOT_FOUND},
    {"try pulling it first", NULL, 0, BD_ERR_MODEL_NOT_FOUND},
    {"service is too busy", NULL, 0, BD_ERR_OVERLOADED},
    {"loading model", NULL, 0, BD_ERR_OVERLOADED},
    {NULL, NULL, 0, 0},
};
