/* uart.h: one serial port: a 16550A (or, by setting, a 16450 or 8250) at 1.8432 MHz. Registers:
 * uart.c. */
#ifndef GLASS86_UART_H
#define GLASS86_UART_H

#include "devices/event.h"
#include "devices/state.h"
#include "mmu/bus.h"
#include "mmu/line.h"

enum { UART_16550A, UART_16450, UART_8250 };
enum { UART_FIFO = 16 };

/* Modem inputs: pin numbers of uart_set_modem() and bit numbers of UartConfig.inputs. */
enum { UART_CTS, UART_DSR, UART_RI, UART_DCD };

typedef struct {
    Bus *bus;
    EventQueue *queue;
    Snap *snap;
    const char *name; /* "uart0" ...: unique, at most 10 characters, static */
    u16 base;         /* first of 8 ports: 3F8h, 2F8h, 3E8h, 2E8h */
    u8 kind;          /* UART_16550A ... */
    u8 inputs;        /* modem inputs active at power on: 1 << UART_CTS | ... */
    Line irq;
    Line dtr, rts;                         /* modem outputs, high = active */
    void (*tx)(void *ctx, u8 byte);        /* a byte has left the shift register; may be NULL */
    void (*tx_break)(void *ctx, bool on);  /* break began or ended; may be NULL */
    void (*rx_room)(void *ctx);            /* uart_rx() will take a byte again; may be NULL */
    void *ctx;
} UartConfig;

typedef struct {
    u8 ier, fcr, lcr, mcr, scr;
    u8 lsr_errors; /* LSR bits 1-4 that wait to be read */
    u8 msr_delta;  /* MSR bits 0-3 */
    u8 inputs;     /* 1 << UART_CTS ..., the pins themselves */
    u16 divisor;
    u16 rx[UART_FIFO]; /* bits 8-15: LSR error bits of this character; [0] is the oldest */
    u8 rx_count;
    u8 rbr;            /* the byte read last */
    u8 rx_timeout;     /* character time-out indication */
    u8 tx[UART_FIFO];
    u8 tx_count;
    u8 tsr;            /* the byte being shifted out */
    u8 tsr_busy;
    u8 thre_pending;   /* THR-empty interrupt */
    u8 rx_busy;        /* a character is being shifted in from the line */
    u16 rsr;           /* that character, flags as in rx[] */
    u8 modem;          /* modem status as last seen, inputs or loopback: bits 4-7 of MSR */
    u8 irq_level, pins; /* levels driven */
    u64 tx_end;        /* cycle of the oscillator at which the shift register is done */
} UartState;

typedef struct {
    UartState s;
    UartConfig cfg;
    Event tx_due, rx_due, timeout;
    char event_names[3][16];
} Uart;

void uart_init(Uart *u, const UartConfig *cfg);
void uart_reset(Uart *u);
void uart_post_load(Uart *u);

/* Hands tx what the guest has written and the line has not carried yet, for a machine that is
 * about to end: a guest that powers off right behind its last character expects to see it.
 * Changes no state. */
void uart_drain(const Uart *u);

/* A byte arrives on the line; it enters the receiver one character time later. false: the receiver
 * is busy, full or looped back, and the byte was not taken; ask uart_rx_ready() or wait for
 * rx_room. */
bool uart_rx(Uart *u, u8 byte);
bool uart_rx_ready(const Uart *u);
bool uart_rx_break(Uart *u); /* the same for a break of one character time */

/* Modem input pin UART_CTS ... changes; true = active. */
void uart_set_modem(void *uart, int pin, bool level);

#endif
