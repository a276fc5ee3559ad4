/* SHA-256 (FIPS 180-4) of two messages at once, by the instructions for it of x86-64 processors. A round waits for the
   one before, so that two messages in turn take less time than one after the other. */
#ifndef KONSIL_VECTOR_DIGEST_H
#define KONSIL_VECTOR_DIGEST_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of a block. */
#define VECTOR_DIGEST_BLOCK_BYTES 64

/* The vector registers that this processor has for it: 32 with AVX-512, else 16; 0 where it lacks the instructions. */
int vector_digest_registers(void);

/* Takes so many whole blocks of each message into its state, eight words as FIPS 180-4 has them, in 16 registers or in
   32, but no more than this processor has. */
void vector_digest_blocks(
    int registers, uint32_t *one_state, const uint8_t *one, uint32_t *other_state, const uint8_t *other,
    size_t blocks);

#endif
