/* fdc_parts.h: what the two halves of the floppy controller share. fdc.c: registers, interrupts,
 * commands without data; fdc_data.c: the commands that meet sectors. Nobody else includes this. */
#ifndef GLASS86_FDC_PARTS_H
#define GLASS86_FDC_PARTS_H

#include "devices/fdc.h"

typedef enum {
    PHASE_COMMAND, /* waiting for a command or its parameters */
    PHASE_SEARCH,  /* executing: the sector is on its way to the head */
    PHASE_MOVE,    /* executing: bytes of a sector move */
    PHASE_FAIL,    /* executing: nothing found, the second index pulse is on its way */
    PHASE_RESULT,
    PHASE_RESET, /* held in reset by DOR */
} FdcPhase;

/* Low five bits of the command byte; the upper three are MT, MF and SK. */
enum {
    OP_READ_TRACK = 0x02,
    OP_SPECIFY = 0x03,
    OP_SENSE_DRIVE = 0x04,
    OP_WRITE = 0x05,
    OP_READ = 0x06,
    OP_RECALIBRATE = 0x07,
    OP_SENSE_INTERRUPT = 0x08,
    OP_WRITE_DELETED = 0x09,
    OP_READ_ID = 0x0A,
    OP_READ_DELETED = 0x0C,
    OP_FORMAT = 0x0D,
    OP_DUMPREG = 0x0E,
    OP_SEEK = 0x0F,
    OP_VERSION = 0x10,
    OP_SCAN_EQUAL = 0x11,
    OP_PERPENDICULAR = 0x12,
    OP_CONFIGURE = 0x13,
    OP_LOCK = 0x14,
    OP_VERIFY = 0x16,
    OP_SCAN_LOW = 0x19,
    OP_SCAN_HIGH = 0x1D,
    CMD_MT = 0x80,
    CMD_MFM = 0x40,
    CMD_SK = 0x20,
};

enum {
    ST0_ABNORMAL = 0x40,
    ST0_INVALID = 0x80,
    ST0_POLLING = 0xC0,
    ST0_SEEK_END = 0x20,
    ST0_EQUIPMENT = 0x10,
    ST1_END_OF_CYLINDER = 0x80,
    ST1_DATA_ERROR = 0x20,
    ST1_OVERRUN = 0x10,
    ST1_NO_DATA = 0x04,
    ST1_NOT_WRITABLE = 0x02,
    ST1_NO_MARK = 0x01,
    ST2_CONTROL_MARK = 0x40,
    ST2_DATA_ERROR = 0x20,
    ST2_WRONG_CYLINDER = 0x10,
    ST2_SCAN_HIT = 0x08,
    ST2_SCAN_MISS = 0x04,
    ST3_PROTECTED = 0x40,
    ST3_TRACK0 = 0x10,
    ST3_ALWAYS = 0x28, /* bits 5 and 3 */
};

enum {
    CONFIG_IMPLIED_SEEK = 0x40,
    CONFIG_FIFO_OFF = 0x20,
    CONFIG_POLL_OFF = 0x10,
    CONFIG_THRESHOLD = 0x0F
};

static inline u8 fdc_op(const Fdc *f)
{
    return f->s.command[0] & 0x1F;
}

static inline bool fdc_pio(const Fdc *f) /* SPECIFY's ND bit */
{
    return f->s.hlt_nd & 1;
}

static inline Disk *fdc_disk(const Fdc *f, int unit)
{
    return unit < FDC_DRIVES && f->s.unit[unit].type ? f->disk[unit] : NULL;
}

/* fdc.c */
void fdc_set_int(Fdc *f, bool level);
void fdc_result(Fdc *f, int len); /* s.result is filled: start the result phase */
/* Steps the heads of a unit by n tracks (negative: outwards). Returns the time it takes, in
 * ticks. */
u64 fdc_step_heads(Fdc *f, int unit, int n);

/* fdc_data.c */
void fdc_data_start(Fdc *f);             /* all parameters of a data command are there */
void fdc_data_step(void *ctx, u64 when); /* event */
u8 fdc_data_read(Fdc *f);                /* the data register in the execution phase, without DMA */
void fdc_data_write(Fdc *f, u8 value);
bool fdc_data_to_host(const Fdc *f); /* which way the command in execution moves bytes */

#endif
