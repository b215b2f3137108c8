/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of the device engine: what may be asked, what may be answered. */
#include "engine.h"

#include "base/reader.h"
#include "record/record.h"

#include <string.h>

static const char engine_name[] = "device";

static size_t explicit_nonce_length(const lk_slot *slot)
{
    return lk_record_explicit_nonce_length(slot->version, slot->cipher);
}

size_t lk_operation_iv_length(const lk_slot *slot)
{
    return slot->kind == LK_SEAL && slot->cipher->kind == LK_KIND_CBC ? explicit_nonce_length(slot) : 0;
}

static size_t sealed_length(const lk_slot *slot, const lk_operation *operation)
{
    return lk_record_length(slot->version, slot->cipher, slot->encrypt_then_mac, operation->input_length,
                            operation->padding);
}

static lk_error check_seal(const lk_slot *slot, const lk_operation *operation)
{
    if (operation->content_type == 0 || (operation->padding != 0 && slot->version != LK_TLS1_3))
        return LK_ERROR_INVALID_ARGUMENT;
    if (operation->input_length > LK_RECORD_PLAINTEXT_MAX ||
        operation->input_length + operation->padding > LK_RECORD_PLAINTEXT_MAX)
        return LK_ERROR_INVALID_ARGUMENT;
    return operation->output_capacity < sealed_length(slot, operation) ? LK_ERROR_INVALID_ARGUMENT : LK_OK;
}

/* What is not plaintext at the least: with CBC a byte of padding, in TLS 1.3 the content type. */
static size_t overhead_min(const lk_slot *slot)
{
    bool more = slot->version == LK_TLS1_3 || slot->cipher->kind == LK_KIND_CBC;
    return LK_RECORD_HEADER_LENGTH + explicit_nonce_length(slot) + slot->cipher->tag_length + (more ? 1 : 0);
}

/* The plaintext's greatest length; negative when the record cannot hold its tag. */
static long plaintext_max(const lk_slot *slot, const lk_operation *operation)
{
    return (long)operation->input_length - (long)overhead_min(slot);
}

/* The least; padding of TLS 1.3 may be all of it, that of CBC 256 bytes. */
static long plaintext_min(const lk_slot *slot, long max)
{
    long padding = slot->version == LK_TLS1_3 ? max : slot->cipher->kind == LK_KIND_CBC ? LK_CBC_PADDING_MAX - 1 : 0;
    return max > padding ? max - padding : 0;
}

/* What software asks for, so that the same operation may go to either: room for what is decrypted before the MAC is
 * known. */
static long opened_room(const lk_slot *slot, const lk_operation *operation)
{
    if (slot->cipher->kind == LK_KIND_AEAD)
        return plaintext_max(slot, operation);
    bool inside = slot->cipher->kind == LK_KIND_CBC && !slot->encrypt_then_mac;
    return (long)operation->input_length - (long)LK_RECORD_HEADER_LENGTH - (long)explicit_nonce_length(slot) -
           (inside ? 0 : slot->cipher->tag_length);
}

static lk_error check_open(const lk_slot *slot, const lk_operation *operation)
{
    lk_reader reader = lk_reader_over(operation->input, operation->input_length);
    lk_reader_u8(&reader);
    lk_reader_u16(&reader);
    lk_reader_vector16(&reader);
    if (!lk_reader_finished(&reader))
        return LK_ERROR_INVALID_ARGUMENT;
    if (operation->input_length > LK_RECORD_BYTES_MAX)
        return LK_ERROR_RECORD_OVERFLOW; /* longer than the device's command may be */
    return (long)operation->output_capacity < opened_room(slot, operation) ? LK_ERROR_INVALID_ARGUMENT : LK_OK;
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
        pending->length_min = pending->length_max = (uint16_t)sealed_length(slot, operation);
        return;
    }
    long most = plaintext_max(slot, operation);
    pending->length_max = most > 0 ? (uint16_t)most : 0;
    pending->length_min = most < 0 ? 1 : (uint16_t)plaintext_min(slot, most);
}

/* The parts of a sealed record that are no secret are the host's to know: header, explicit nonce or IV. */
static bool sealed_as_asked(const lk_slot *slot, const lk_operation *operation, const uint8_t *record, size_t length)
{
    lk_reader reader = lk_reader_over(record, length);
    uint8_t type = lk_reader_u8(&reader);
    uint16_t version = lk_reader_u16(&reader);
    lk_reader fragment = lk_reader_vector16(&reader);
    bool inner = slot->version == LK_TLS1_3;
    bool carried = true;
    size_t iv_length = lk_operation_iv_length(slot);
    if (iv_length > 0) {
        const uint8_t *iv = lk_reader_bytes(&fragment, iv_length);
        carried = iv && memcmp(iv, operation->iv, iv_length) == 0;
    } else if (slot->cipher->kind == LK_KIND_AEAD && explicit_nonce_length(slot) > 0) {
        carried = lk_reader_u64(&fragment) == operation->sequence;
    }
    return lk_reader_finished(&reader) && !fragment.failed && carried &&
           version == (inner ? LK_TLS1_2 : slot->version) &&
           type == (inner ? LK_CONTENT_APPLICATION_DATA : operation->content_type);
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
    operation->near_limit = false;
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
    bool near_limit = slot->kind == LK_SEAL && completion->content_type == LK_SEAL_NEAR_LIMIT;
    if (near_limit && !slot->limited)
        return LK_ERROR_DEVICE_PROTOCOL;
    if (slot->kind == LK_SEAL ? !sealed_as_asked(slot, operation, payload, completion->length)
                              : !type_possible(slot, operation, completion->content_type))
        return LK_ERROR_DEVICE_PROTOCOL;
    memcpy(operation->output, payload, completion->length);
    if (slot->kind == LK_OPEN)
        operation->content_type = completion->content_type;
    operation->near_limit = near_limit;
    operation_finish(slot, operation, LK_OK, completion->length);
    return LK_OK;
}
