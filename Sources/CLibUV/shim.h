// libuv: event loops, timers, DNS, signals. Imported only by Transport.
#pragma once
#include <uv.h>
