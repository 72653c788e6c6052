#include "devices/disk/layer.h"
DiskLayer *folder_open(ImageSource *s)
{
    return image_error(s, "soon");
}
