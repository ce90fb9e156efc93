// The sheet of glyphs, a PNG picture that is linked into the programs.
#pragma once
#include <stddef.h>

const unsigned char *cglyphs_sheet(void);
size_t cglyphs_sheet_bytes(void);
