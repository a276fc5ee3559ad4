"""TurboSHAKE128 (RFC 9861) from the permutation of FIPS 202, which with all its rounds gives the SHAKE128 of `hashlib`."""

import hashlib
import struct

ROUNDS = 24
RATE = 168
WORD = (1 << 64) - 1


def rotated(word: int, bits: int) -> int:
    return (word << bits | word >> 64 - bits) & WORD


def constants():
    """FIPS 202, section 3.2.5: a shift register of eight bits gives bit 2^j - 1 of each round's constant."""
    register, found = 1, []
    for _ in range(ROUNDS):
        constant = 0
        for power in range(7):
            constant |= (register & 1) << (1 << power) - 1
            register = register << 1 ^ (register >> 7) * 0x171
        found.append(constant)
    return found


CONSTANTS = constants()


def permuted(state, rounds):
    """FIPS 202, section 3.3: the last rounds; `state` is a word for each (x, y)."""
    for constant in CONSTANTS[ROUNDS - rounds:]:
        parity = [0] * 5
        for (x, _), word in state.items():
            parity[x] ^= word
        state = {(x, y): word ^ parity[(x - 1) % 5] ^ rotated(parity[(x + 1) % 5], 1) for (x, y), word in state.items()}
        moved, (x, y) = {(0, 0): state[0, 0]}, (1, 0)
        for turn in range(ROUNDS):
            moved[y, (2 * x + 3 * y) % 5] = rotated(state[x, y], (turn + 1) * (turn + 2) // 2 % 64)
            x, y = y, (2 * x + 3 * y) % 5
        state = {(x, y): moved[x, y] ^ ~moved[(x + 1) % 5, y] & moved[(x + 2) % 5, y] & WORD for x, y in moved}
        state[0, 0] ^= constant
    return state


def sponge(message: bytes, suffix: int, length: int, rounds: int) -> bytes:
    """At most one block of output."""
    padded = bytearray(message + bytes([suffix]))
    padded += bytes(-len(padded) % RATE)
    padded[-1] ^= 0x80
    state = {(x, y): 0 for y in range(5) for x in range(5)}
    for start in range(0, len(padded), RATE):
        for at, word in enumerate(struct.unpack_from("<21Q", padded, start)):
            state[at % 5, at // 5] ^= word
        state = permuted(state, rounds)
    return struct.pack("<25Q", *(state[x, y] for y in range(5) for x in range(5)))[:length]


def turbo_shake_128(message: bytes, suffix: int = 0x1F, length: int = 32) -> bytes:
    return sponge(message, suffix, length, 12)


def check():
    """Raises ValueError unless the answers that others have published come out."""
    for size in (0, 5, RATE - 1, RATE, 1000):
        message = bytes(place % 251 for place in range(size))
        if sponge(message, 0x1F, 64, ROUNDS) != hashlib.shake_128(message).digest(64):
            raise ValueError("this SHAKE128 is not that of hashlib")
    # RFC 9861, section 5, with D = 1F: of no bytes, and of 289 bytes that count up from 0 modulo 251.
    published = {
        0: "1e415f1c5983aff2169217277d17bb538cd945a397ddec541f1ce41af2c1b74c",
        17**2: "96c77c279e0126f7fc07c9b07f5cdae1e0be60bdbe10620040e75d7223a624d2",
    }
    for size, digest in published.items():
        if turbo_shake_128(bytes(place % 251 for place in range(size))).hex() != digest:
            raise ValueError("this TurboSHAKE128 is not that of RFC 9861")
