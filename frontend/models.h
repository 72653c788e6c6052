/* models.h: the processor models that -cpu knows. */
#ifndef GLASS86_MODELS_H
#define GLASS86_MODELS_H

#include "devices/pc.h"

typedef struct {
    CpuModel model;
    const char *name, *alias, *about;
} CpuInfo;

/* Words for -cpu and its completion, in the order of models[]. */
#define MODEL_NAMES "8086 286 386 486 pentium pentium-mmx 686"

extern const CpuInfo models[]; /* ends with name == NULL */
const CpuInfo *model_find(const char *name);

#endif
