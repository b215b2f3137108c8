/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/setup.h"
#include "tools/keylog.h"
#include "tools/pkcs12.h"
#include "tools/psk.h"
#include "tools/report.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

int lk_setup_check(const lk_setup *setup, const char *doing, lk_error error)
{
    return error ? lk_report_error(doing, error, lk_config_diagnosis(setup->config)) : LK_EXIT_OK;
}

/* Opens the device, or says why it is done without: never in silence where the user named a device. */
static int choose_engine(lk_setup *setup)
{
    const lk_options *options = setup->options;
    lk_error error;

    if (options->policy == LK_ENGINE_SOFTWARE) {
        setup->engine_reason = "software was asked for";
        return lk_setup_check(setup, "--engine", lk_config_set_engine(setup->config, NULL, LK_ENGINE_SOFTWARE, NULL));
    }
    error = lk_attachment_open(&setup->attachment, options->device);
    if (error && options->policy != LK_ENGINE_AUTO && options->policy != LK_ENGINE_PREFER_DEVICE)
        return lk_report_error(options->device ? options->device : "usb:", error, setup->attachment.reason);
    if (error && options->device)
        lk_report("%s: %s [%s]; records are made in software", options->device, setup->attachment.reason,
                  lk_error_name(error));
    setup->engine_reason = error ? setup->attachment.reason : "a device is attached";
    return lk_setup_check(setup, "--engine",
                          lk_config_set_engine(setup->config, setup->attachment.engine, options->policy,
                                               error ? setup->attachment.reason : NULL));
}

static int negotiate_exchange(lk_setup *setup)
{
    const lk_options *options = setup->options;
    int status = LK_EXIT_OK;
    if (options->groups)
        status = lk_setup_check(setup, "--groups", lk_config_set_groups(setup->config, options->groups));
    if (!status && options->dh_minimum)
        status =
            lk_setup_check(setup, "--dh-min", lk_config_set_dh_minimum(setup->config, (unsigned)options->dh_minimum));
    if (!status && options->pins)
        status = lk_setup_check(setup, "--pin", lk_config_pin_keys(setup->config, options->pins));
    if (!status && options->crl)
        status = lk_setup_check(setup, "--crl", lk_config_use_crl_file(setup->config, options->crl, false));
    if (!status && options->pkcs12)
        status = lk_pkcs12_use(setup, options->pkcs12);
    if (!status && options->psk)
        status = lk_psk_use(setup, options->psk);
    return status;
}

static int negotiate(lk_setup *setup)
{
    const lk_options *options = setup->options;
    uint16_t lowest = options->lowest ? options->lowest : LK_VERSION_TLS1_2;
    uint16_t highest = options->highest ? options->highest : LK_VERSION_TLS1_3;
    int status = lk_setup_check(setup, "TLS versions", lk_config_set_versions(setup->config, lowest, highest));
    if (!status && options->suites)
        status = lk_setup_check(setup, "--suites", lk_config_set_suites(setup->config, options->suites));
    if (!status)
        status = negotiate_exchange(setup);
    if (!status && options->alpn)
        status = lk_setup_check(setup, "--alpn", lk_config_set_alpn(setup->config, options->alpn));
    lk_config_set_tickets(setup->config, !options->no_tickets);
    lk_renegotiation renegotiation = options->renegotiation;
    if (options->renegotiate && renegotiation == LK_RENEGOTIATION_OFF)
        renegotiation = LK_RENEGOTIATION_SAME_PEER;
    if (!status)
        status = lk_setup_check(setup, "--renegotiation", lk_config_set_renegotiation(setup->config, renegotiation));
    if (!status && options->max_fragment)
        status = lk_setup_check(setup, "--max-fragment",
                                lk_config_set_max_fragment(setup->config, (size_t)options->max_fragment));
    if (!status && options->record_limit)
        status = lk_setup_check(setup, "--record-limit",
                                lk_config_set_record_size_limit(setup->config, (size_t)options->record_limit));
    if (!status && options->padding)
        status = lk_setup_check(setup, "--pad", lk_config_set_padding(setup->config, (size_t)options->padding));
    lk_config_set_fallback(setup->config, options->fallback);
    if (options->overlong)
        lk_config_accept_overlong_records(setup->config);
    if (options->exported || options->binding)
        lk_config_keep_export_secret(setup->config);
    if (options->legacy_sessions)
        lk_config_allow_legacy_resumption(setup->config);
    return status;
}

static void log_secret(void *context, const char *line)
{
    lk_setup *setup = context;
    if (setup->key_log >= 0)
        lk_key_log_append(&setup->key_log, line);
    lk_capture_secret(&setup->capture, line);
}

static int start_logs(lk_setup *setup)
{
    const char *path = setup->options->key_log;
    if (path && lk_key_log_open(path, &setup->key_log)) {
        lk_report("the key log %s cannot be opened: %s", path, strerror(errno));
        return LK_EXIT_FAILURE;
    }
    if (path || setup->options->capture)
        lk_config_set_key_log(setup->config, log_secret, setup);
    if (!setup->options->capture)
        return LK_EXIT_OK;
    lk_config_set_wire_tap(setup->config, lk_capture_tap, &setup->capture);
    return lk_capture_open(&setup->capture, setup->options->capture);
}

int lk_setup_open(lk_setup *setup, const lk_options *options)
{
    int status;
    *setup = (lk_setup){.options = options, .config = lk_config_new(), .key_log = -1, .engine_reason = ""};
    if (!setup->config)
        return lk_report_error("starting", LK_ERROR_NO_MEMORY, NULL);
    status = negotiate(setup);
    if (!status)
        status = start_logs(setup);
    if (!status)
        status = choose_engine(setup);
    if (!status && options->trace) {
        lk_trace_begin(&setup->trace, stderr);
        lk_config_set_observer(setup->config, lk_trace_observe, &setup->trace);
    }
    return status;
}

void lk_setup_close(lk_setup *setup)
{
    lk_config_free(setup->config);
    lk_attachment_close(&setup->attachment);
    lk_capture_close(&setup->capture);
    if (setup->key_log >= 0)
        (void)close(setup->key_log);
}
