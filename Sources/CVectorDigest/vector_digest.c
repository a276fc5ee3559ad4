#include "CVectorDigest.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define SIXTEEN __attribute__((target("sha,sse4.1")))
#define THIRTY_TWO __attribute__((target("sha,avx512vl,avx512bw")))
#define WITHIN static inline __attribute__((always_inline))
#define FOR_BOTH _Pragma("clang loop unroll(full)") for (int at = 0; at < 2; at++)

/* FIPS 180-4, section 4.2.2. */
static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

int vector_digest_registers(void) {
  if (!__builtin_cpu_supports("sha") || !__builtin_cpu_supports("sse4.1")) return 0;
  return __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") ? 32 : 16;
}

/* A state as the instructions have it: words a, b, e, f and words c, d, g, h, highest first. */
typedef struct {
  __m128i abef, cdgh;
} state;

SIXTEEN WITHIN state load(const uint32_t *words) {
  __m128i cdab = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)words), 0xb1);
  __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)words + 1), 0x1b);
  return (state){_mm_alignr_epi8(cdab, efgh, 8), _mm_blend_epi16(efgh, cdab, 0xf0)};
}

SIXTEEN WITHIN void store(state now, uint32_t *words) {
  __m128i feba = _mm_shuffle_epi32(now.abef, 0x1b);
  __m128i dchg = _mm_shuffle_epi32(now.cdgh, 0xb1);
  _mm_storeu_si128((__m128i *)words, _mm_blend_epi16(feba, dchg, 0xf0));
  _mm_storeu_si128((__m128i *)words + 1, _mm_alignr_epi8(dchg, feba, 8));
}

SIXTEEN WITHIN void take(
    uint32_t *one_state, const uint8_t *one, uint32_t *other_state, const uint8_t *other, size_t blocks) {
  const __m128i big_endian = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
  state now[2] = {load(one_state), load(other_state)};
  const uint8_t *messages[2] = {one, other};
  for (; blocks > 0; blocks--) {
    const state before[2] = {now[0], now[1]};
    __m128i words[2][4];
#pragma clang loop unroll(full)
    for (int four = 0; four < 16; four++) {
      const __m128i constant = _mm_loadu_si128((const __m128i *)constants + four);
      FOR_BOTH {
        __m128i *window = words[at], *last = window + four % 4;
        if (four < 4) {
          *last = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)messages[at] + four), big_endian);
        } else {
          __m128i sum = _mm_add_epi32(
              _mm_sha256msg1_epu32(*last, window[(four + 1) % 4]),
              _mm_alignr_epi8(window[(four + 3) % 4], window[(four + 2) % 4], 4));
          *last = _mm_sha256msg2_epu32(sum, window[(four + 3) % 4]);
        }
        __m128i round = _mm_add_epi32(*last, constant);
        now[at].cdgh = _mm_sha256rnds2_epu32(now[at].cdgh, now[at].abef, round);
        now[at].abef = _mm_sha256rnds2_epu32(now[at].abef, now[at].cdgh, _mm_shuffle_epi32(round, 0x0e));
      }
    }
    FOR_BOTH {
      now[at].abef = _mm_add_epi32(now[at].abef, before[at].abef);
      now[at].cdgh = _mm_add_epi32(now[at].cdgh, before[at].cdgh);
      messages[at] += VECTOR_DIGEST_BLOCK_BYTES;
    }
  }
  store(now[0], one_state);
  store(now[1], other_state);
}

/* The same twice: what two messages need fits into 32 registers, and of 16 the compiler moves some to memory. */

SIXTEEN static void take_in_sixteen(
    uint32_t *one_state, const uint8_t *one, uint32_t *other_state, const uint8_t *other, size_t blocks) {
  take(one_state, one, other_state, other, blocks);
}

THIRTY_TWO static void take_in_thirty_two(
    uint32_t *one_state, const uint8_t *one, uint32_t *other_state, const uint8_t *other, size_t blocks) {
  take(one_state, one, other_state, other, blocks);
}

void vector_digest_blocks(
    int registers, uint32_t *one_state, const uint8_t *one, uint32_t *other_state, const uint8_t *other,
    size_t blocks) {
  (registers < 32 ? take_in_sixteen : take_in_thirty_two)(one_state, one, other_state, other, blocks);
}

#else

int vector_digest_registers(void) { return 0; }
void vector_digest_blocks(
    int registers, uint32_t *one_state, const uint8_t *one, uint32_t *other_state, const uint8_t *other,
    size_t blocks) {}

#endif
