// libsodium: argon2id, Ed25519, BLAKE2b, random bytes. Imported only by Engine.
#pragma once
#include <sodium.h>
