#include "CBuild.h"

#ifndef PLAZA_COMMIT
#define PLAZA_COMMIT "unknown"
#endif

const char *cbuild_commit(void) { return PLAZA_COMMIT; }
