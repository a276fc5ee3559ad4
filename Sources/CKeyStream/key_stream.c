#include "CKeyStream.h"

#if defined(__x86_64__) && defined(__linux__)

#include <immintrin.h>
#include <string.h>

#define NARROW __attribute__((target("aes,sse4.1")))
#define WIDE __attribute__((target("aes,vaes,avx512f,avx512bw,avx512dq")))
#define WITHIN static inline __attribute__((always_inline))

/* 14 rounds and the key that is added before them. Five vectors at once take less time than four. */
enum { ROUNDS = 14, VECTORS = 5, WORDS_OF_VECTOR = 8, WORDS = VECTORS * WORDS_OF_VECTOR };

typedef enum { FILL, ADD, SUBTRACT, BLEND } operation;

bool key_stream_is_wide(void) {
  return __builtin_cpu_supports("aes") && __builtin_cpu_supports("vaes") && __builtin_cpu_supports("avx512f")
         && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
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

/* The counters of twenty blocks from `block` on, encrypted. */
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

WITHIN uint64_t combined(uint64_t element, uint64_t word, operation what, uint64_t kept) {
  return what == FILL  ? word
         : what == ADD ? element + word
         : what == SUBTRACT ? element - word : (element & kept) | (word & ~kept);
}

WIDE WITHIN __m512i all_combined(__m512i elements, __m512i words, operation what, __m512i kept) {
  return what == FILL  ? words
         : what == ADD ? _mm512_add_epi64(elements, words)
         : what == SUBTRACT ? _mm512_sub_epi64(elements, words)
                            : _mm512_or_si512(_mm512_and_si512(elements, kept), _mm512_andnot_si512(kept, words));
}

/* Fewer words than twenty blocks have, the first of them perhaps the second of its block. */
WIDE static void part(const uint8_t *schedule, uint64_t word, uint64_t *words, size_t count) {
  __m512i stream[VECTORS];
  uint64_t all[WORDS];
  blocks(schedule, word / 2, stream);
  memcpy(all, stream, sizeof all);
  for (size_t at = 0; at < count; at++) words[at] = all[at + word % 2];
  memset(stream, 0, sizeof stream);
  memset(all, 0, sizeof all);
  __asm__ volatile("" : : "r"(stream), "r"(all) : "memory");
}

WIDE WITHIN void combine_part(
    const uint8_t *schedule, uint64_t word, uint64_t *elements, size_t count, operation what, uint64_t kept) {
  uint64_t words[WORDS];
  part(schedule, word, words, count);
  for (size_t at = 0; at < count; at++) elements[at] = combined(elements[at], words[at], what, kept);
  memset(words, 0, sizeof words);
  __asm__ volatile("" : : "r"(words) : "memory");
}

WIDE WITHIN void run(
    const uint8_t *schedule, uint64_t word, uint64_t *elements, size_t count, operation what, uint64_t kept) {
  if (word % 2 != 0 && count > 0) {
    combine_part(schedule, word, elements, 1, what, kept);
    word += 1;
    elements += 1;
    count -= 1;
  }
  const __m512i all_kept = _mm512_set1_epi64((long long)kept);
  for (; count >= WORDS; word += WORDS, elements += WORDS, count -= WORDS) {
    __m512i stream[VECTORS];
    blocks(schedule, word / 2, stream);
#pragma clang loop unroll(full)
    for (int at = 0; at < VECTORS; at++) {
      __m512i *place = (__m512i *)(elements + at * WORDS_OF_VECTOR);
      const __m512i now = what == FILL ? stream[at] : _mm512_loadu_si512(place);
      _mm512_storeu_si512(place, all_combined(now, stream[at], what, all_kept));
    }
  }
  if (count > 0) combine_part(schedule, word, elements, count, what, kept);
}

WIDE void key_stream_fill(const uint8_t *schedule, uint64_t word, uint64_t *elements, size_t count) {
  run(schedule, word, elements, count, FILL, 0);
}

WIDE void key_stream_add(const uint8_t *schedule, uint64_t word, uint64_t *elements, size_t count) {
  run(schedule, word, elements, count, ADD, 0);
}

WIDE void key_stream_subtract(const uint8_t *schedule, uint64_t word, uint64_t *elements, size_t count) {
  run(schedule, word, elements, count, SUBTRACT, 0);
}

WIDE void key_stream_blend(
    const uint8_t *schedule, uint64_t word, uint64_t *elements, size_t count, uint64_t kept) {
  run(schedule, word, elements, count, BLEND, kept);
}

WIDE uint64_t key_stream_product(
    const uint8_t *schedule, uint64_t word, const uint64_t *elements, size_t count) {
  uint64_t words[WORDS];
  uint64_t sum = 0;
  if (word % 2 != 0 && count > 0) {
    part(schedule, word, words, 1);
    sum = words[0] * elements[0];
    word += 1;
    elements += 1;
    count -= 1;
  }
  __m512i sums[VECTORS] = {{0}};
  for (; count >= WORDS; word += WORDS, elements += WORDS, count -= WORDS) {
    __m512i stream[VECTORS];
    blocks(schedule, word / 2, stream);
#pragma clang loop unroll(full)
    for (int at = 0; at < VECTORS; at++) {
      const __m512i now = _mm512_loadu_si512(elements + at * WORDS_OF_VECTOR);
      sums[at] = _mm512_add_epi64(sums[at], _mm512_mullo_epi64(now, stream[at]));
    }
  }
  for (int at = 0; at < VECTORS; at++) sum += (uint64_t)_mm512_reduce_add_epi64(sums[at]);
  if (count > 0) part(schedule, word, words, count);
  for (size_t at = 0; at < count; at++) sum += words[at] * elements[at];
  return sum;
}

#else

bool key_stream_is_wide(void) { return false; }
void key_stream_expand(const uint8_t *key, uint8_t *schedule) {}
void key_stream_fill(const uint8_t *schedule, uint64_t word, uint64_t *elements, size_t count) {}
void key_stream_add(const uint8_t *schedule, uint64_t word, uint64_t *elements, size_t count) {}
void key_stream_subtract(const uint8_t *schedule, uint64_t word, uint64_t *elements, size_t count) {}
void key_stream_blend(
    const uint8_t *schedule, uint64_t word, uint64_t *elements, size_t count, uint64_t kept) {}
uint64_t key_stream_product(
    const uint8_t *schedule, uint64_t word, const uint64_t *elements, size_t count) {
  return 0;
}

#endif
