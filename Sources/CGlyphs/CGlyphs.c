#include "CGlyphs.h"

// The picture itself is compiled in: no file has to be found where the programs run.
#pragma clang diagnostic ignored "-Wc23-extensions"
static const unsigned char sheet[] = {
#embed "unifont.png"
};

const unsigned char *cglyphs_sheet(void) { return sheet; }
size_t cglyphs_sheet_bytes(void) { return sizeof sheet; }
