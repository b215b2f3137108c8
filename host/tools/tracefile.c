/* SPDX-License-Identifier: Apache-2.0 */
/* `latchkey trace`: the transactions in a capture, as --trace shows those of one's own connections. */
#include "tools/captured.h"
#include "tools/command.h"
#include "tools/report.h"
#include "tools/streams.h"

#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 65536, PATIENCE_MS = 1000, LOOK_AGAIN_MS = 50 };
enum { OPTION_KEY_LOG = 256, OPTION_FOLLOW, OPTION_BRIEF };

typedef struct lk_trace_command {
    const char *capture, *key_log;
    bool follow, brief;
    int capture_file, key_log_file;
    lk_watch_keys *keys;
    lk_trace trace;
    lk_streams streams;
    unsigned fragments, malformed, unknown_links;
} lk_trace_command;

static void sleep_ms(int ms)
{
    (void)nanosleep(&(struct timespec){.tv_nsec = (long)ms * 1000000}, NULL);
}

/* Reads from the capture; with --follow its end is not the end. */
static long read_capture(void *context, uint8_t *bytes, size_t capacity)
{
    const lk_trace_command *command = context;
    for (;;) {
        ssize_t got = read(command->capture_file, bytes, capacity);
        if (got > 0 || (got < 0 && errno != EINTR) || (got == 0 && !command->follow))
            return (long)got;
        if (got == 0)
            sleep_ms(LOOK_AGAIN_MS);
    }
}

/* Takes in the lines that the key log has by now, whole ones alone. Returns whether there were any. */
static bool read_key_log(lk_trace_command *command)
{
    static char text[CHUNK];
    bool any = false;
    off_t at = lseek(command->key_log_file, 0, SEEK_CUR);
    ssize_t got;
    while (at >= 0 && (got = pread(command->key_log_file, text, sizeof text, at)) > 0) {
        size_t length = (size_t)got;
        while (command->follow && length > 0 && text[length - 1] != '\n')
            length--; /* the rest of the line is still to come */
        const char *last = memrchr(text, '\n', length);
        if (got == sizeof text && last)
            length = (size_t)(last - text) + 1;
        if (length == 0 || lk_watch_keys_add(command->keys, text, length))
            break;
        any = true;
        at = lseek(command->key_log_file, (off_t)length, SEEK_CUR);
    }
    explicit_bzero(text, sizeof text);
    return any;
}

/* An lk_watch_more: whoever speaks may write the secret a moment after the records that it opens. */
static bool wait_for_key_log(void *context, lk_watch_keys *keys)
{
    (void)keys;
    for (int waited = 0; waited < PATIENCE_MS; waited += LOOK_AGAIN_MS) {
        if (read_key_log(context))
            return true;
        sleep_ms(LOOK_AGAIN_MS);
    }
    return false;
}

static int open_key_log(lk_trace_command *command)
{
    if (!command->key_log)
        return LK_EXIT_OK;
    command->key_log_file = open(command->key_log, O_RDONLY | O_CLOEXEC);
    if (command->key_log_file < 0) {
        lk_report("the key log %s cannot be read: %s", command->key_log, strerror(errno));
        return LK_EXIT_FAILURE;
    }
    (void)read_key_log(command);
    if (command->follow)
        lk_watch_keys_ask(command->keys, wait_for_key_log, command);
    else if (lk_watch_keys_count(command->keys) == 0)
        lk_report("the key log %s has no line that is of use here", command->key_log);
    return LK_EXIT_OK;
}

static int open_capture(lk_trace_command *command)
{
    if (strcmp(command->capture, "-") == 0) {
        command->capture_file = STDIN_FILENO;
        return LK_EXIT_OK;
    }
    command->capture_file = open(command->capture, O_RDONLY | O_CLOEXEC);
    if (command->capture_file >= 0)
        return LK_EXIT_OK;
    lk_report("the capture %s cannot be read: %s", command->capture, strerror(errno));
    return LK_EXIT_FAILURE;
}

static lk_error take_secrets(lk_trace_command *command, lk_reader text)
{
    return lk_watch_keys_add(command->keys, (const char *)text.next, text.left);
}

/* Secrets may stand behind the packets that they open: a file is gone through twice. */
static lk_error look_for_secrets(lk_trace_command *command)
{
    lk_captured captured;
    lk_error error = LK_OK;
    if (command->follow || lseek(command->capture_file, 0, SEEK_CUR) != 0)
        return LK_OK;
    lk_captured_open(&captured, read_capture, command);
    lk_captured_item item = lk_captured_next(&captured);
    for (; !error && (item.kind == LK_CAPTURED_PACKET || item.kind == LK_CAPTURED_SECRETS);
         item = lk_captured_next(&captured))
        if (item.kind == LK_CAPTURED_SECRETS)
            error = take_secrets(command, item.bytes);
    lk_captured_close(&captured);
    return error || lseek(command->capture_file, 0, SEEK_SET) == 0 ? error : LK_ERROR_INPUT_OUTPUT;
}

static lk_error take_packet(lk_trace_command *command, const lk_captured_item *item)
{
    lk_segment segment;
    switch (lk_packet_parse(item->link, item->bytes, &segment)) {
    case LK_PACKET_SEGMENT:
        return lk_streams_take(&command->streams, &segment);
    case LK_PACKET_FRAGMENT:
        command->fragments++;
        break;
    case LK_PACKET_MALFORMED:
        command->malformed++;
        break;
    case LK_PACKET_UNKNOWN_LINK:
        command->unknown_links++;
        break;
    case LK_PACKET_OTHER:
        break;
    }
    return LK_OK;
}

static lk_error show_packets(lk_trace_command *command, lk_captured *captured, lk_captured_kind *last)
{
    double start = 0;
    bool begun = false;
    lk_error error = LK_OK;
    while (!error) {
        lk_captured_item item = lk_captured_next(captured);
        *last = item.kind;
        if (item.kind == LK_CAPTURED_SECRETS) {
            error = take_secrets(command, item.bytes);
        } else if (item.kind == LK_CAPTURED_PACKET) {
            start = begun ? start : item.seconds;
            begun = true;
            command->trace.seconds = item.seconds - start;
            error = take_packet(command, &item);
        } else {
            break;
        }
    }
    return error;
}

/* What was left out, lest anybody takes silence for absence. */
static void say_rest(const lk_trace_command *command)
{
    const lk_streams *streams = &command->streams;
    if (streams->shown == 0)
        lk_report("%s: there is no TLS connection in it", command->capture);
    if (streams->passed_over > 0)
        lk_report("%s: %u connections are passed over: not TLS, or begun before the capture", command->capture,
                  streams->passed_over);
    if (command->fragments > 0)
        lk_report("%s: %u fragments of IP packets are left out", command->capture, command->fragments);
    if (command->malformed > 0)
        lk_report("%s: %u packets are malformed, or cut short", command->capture, command->malformed);
    if (command->unknown_links > 0)
        lk_report("%s: %u packets are of a kind of network that is not known here", command->capture,
                  command->unknown_links);
}

static int show(lk_trace_command *command)
{
    lk_captured captured;
    lk_captured_kind last = LK_CAPTURED_END;
    lk_error error = look_for_secrets(command);
    lk_captured_open(&captured, read_capture, command);
    if (command->follow || command->capture_file == STDIN_FILENO)
        (void)setvbuf(stdout, NULL, _IOLBF, 0); /* somebody is watching */
    lk_trace_begin_captured(&command->trace, stdout);
    command->trace.brief = command->brief;
    lk_streams_open(&command->streams, command->keys, &command->trace);
    if (!error)
        error = show_packets(command, &captured, &last);
    lk_streams_close(&command->streams);
    (void)fflush(stdout);
    if (last == LK_CAPTURED_FAULT)
        lk_report("%s: %s", command->capture, captured.fault);
    lk_captured_close(&captured);
    if (error)
        return lk_report_error(command->capture, error, NULL);
    if (last == LK_CAPTURED_END || command->streams.shown > 0)
        say_rest(command);
    return last == LK_CAPTURED_FAULT ? LK_EXIT_FAILURE : LK_EXIT_OK;
}

static int run(lk_trace_command *command)
{
    int status = open_capture(command);
    command->key_log_file = -1;
    if (!status && lk_watch_keys_new(&command->keys))
        status = lk_report_error("starting", LK_ERROR_NO_MEMORY, NULL);
    if (!status)
        status = open_key_log(command);
    if (!status)
        status = show(command);
    lk_watch_keys_free(command->keys);
    if (command->key_log_file >= 0)
        (void)close(command->key_log_file);
    if (command->capture_file > STDIN_FILENO)
        (void)close(command->capture_file);
    return status;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    lk_trace_command *command = state->input;
    switch (key) {
    case OPTION_KEY_LOG:
        command->key_log = argument;
        return 0;
    case OPTION_FOLLOW:
        command->follow = true;
        return 0;
    case OPTION_BRIEF:
        command->brief = true;
        return 0;
    case ARGP_KEY_ARG:
        if (command->capture)
            argp_error(state, "one capture at a time: '%s' is one too many", argument);
        command->capture = argument;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "a capture is needed: write FILE, or - for standard input");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option table[] = {
    {"keylog", OPTION_KEY_LOG, "FILE", 0,
     "the secrets, in the SSLKEYLOGFILE format (default: $SSLKEYLOGFILE); those in the capture are taken too", 0},
    {"follow", OPTION_FOLLOW, NULL, 0, "go on when the capture ends, and show what is added to it, until interrupted",
     0},
    {"brief", OPTION_BRIEF, NULL, 0, "leave out the fields of messages", 0},
    {0}};

int lk_command_trace(int count, char **arguments)
{
    static const struct argp argp = {
        .options = table,
        .parser = parse,
        .args_doc = "FILE|-",
        .doc = "Shows the TLS connections in a capture: pcapng or pcap, from Wireshark, tcpdump or --pcap.\v"
               "What was encrypted is opened where a key log has its secrets; where not, the trace says why. "
               "`tcpdump -U -w - tcp port 443 | latchkey trace - --keylog FILE` shows connections as they happen."};
    static lk_trace_command command;
    const char *key_log = getenv("SSLKEYLOGFILE");
    if (key_log && key_log[0])
        command.key_log = key_log;
    if (argp_parse(&argp, count, arguments, 0, NULL, &command) != 0)
        return LK_EXIT_USAGE;
    return run(&command);
}
