/* AES-256 in counter mode with a zero IV (NIST SP 800-38A) by the wide instructions of newer x86-64 processors (VAES),
   which libcrypto of OpenSSL 3.0 does not use for this mode: four blocks at a time, added where they are wanted. The
   same bytes as libcrypto's, at twice its rate. */
#ifndef KONSIL_KEY_STREAM_H
#define KONSIL_KEY_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of an expanded key. */
#define KEY_STREAM_SCHEDULE_BYTES 240

/* Whether this processor and system can; nothing else here may be called where they cannot. */
bool key_stream_is_wide(void);

/* Expands 32 bytes of key; the caller wipes both. */
void key_stream_expand(const uint8_t *key, uint8_t *schedule);

/* The stream's words from `word` on, 64 bits each, least significant byte first: in place of `count` elements, added
   to them, or subtracted from them. */
void key_stream_fill(const uint8_t *schedule, uint64_t word, uint64_t *elements, size_t count);
void key_stream_add(const uint8_t *schedule, uint64_t word, uint64_t *elements, size_t count);
void key_stream_subtract(const uint8_t *schedule, uint64_t word, uint64_t *elements, size_t count);

/* The same, in place of the bits of each element that are not in `kept`. */
void key_stream_blend(
    const uint8_t *schedule, uint64_t word, uint64_t *elements, size_t count, uint64_t kept);

/* The sum of the products of each word with an element, modulo 2^64. The stream is a public one: its last words stay
   on the stack. */
uint64_t key_stream_product(
    const uint8_t *schedule, uint64_t word, const uint64_t *elements, size_t count);

#endif
