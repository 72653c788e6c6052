/* wavtool.c: looks at WAV files for tests/sound. The header is checked on every use. Commands:
 *
 *   wavtool info F                           rate, length in seconds, peaks
 *   wavtool digest F                         a 64-bit digest of the sound
 *   wavtool tone F FROM TO left|right HZ     the strongest tone between two seconds is HZ, to
 *                                            0.5 %, by zero crossings and by Goertzel's filter
 *   wavtool silent F FROM TO                 every sample is 0
 *   wavtool spectrum F FROM TO left|right    the ten strongest peaks
 *   wavtool snr F FROM TO left|right BAND DB HZ...  these tones together are DB stronger than all
 *                                            else up to BAND
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    int16_t *at; /* left and right by turns */
    size_t frames;
    unsigned rate;
} Sound;

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "wavtool: %s\n", what);
    exit(2);
}

static unsigned long number(const uint8_t *p, int bytes)
{
    unsigned long v = 0;
    for (int i = bytes; i--;)
        v = v << 8 | p[i];
    return v;
}

/* The header must tell the truth about the file, to the byte. */
static Sound load(const char *path)
{
    uint8_t h[44];
    FILE *f = fopen(path, "rb");
    if (!f || fread(h, 1, sizeof h, f) != sizeof h)
        die("cannot read the header");
    fseek(f, 0, SEEK_END);
    unsigned long size = (unsigned long)ftell(f), data = number(h + 40, 4);
    if (memcmp(h, "RIFF", 4) || memcmp(h + 8, "WAVEfmt ", 8) || memcmp(h + 36, "data", 4) ||
        number(h + 4, 4) != size - 8 || number(h + 16, 4) != 16 || number(h + 20, 2) != 1 ||
        number(h + 22, 2) != 2 || number(h + 28, 4) != number(h + 24, 4) * 4 ||
        number(h + 32, 2) != 4 || number(h + 34, 2) != 16 || data != size - 44 || data % 4)
        die("the header is wrong");
    Sound s = {malloc(data + 1), data / 4, (unsigned)number(h + 24, 4)};
    uint8_t *raw = malloc(data + 1);
    fseek(f, 44, SEEK_SET);
    if (!s.at || !raw || fread(raw, 1, data, f) != data)
        die("cannot read the sound");
    for (size_t i = 0; i < data / 2; i++)
        s.at[i] = (int16_t)number(raw + i * 2, 2);
    free(raw);
    fclose(f);
    return s;
}

/* The part of one side between two seconds, without its mean. */
static double *cut(const Sound *s, const char *from, const char *to, const char *side, size_t *n)
{
    size_t a = (size_t)(atof(from) * s->rate), b = (size_t)(atof(to) * s->rate);
    if (b > s->frames || a + 64 > b)
        die("the file is too short");
    double *x = malloc((b - a) * sizeof *x), mean = 0;
    *n = b - a;
    for (size_t i = 0; i < *n; i++)
        mean += x[i] = s->at[(a + i) * 2 + !strcmp(side, "right")];
    for (size_t i = 0; i < *n; i++)
        x[i] -= mean / (double)*n;
    return x;
}

static double power(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i];
    return sum / (double)n;
}

/* Amplitude at f, under a Hann window (Goertzel's recurrence). */
static double goertzel(const double *x, size_t n, double f, double rate)
{
    double c = 2 * cos(2 * M_PI * f / rate), a = 0, b = 0;
    for (size_t i = 0; i < n; i++) {
        double t = x[i] * (1 - cos(2 * M_PI * (double)i / (double)n)) + c * a - b;
        b = a;
        a = t;
    }
    return 2 * sqrt(fmax(a * a + b * b - c * a * b, 0)) / (double)n;
}

/* Rising crossings, each armed by a fall below a quarter of the effective value. */
static double crossings(const double *x, size_t n, double rate)
{
    double limit = sqrt(power(x, n)) / 4, first = 0, last = 0;
    long count = -1;
    bool armed = false;
    for (size_t i = 1; i < n; i++) {
        if (x[i] < -limit)
            armed = true;
        if (armed && x[i - 1] < 0 && x[i] >= 0) {
            last = (double)i - x[i] / (x[i] - x[i - 1]);
            if (++count == 0)
                first = last;
            armed = false;
        }
    }
    return count > 0 ? rate * (double)count / (last - first) : 0;
}

/* A mean over a third of the wanted period: what is far above it, as a carrier, does not count. */
static void smooth(double *x, size_t n, size_t width)
{
    double sum = 0;
    double *copy = malloc(n * sizeof *copy);
    memcpy(copy, x, n * sizeof *x);
    for (size_t i = 0; i < n; i++) {
        sum += copy[i] - (i >= width ? copy[i - width] : 0);
        x[i] = sum / (double)width;
    }
    free(copy);
}

static double peak_near(const double *x, size_t n, double f, double span, double rate)
{
    double best = 0, at = 0;
    for (double g = f - span; g <= f + span; g += span / 100) {
        double level = goertzel(x, n, g, rate);
        if (level > best) {
            best = level;
            at = g;
        }
    }
    return at;
}

static int tone(const Sound *s, char **arg)
{
    size_t n;
    double *x = cut(s, arg[0], arg[1], arg[2], &n), hz = atof(arg[3]);
    size_t width = (size_t)(s->rate / hz / 3);
    smooth(x, n, width ? width : 1);
    double by_crossing = crossings(x, n, s->rate),
           by_filter = peak_near(x, n, hz, hz / 20, s->rate);
    double level = goertzel(x, n, by_filter, s->rate), all = sqrt(2 * power(x, n));
    bool ok = fabs(by_crossing / hz - 1) <= 0.005 && fabs(by_filter / hz - 1) <= 0.005 &&
              level > 100 && level > all / 2;
    printf("%.2f Hz by crossings, %.2f Hz by filter, level %.0f of %.0f; wanted %.2f Hz\n",
           by_crossing, by_filter, level, all, hz);
    free(x);
    return !ok;
}

static int silent(const Sound *s, char **arg)
{
    size_t a = (size_t)(atof(arg[0]) * s->rate), b = (size_t)(atof(arg[1]) * s->rate);
    if (b > s->frames || a >= b)
        die("the file is too short");
    for (size_t i = a * 2; i < b * 2; i++)
        if (s->at[i]) {
            printf("%d at %.4f s\n", s->at[i], (double)(i / 2) / s->rate);
            return 1;
        }
    return 0;
}

static void take_out(double *x, size_t n, double f, double rate)
{
    double w = 2 * M_PI * f / rate, re = 0, im = 0;
    for (size_t k = 0; k < n; k++) {
        re += x[k] * cos(w * (double)k);
        im += x[k] * sin(w * (double)k);
    }
    for (size_t k = 0; k < n; k++)
        x[k] -= 2 * (re * cos(w * (double)k) + im * sin(w * (double)k)) / (double)n;
}

static int spectrum(const Sound *s, char **arg)
{
    size_t n;
    double *x = cut(s, arg[0], arg[1], arg[2], &n), step = (double)s->rate / (double)n * 2;
    for (int i = 0; i < 10; i++) {
        double best = 0, at = 0;
        for (double f = 20; f < s->rate / 2.0; f += step) {
            double level = goertzel(x, n, f, s->rate);
            if (level > best) {
                best = level;
                at = f;
            }
        }
        at = peak_near(x, n, at, step, s->rate);
        printf("%9.2f Hz  %7.1f\n", at, goertzel(x, n, at, s->rate));
        take_out(x, n, at, s->rate);
    }
    free(x);
    return 0;
}

/* The rest is added up bin by bin; under a Hann window each sees 1.5 of them. */
static int snr(const Sound *s, int count, char **arg)
{
    size_t n;
    double *x = cut(s, arg[0], arg[1], arg[2], &n), band = atof(arg[3]), tones = 0, rest = 0;
    for (int i = 5; i < count; i++) {
        double f = peak_near(x, n, atof(arg[i]), s->rate / (double)n, s->rate);
        double level = goertzel(x, n, f, s->rate);
        tones += level * level;
        take_out(x, n, f, s->rate);
    }
    for (double f = (double)s->rate / (double)n * 2; f <= band; f += (double)s->rate / (double)n) {
        double level = goertzel(x, n, f, s->rate);
        rest += level * level / 1.5;
    }
    free(x);
    double db = 10 * log10(tones / rest);
    printf("%.1f dB up to %.0f Hz, wanted %s\n", db, band, arg[4]);
    return !(db >= atof(arg[4]));
}

static int info(const Sound *s)
{
    int peak[2] = {0, 0};
    for (size_t i = 0; i < s->frames * 2; i++)
        if (abs(s->at[i]) > peak[i & 1])
            peak[i & 1] = abs(s->at[i]);
    printf("%u Hz, %.3f s, peaks %d %d\n", s->rate, (double)s->frames / s->rate, peak[0], peak[1]);
    return 0;
}

static int digest(const Sound *s)
{
    uint64_t h = 0xCBF29CE484222325u; /* FNV-1a, by samples */
    for (size_t i = 0; i < s->frames * 2; i++)
        h = (h ^ (uint16_t)s->at[i]) * 0x100000001B3u;
    printf("%016llx\n", (unsigned long long)h);
    return 0;
}

static int run(const Sound *s, int argc, char **argv)
{
    if (!strcmp(argv[1], "info"))
        return info(s);
    if (!strcmp(argv[1], "digest"))
        return digest(s);
    if (!strcmp(argv[1], "tone") && argc == 7)
        return tone(s, argv + 3);
    if (!strcmp(argv[1], "silent") && argc == 5)
        return silent(s, argv + 3);
    if (!strcmp(argv[1], "spectrum") && argc == 6)
        return spectrum(s, argv + 3);
    if (!strcmp(argv[1], "snr") && argc > 8)
        return snr(s, argc - 3, argv + 3);
    die("unknown command");
}

int main(int argc, char **argv)
{
    if (argc < 3)
        die("info|digest|tone|silent|spectrum|snr FILE ...");
    Sound s = load(argv[2]);
    int status = run(&s, argc, argv);
    free(s.at);
    return status;
}
