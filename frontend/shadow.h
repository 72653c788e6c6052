/* shadow.h: what a virtual machine monitor with shadow page tables would have to do for this guest.
 * While it counts, the guest's page tables are watched as such a monitor would write-protect
 * them. */
#ifndef GLASS86_SHADOW_H
#define GLASS86_SHADOW_H

#include "frontend/cmd.h"

CmdFn cmd_shadow;

void shadow_close(Debug *d);
/* Puts the watches on the tables as they are now; part of breaks_apply(). */
void shadow_watch(Debug *d);
/* The processor writes to physical memory. True: the tables must be looked through again after
 * this instruction. */
bool shadow_write(Debug *d, u32 phys);
/* CR3 or paging may have changed. */
void shadow_moved(Debug *d);
/* Between instructions. */
void shadow_follow(Debug *d);

#endif
