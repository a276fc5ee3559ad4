#include "CKeyStream.h"

#if defined(__x86_64__) && defined(__linux__)

#include <immintrin.h>
#include <string.h>

#define NARROW __attribute__((target("aes,sse4.1")))
#define WIDE __attribute__((target("aes,vaes,avx512f,avx512bw")))
#define WITHIN static inline __attribute__((always_inline))

/* 14 rounds and the key that is added before them. */
enum { ROUNDS = 14, VECTORS = 4, WORDS_OF_VECTOR = 8, WORDS = VECTORS * WORDS_OF_VECTOR };

typedef enum { FILL, ADD, SUBTRACT } operation;

bool key_stream_is_wide(void) {
  return __builtin_cpu_supports("aes") && __builtin_cpu_supports("vaes") && __builtin_cpu_supports("avx512f")
         && __builtin_cpu_supports("avx512bw");
}

/* FIPS 197, section 5.2: each round key from the one two before and a word of the one before. */
NARROW WITHIN __m128i next_key(__m128i key, __m128i word) {
  key = _mm_xor_si128(key, _mm_slli_si128(key, 4));
  key = _mm_xor_si128(key, _mm_slli_si128(key, 8));
  return _mm_xor_si128(key, word);
}

NARROW void key_stream_expand(const uint8_t *key, uint8_t *schedule) {
  __m128i *keys = (__m128i *)schedule;
  __m128i even = _mm_loadu_si128((const __m128i *)key);
  __m128i odd = _mm_loadu_si128((const __m128i *)key + 1);
  _mm_storeu_si128(keys, even);
  _mm_storeu_si128(keys + 1, odd);
#define EVEN(place, constant)                                                                      \
  even = next_key(even, _mm_shuffle_epi32(_mm_aeskeygenassist_si128(odd, constant), 0xff));        \
  _mm_storeu_si128(keys + place, even);
#define ODD(place)                                                                                 \
  odd = next_key(odd, _mm_shuffle_epi32(_mm_aeskeygenassist_si128(even, 0), 0xaa));                \
  _mm_storeu_si128(keys + place, odd);
  EVEN(2, 0x01) ODD(3) EVEN(4, 0x02) ODD(5) EVEN(6, 0x04) ODD(7) EVEN(8, 0x08) ODD(9)
  EVEN(10, 0x10) ODD(11) EVEN(12, 0x20) ODD(13) EVEN(14, 0x40)
#undef EVEN
#undef ODD
}

/* The counters of sixteen blocks from `block` on, encrypted. */
WIDE WITHIN void blocks(const uint8_t *schedule, uint64_t block, __m512i *stream) {
  const __m512i reversed = _mm512_broadcast_i32x4(
      _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
  const __m512i four = _mm512_set_epi64(0, 4, 0, 4, 0, 4, 0, 4);
  __m512i counter = _mm512_add_epi64(
      _mm512_set_epi64(0, (long long)block, 0, (long long)block, 0, (long long)block, 0, (long long)block),
      _mm512_set_epi64(0, 3, 0, 2, 0, 1, 0, 0));
  __m512i key = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)schedule));
#pragma clang loop unroll(full)
  for (int at = 0; at < VECTORS; at++) {
    stream[at] = _mm512_xor_si512(_mm512_shuffle_epi8(counter, reversed), key);
    counter = _mm512_add_epi64(counter, four);
  }
#pragma clang loop unroll(full)
  for (int round = 1; round < ROUNDS; round++) {
    key = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)schedule + round));
#pragma clang loop unroll(full)
    for (int at = 0; at < VECTORS; at++) stream[at] = _mm512_aesenc_epi128(stream[at], key);
  }
  key = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)schedule + ROUNDS));
#pragma clang loop unroll(full)
  for (int at = 0; at < VECTORS; at++) stream[at] = _mm512_aesenclast_epi128(stream[at], key);
}

WITHIN uint64_t combined(uint64_t element, uint64_t word, operation what) {
  return what == FILL ? word : what == ADD ? element + word : element - word;
}

/* Fewer words than sixteen blocks have, the first of them perhaps the second of its block. */
WIDE static void part(
    const uint8_t *schedule, uint64_t word, uint64_t *elements, size_t count, operation what) {
  __m512i stream[VECTORS];
  uint64_t words[WORDS];
  blocks(schedule, word / 2, stream);
  memcpy(words, stream, sizeof words);
  for (size_t at = 0; at < count; at++) elements[at] = combined(elements[at], words[at + word % 2], what);
  memset(stream, 0, sizeof stream);
  memset(words, 0, sizeof words);
  __asm__ volatile("" : : "r"(stream), "r"(words) : "memory");
}

WIDE WITHIN void run(
    const uint8_t *schedule, uint64_t word, uint64_t *elements, size_t count, operation what) {
  if (word % 2 != 0 && count > 0) {
    part(schedule, word, elements, 1, what);
    word += 1;
    elements += 1;
    count -= 1;
  }
  for (; count >= WORDS; word += WORDS, elements += WORDS, count -= WORDS) {
    __m512i stream[VECTORS];
    blocks(schedule, word / 2, stream);
#pragma clang loop unroll(full)
    for (int at = 0; at < VECTORS; at++) {
      __m512i *place = (__m512i *)(elements + at * WORDS_OF_VECTOR);
      __m512i now = stream[at];
      if (what == ADD) now = _mm512_add_epi64(_mm512_loadu_si512(place), now);
      if (what == SUBTRACT) now = _mm512_sub_epi64(_mm512_loadu_si512(place), now);
      _mm512_storeu_si512(place, now);
    }
  }
  if (count > 0) part(schedule, word, elements, count, what);
}

WIDE void key_stream_fill(const uint8_t *schedule, uint64_t word, uint64_t *elements, size_t count) {
  run(schedule, word, elements, count, FILL);
}

WIDE void key_stream_add(const uint8_t *schedule, uint64_t word, uint64_t *elements, size_t count) {
  run(schedule, word, elements, count, ADD);
}

WIDE void key_stream_subtract(const uint8_t *schedule, uint64_t word, uint64_t *elements, size_t count) {
  run(schedule, word, elements, count, SUBTRACT);
}

#else

bool key_stream_is_wide(void) { return false; }
void key_stream_expand(const uint8_t *key, uint8_t *schedule) {}
void key_stream_fill(const uint8_t *schedule, uint64_t word, uint64_t *elements, size_t count) {}
void key_stream_add(const uint8_t *schedule, uint64_t word, uint64_t *elements, size_t count) {}
void key_stream_subtract(const uint8_t *schedule, uint64_t word, uint64_t *elements, size_t count) {}

#endif
