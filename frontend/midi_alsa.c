/* midi_alsa.c: MIDI to the host's ALSA sequencer. A frame's worth of messages comes from the
 * machine at once, so each is scheduled on a queue, at its distance in guest time from the one
 * before, a little behind the host's clock; where the two clocks part by more than that, they are
 * set together again. */
#include "frontend/midi.h"

#include <stdio.h>
#include <stdlib.h>

#ifndef HAVE_ALSA

AlsaMidi *alsa_midi_open(const char *port, char *err, size_t errlen)
{
    snprintf(err, errlen,
             "this build has no ALSA; install libasound2-dev and rebuild, or use "
             "-midi F.mid");
    return NULL;
}

void alsa_midi_message(AlsaMidi *a, u64 ms, const u8 *message, u32 n)
{
}

void alsa_midi_close(AlsaMidi *a)
{
}

#else
#include <alsa/asoundlib.h>

enum { BEHIND_MS = 40 };

struct AlsaMidi {
    snd_seq_t *seq;
    snd_midi_event_t *encoder;
    int port, queue;
    u64 guest_ms, host_ms; /* the same moment */
};

static void quiet(const char *file, int line, const char *function, int error, const char *text,
                  ...)
{
}

static bool connect_port(AlsaMidi *a, const char *port, char *err, size_t errlen)
{
    snd_seq_addr_t to;
    int status = snd_seq_parse_address(a->seq, &to, port);
    if (!status)
        status = snd_seq_connect_to(a->seq, a->port, to.client, to.port);
    if (status)
        snprintf(err, errlen, "no ALSA port %.80s: %s; `aconnect -o` lists them", port,
                 snd_strerror(status));
    return !status;
}

AlsaMidi *alsa_midi_open(const char *port, char *err, size_t errlen)
{
    AlsaMidi *a = calloc(1, sizeof *a);
    if (!a)
        panic("out of host memory for -midi");
    snd_lib_error_set_handler(quiet);
    int status = snd_seq_open(&a->seq, "default", SND_SEQ_OPEN_OUTPUT, SND_SEQ_NONBLOCK);
    if (status) {
        snprintf(err, errlen, "no ALSA sequencer: %s; load snd-seq, or use -midi F.mid",
                 snd_strerror(status));
        free(a);
        return NULL;
    }
    snd_seq_set_client_name(a->seq, "glass86");
    a->port = snd_seq_create_simple_port(a->seq, "MIDI out",
                                         SND_SEQ_PORT_CAP_READ | SND_SEQ_PORT_CAP_SUBS_READ,
                                         SND_SEQ_PORT_TYPE_MIDI_GENERIC);
    a->queue = snd_seq_alloc_queue(a->seq);
    if (a->port < 0 || a->queue < 0 || snd_midi_event_new(MIDI_LONGEST, &a->encoder)) {
        snprintf(err, errlen, "the ALSA sequencer has no port or queue left; use -midi F.mid");
        alsa_midi_close(a);
        return NULL;
    }
    snd_midi_event_no_status(a->encoder, 1);
    snd_seq_start_queue(a->seq, a->queue, NULL);
    snd_seq_drain_output(a->seq);
    if (port && !connect_port(a, port, err, errlen)) {
        alsa_midi_close(a);
        return NULL;
    }
    return a;
}

static u64 host_now(AlsaMidi *a)
{
    snd_seq_queue_status_t *status;
    snd_seq_queue_status_alloca(&status);
    if (snd_seq_get_queue_status(a->seq, a->queue, status))
        return 0;
    const snd_seq_real_time_t *t = snd_seq_queue_status_get_real_time(status);
    return (u64)t->tv_sec * 1000 + t->tv_nsec / 1000000;
}

/* A peer that does not listen loses what does not fit. */
void alsa_midi_message(AlsaMidi *a, u64 ms, const u8 *message, u32 n)
{
    snd_seq_event_t event;
    snd_seq_ev_clear(&event);
    snd_midi_event_reset_encode(a->encoder);
    if (snd_midi_event_encode(a->encoder, message, (long)n, &event) != (long)n)
        return;
    u64 now = host_now(a), due = a->host_ms + (ms - a->guest_ms);
    if (ms < a->guest_ms || due < now || due > now + 2 * BEHIND_MS) {
        a->guest_ms = ms;
        a->host_ms = due = now + BEHIND_MS;
    }
    snd_seq_real_time_t when = {(unsigned)(due / 1000), (unsigned)(due % 1000 * 1000000)};
    snd_seq_ev_set_source(&event, (unsigned char)a->port);
    snd_seq_ev_set_subs(&event);
    snd_seq_ev_schedule_real(&event, a->queue, 0, &when);
    snd_seq_event_output(a->seq, &event);
    snd_seq_drain_output(a->seq);
}

/* Notes that still sound are ended. */
void alsa_midi_close(AlsaMidi *a)
{
    if (!a)
        return;
    for (u8 channel = 0; a->encoder && channel < 16; channel++)
        alsa_midi_message(a, a->guest_ms, (u8[]){0xB0 | channel, 123, 0}, 3);
    if (a->encoder) {
        snd_seq_nonblock(a->seq, 0);
        snd_seq_sync_output_queue(a->seq);
        snd_midi_event_free(a->encoder);
    }
    snd_seq_close(a->seq);
    free(a);
}
#endif
