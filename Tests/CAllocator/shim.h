// What glibc's allocator says of itself, for tests that count memory.
#pragma once
#include <malloc.h>
