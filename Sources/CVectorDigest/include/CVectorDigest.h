/* SHA-256 (FIPS 180-4) of two messages at once, by the instructions for it of x86-64 processors. A round waits for the
   one before, so that two messages in turn take less time than one after the other. */
#ifndef KONSIL_VECTOR_DIGEST_H
#define KONSIL_VECTOR_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of a block. */
#define VECTOR_DIGEST_BLOCK_BYTES 64

/* Whether this processor can; the next function may not be called where it cannot. */
bool vector_digest_is_paired(void);

/* Takes so many whole blocks of each message into its state, eight words as FIPS 180-4 has them. */
void vector_digest_blocks(
    uint32_t *one_state, const uint8_t *one, uint32_t *other_state, const uint8_t *other, size_t blocks);

#endif
