// Which commit this was built from. One small object file, so that a new commit recompiles nothing else.
#pragma once
const char *cbuild_commit(void);
