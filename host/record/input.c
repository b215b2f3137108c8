/* SPDX-License-Identifier: Apache-2.0 */
#include "record/input.h"

#include "base/secret.h"

#include <stdlib.h>
#include <string.h>

void lk_wire_input_init(lk_wire_input *input, size_t records, size_t record_max)
{
    *input = (lk_wire_input){.capacity = records * record_max, .record_max = record_max};
}

void lk_wire_input_free(lk_wire_input *input)
{
    if (input->memory)
        lk_secret_wipe(input->memory, input->capacity); /* records are opened in place: this holds plaintext */
    free(input->memory);
}

void lk_wire_input_release(lk_wire_input *input)
{
    if (!input->memory || input->parsed != input->end)
        return;
    lk_wire_input_free(input);
    input->memory = NULL;
    input->start = input->parsed = input->end = 0;
}

static void input_compact(lk_wire_input *input)
{
    input->start = input->parsed;
    size_t used = input->end - input->start;
    if (used > 0 && (input->capacity - input->end >= input->record_max || used >= input->record_max))
        return; /* room enough, or a whole record to read first: no need to move anything */
    if (used > 0)
        memmove(input->memory, input->memory + input->start, used);
    input->start = input->parsed = 0;
    input->end = used;
}

uint8_t *lk_wire_input_room(lk_wire_input *input, bool idle, size_t *room)
{
    *room = 0;
    if (!input->memory)
        input->memory = malloc(input->capacity);
    if (!input->memory)
        return NULL;
    if (idle)
        input_compact(input);
    *room = input->capacity - input->end;
    return input->memory + input->end;
}

void lk_wire_input_received(lk_wire_input *input, size_t length)
{
    size_t room = input->memory ? input->capacity - input->end : 0;
    input->end += length < room ? length : room;
}
