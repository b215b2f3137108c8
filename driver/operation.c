/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of the device engine: what may be asked, what may be answered. */
#include "engine.h"

#include "base/reader.h"
#include "record/record.h"

#include <string.h>

static const char engine_name[] = "device";

static size_t explicit_nonce_length(const lk_slot *slot)
{
    return slot->version == LK_TLS1_3 ? 0 : slot->cipher->explicit_nonce_length;
}

static lk_error check_seal(const lk_slot *slot, const lk_operation *operation)
{
    if (operation->content_type == 0 || (operation->padding != 0 && slot->version != LK_TLS1_3))
        return LK_ERROR_INVALID_ARGUMENT;
    if (operation->input_length > LK_RECORD_PLAINTEXT_MAX ||
        operation->input_length + operation->padding > LK_RECORD_PLAINTEXT_MAX)
        return LK_ERROR_INVALID_ARGUMENT;
    size_t sealed = lk_record_sealed_length(slot->version, slot->cipher, operation->input_length, operation->padding);
    return operation->output_capacity < sealed ? LK_ERROR_INVALID_ARGUMENT : LK_OK;
}

/* The plaintext's greatest length; negative when the record cannot hold its tag. */
static long plaintext_max(const lk_slot *slot, const lk_operation *operation)
{
    size_t overhead = LK_RECORD_HEADER_LENGTH + explicit_nonce_length(slot) + slot->cipher->tag_length;
    return (long)operation->input_length - (long)overhead - (slot->version == LK_TLS1_3 ? 1 : 0);
}

static lk_error check_open(const lk_slot *slot, const lk_operation *operation)
{
    lk_reader reader = lk_reader_over(operation->input, operation->input_length);
    lk_reader_u8(&reader);
    lk_reader_u16(&reader);
    lk_reader_vector16(&reader);
    if (!lk_reader_finished(&reader))
        return LK_ERROR_INVALID_ARGUMENT;
    if (operation->input_length > LK_RECORD_MAX)
        return LK_ERROR_RECORD_OVERFLOW; /* longer than the device's command may be */
    return (long)operation->output_capacity < plaintext_max(slot, operation) ? LK_ERROR_INVALID_ARGUMENT : LK_OK;
}

lk_error lk_operation_check(const lk_slot *slot, const lk_operation *operation)
{
    if (!operation->output || (!operation->input && operation->input_length > 0))
        return LK_ERROR_INVALID_ARGUMENT;
    return slot->kind == LK_SEAL ? check_seal(slot, operation) : check_open(slot, operation);
}

void lk_operation_expect(const lk_slot *slot, const lk_operation *operation, lk_pending *pending)
{
    if (slot->kind == LK_SEAL) {
        pending->length_min = pending->length_max =
            (uint16_t)lk_record_sealed_length(slot->version, slot->cipher, operation->input_length, operation->padding);
        return;
    }
    long most = plaintext_max(slot, operation);
    pending->length_max = most > 0 ? (uint16_t)most : 0;
    if (most < 0)
        pending->length_min = 1;
    else /* TLS 1.3 strips padding of any length, TLS 1.2 has none */
        pending->length_min = slot->version == LK_TLS1_3 ? 0 : pending->length_max;
}

/* The parts of a sealed record that are no secret are the host's to know: header and explicit nonce. */
static bool sealed_as_asked(const lk_slot *slot, const lk_operation *operation, const uint8_t *record, size_t length)
{
    lk_reader reader = lk_reader_over(record, length);
    uint8_t type = lk_reader_u8(&reader);
    uint16_t version = lk_reader_u16(&reader);
    lk_reader fragment = lk_reader_vector16(&reader);
    uint64_t nonce = explicit_nonce_length(slot) > 0 ? lk_reader_u64(&fragment) : operation->sequence;
    return lk_reader_finished(&reader) && !fragment.failed && version == LK_TLS1_2 && nonce == operation->sequence &&
           type == (slot->version == LK_TLS1_3 ? LK_CONTENT_APPLICATION_DATA : operation->content_type);
}

static bool type_possible(const lk_slot *slot, const lk_operation *operation, uint8_t type)
{
    return slot->version == LK_TLS1_3 ? type != 0 : type == operation->input[0];
}

static void operation_finish(const lk_slot *slot, lk_operation *operation, lk_error status, size_t length)
{
    operation->status = status;
    operation->output_length = length;
    operation->engine = engine_name;
    operation->slot = slot->number;
    operation->state = LK_OPERATION_DONE;
}

void lk_operation_fail(const lk_slot *slot, lk_operation *operation, lk_error status)
{
    operation_finish(slot, operation, status, 0);
}

lk_error lk_operation_complete(const lk_slot *slot, lk_operation *operation, const lk_completion *completion,
                               const uint8_t *payload)
{
    if (completion->status != LK_STATUS_OK) {
        lk_operation_fail(slot, operation, lk_status_error(completion->status));
        return LK_OK;
    }
    if (completion->length > operation->output_capacity)
        return LK_ERROR_DEVICE_PROTOCOL;
    if (slot->kind == LK_SEAL ? !sealed_as_asked(slot, operation, payload, completion->length)
                              : !type_possible(slot, operation, completion->content_type))
        return LK_ERROR_DEVICE_PROTOCOL;
    memcpy(operation->output, payload, completion->length);
    if (slot->kind == LK_OPEN)
        operation->content_type = completion->content_type;
    operation_finish(slot, operation, LK_OK, completion->length);
    return LK_OK;
}
