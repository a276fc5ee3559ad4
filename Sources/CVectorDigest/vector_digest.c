#include "CVectorDigest.h"

#include <string.h>

#define WITHIN static inline __attribute__((always_inline))
#define UNROLLED _Pragma("clang loop unroll(full)")
#define EACH(index, count) UNROLLED for (int index = 0; index < count; index++)

/* A word of every column. */
typedef uint64_t row __attribute__((vector_size(8 * VECTOR_DIGEST_COLUMNS)));
typedef uint64_t row_in_memory __attribute__((vector_size(8 * VECTOR_DIGEST_COLUMNS), aligned(8)));

/* FIPS 202, section 3.2.5: the constants of the last twelve rounds of 24, which are those of RFC 9861, section 2.2. */
static const uint64_t constants[12] = {
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

/* FIPS 202, section 3.2.2, modulo 64; a state's word at (x, y) stands at x + 5 y. */
static const int offsets[VECTOR_DIGEST_STATE_ROWS] = {
    0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14,
};

#define ROTATED(word, bits) ((word) << (bits) | (word) >> (-(bits)&63))

/* Keccak-p[1600, 12] of all columns (FIPS 202, section 3.3). */
WITHIN void permute(row *state) {
#pragma clang loop unroll(disable)
  for (int round = 0; round < 12; round++) {
    row parity[5], moved[VECTOR_DIGEST_STATE_ROWS];
    EACH(x, 5) parity[x] = state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20];
    EACH(x, 5) {
      const row change = parity[(x + 4) % 5] ^ ROTATED(parity[(x + 1) % 5], 1);
      EACH(y, 5) {
        const row word = state[x + 5 * y] ^ change;
        moved[y + 5 * ((2 * x + 3 * y) % 5)] = ROTATED(word, offsets[x + 5 * y]);
      }
    }
    EACH(y, 5) {
      row *now = state + 5 * y, *from = moved + 5 * y;
      EACH(x, 5) now[x] = from[x] ^ (~from[(x + 1) % 5] & from[(x + 2) % 5]);
    }
    state[0] ^= constants[round];
  }
}

WITHIN void absorb(uint64_t *states, const uint64_t *rows, size_t blocks) {
  row state[VECTOR_DIGEST_STATE_ROWS];
  memcpy(state, states, sizeof state);
  for (; blocks > 0; blocks--) {
    EACH(at, VECTOR_DIGEST_BLOCK_ROWS) state[at] ^= ((const row_in_memory *)rows)[at];
    rows += VECTOR_DIGEST_BLOCK_ROWS * VECTOR_DIGEST_COLUMNS;
    permute(state);
  }
  memcpy(states, state, sizeof state);
}

static void absorb_in_16(uint64_t *states, const uint64_t *rows, size_t blocks) { absorb(states, rows, blocks); }

#if defined(__x86_64__)

__attribute__((target("avx2"))) static void absorb_in_32(uint64_t *states, const uint64_t *rows, size_t blocks) {
  absorb(states, rows, blocks);
}

__attribute__((target("avx512f"))) static void absorb_in_64(uint64_t *states, const uint64_t *rows, size_t blocks) {
  absorb(states, rows, blocks);
}

int vector_digest_registers(void) {
  return __builtin_cpu_supports("avx512f") ? 64 : __builtin_cpu_supports("avx2") ? 32 : 16;
}

void vector_digest_absorb(int registers, uint64_t *states, const uint64_t *rows, size_t blocks) {
  (registers < 32 ? absorb_in_16 : registers < 64 ? absorb_in_32 : absorb_in_64)(states, rows, blocks);
}

#else

int vector_digest_registers(void) { return 16; }

void vector_digest_absorb(int registers, uint64_t *states, const uint64_t *rows, size_t blocks) {
  absorb_in_16(states, rows, blocks);
}

#endif
