/* piix4pm.h: power management of the chipset: ACPI timer, power-off, system control interrupt; see
 * piix4pm.c. */
#ifndef GLASS86_PIIX4PM_H
#define GLASS86_PIIX4PM_H

#include "devices/event.h"
#include "devices/pci.h"
#include "mmu/line.h"

enum { PM_PORTS = 64 };

typedef struct {
    u64 epoch; /* toggles of the timer's bit 23 that the status has been told of */
    u16 status, enable, control;
    u8 apm_command, apm_status; /* B2h, B3h */
    u16 gpe_status, gpe_enable; /* AFE0h, AFE2h */
    bool line;                  /* level of the interrupt line */
    u8 pad[3];
    u8 other[PM_PORTS];         /* registers that hold what is written */
} Piix4PmState;

typedef struct {
    Bus *bus;
    EventQueue *queue;
    Snap *snap;
    Line sci; /* IRQ 9 */
    void (*off)(void *ctx);
    void *ctx;
} Piix4PmConfig;

typedef struct {
    Piix4PmState s;
    PciFunction function;
    PciPorts ports;
    Event overflow;
    Piix4PmConfig cfg;
} Piix4Pm;

void piix4pm_init(Piix4Pm *p, Pci *pci, const Piix4PmConfig *cfg);
void piix4pm_reset(Piix4Pm *p);

#endif
