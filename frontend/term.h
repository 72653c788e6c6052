/* term.h: the host terminal. Whoever changes its modes does so here, so that one function puts
 * it back on every way out: normal end, panic, signal. There is one terminal per process, hence
 * no object. */
#ifndef GLASS86_TERM_H
#define GLASS86_TERM_H

#include "mmu/base.h"

/* Standard input is a terminal. */
bool term_present(void);

/* No echo, no line editing; with `signals` Ctrl-C still interrupts. False: not a terminal. */
bool term_raw(bool signals);

/* Bytes to send to standard output when the terminal is restored; a string constant, or NULL. */
void term_set_goodbye(const char *sequence);

/* Puts everything back. Legal at any time, also twice and in a signal handler. */
void term_restore(void);

/* Columns and rows of standard output; 80x25 when unknown. */
void term_size(int *columns, int *rows);

/* Writes all bytes to a descriptor, waiting if it must. False: the other side is gone or full. */
bool term_write(int fd, const void *data, size_t n);

/* SIGINT, SIGTERM and SIGHUP ask for a clean end (term_quit_signal() is then not 0); crashes,
 * suspend and continue leave and re-enter the terminal properly. term_resumed() tells once after
 * a continue or a change of size that the screen must be drawn anew. */
void term_handle_signals(void);
int term_quit_signal(void);
void term_forget_signal(void); /* it was an interrupt for the debugger */
bool term_resumed(void);

#endif
