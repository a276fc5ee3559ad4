/* TurboSHAKE128 (RFC 9861) of eight messages at once: the columns of rows of eight 64-bit words. A round of it waits for
   the one before, and one message leaves most of a vector register unused; eight fill it. */
#ifndef KONSIL_VECTOR_DIGEST_H
#define KONSIL_VECTOR_DIGEST_H

#include <stddef.h>
#include <stdint.h>

enum {
  VECTOR_DIGEST_COLUMNS = 8,
  /* Rows of a state, of which a block changes the first ones. */
  VECTOR_DIGEST_STATE_ROWS = 25,
  VECTOR_DIGEST_BLOCK_ROWS = 21
};

/* Bytes of the vector registers that this processor has for it: 64 with AVX-512, 32 with AVX2, else 16. */
int vector_digest_registers(void);

/* Takes so many whole blocks of rows into the states, in registers of so many bytes: no more than
   `vector_digest_registers` says. */
void vector_digest_absorb(int registers, uint64_t *states, const uint64_t *rows, size_t blocks);

#endif
