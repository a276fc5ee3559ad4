"""The protocol's rules as docs/secure-aggregation.md and docs/architecture.md state them, in Python.

Nothing here is shared with the Swift code or generated from it: Python's `hashlib`, `fractions` and the
`cryptography` package alone, and for what they lack `turbo_shake.py`.
"""

import hashlib
import hmac
import struct
from fractions import Fraction

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .turbo_shake import turbo_shake_128

RING = 1 << 64
WIDTH = 64


def sha256(message: bytes) -> bytes:
    return hashlib.sha256(message).digest()


def canonical(label: str, *values) -> bytes:
    """Integers: 8 bytes, most significant first. Bytes and text: length, then bytes. A real: its IEEE 754 bit
    pattern as an integer. A list: its count, then its elements; a tuple is its elements alone."""
    return encode_value(label) + b"".join(encode_value(value) for value in values)


def encode_value(value) -> bytes:
    if isinstance(value, bool):
        return encode_value(int(value))
    if isinstance(value, int):
        return struct.pack(">Q", value % RING)
    if isinstance(value, float):
        return struct.pack(">d", value)
    if isinstance(value, str):
        return encode_value(value.encode())
    if isinstance(value, bytes):
        return encode_value(len(value)) + value
    if isinstance(value, list):
        return encode_value(len(value)) + b"".join(encode_value(element) for element in value)
    if isinstance(value, tuple):
        return b"".join(encode_value(element) for element in value)
    raise TypeError(type(value))


# Fixed point


def fraction_bits(bound: float, sites: int, width: int = WIDTH) -> int:
    """The greatest f with 2 * bound * 2^f + sites < 2^(w - 1), in exact arithmetic."""
    def fits(places: int) -> bool:
        return 2 * Fraction(bound) * Fraction(2) ** places + sites < 1 << (width - 1)

    places = 0
    while fits(places):
        places += 1
    while not fits(places):
        places -= 1
    return places


def to_ring(value: float, places: int, width: int = WIDTH):
    """round(value * 2^f), ties to even; None where it is not a signed integer of w bits."""
    scaled = round(Fraction(value) * Fraction(2) ** places)
    return scaled % (1 << width) if -(1 << (width - 1)) <= scaled < 1 << (width - 1) else None


def from_ring(element: int, places: int, width: int = WIDTH) -> float:
    """The signed integer as a real (nearest, ties to even), then exactly scaled."""
    signed = element - (1 << width) if element >> (width - 1) else element
    return float(Fraction(float(signed)) / Fraction(2) ** places)


# Keys


def hkdf(secret: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret)


def hkdf_extract(secret: bytes) -> bytes:
    """RFC 5869's PRK without salt: what opens every key derived from `secret`."""
    return hmac.new(bytes(32), secret, hashlib.sha256).digest()


def pair_root(
        secret, lower_key, higher_key, ciphertext_digest, setup, lower, higher, label="konsil/v1/pair-root") -> bytes:
    """s_ij, or k_ij under the label konsil/v1/pair-seal."""
    return hkdf(secret, canonical(label, lower_key, higher_key, ciphertext_digest, setup, lower, higher))


def mask_key(root: bytes, attempt: bytes) -> bytes:
    return hkdf(root, canonical("konsil/v1/mask", attempt))


def next_root(root: bytes, step: int) -> bytes:
    return hkdf(root, canonical("konsil/v1/next", step))


def own_mask_key(secret: bytes, attempt: bytes) -> bytes:
    return hkdf(secret, canonical("konsil/v1/own-mask", attempt))


def coefficient_key(secret: bytes, attempt: bytes) -> bytes:
    return hkdf(secret, canonical("konsil/v1/coefficients", attempt))


def share_key(root: bytes, attempt: bytes, dealer: str, receiver: str) -> bytes:
    return hkdf(root, canonical("konsil/v1/share", attempt, dealer, receiver))


def check_key(attempt: bytes, width: int = WIDTH, repetition: int = 0) -> bytes:
    return sha256(canonical("konsil/v1/check", attempt, width, repetition))


def journal_digest(key: bytes, elements) -> bytes:
    """HMAC-SHA-256 (RFC 2104) over the label's encoding and the tag that AES-256-GCM gives a contribution's elements,
    least significant byte first, as additional data of an empty message."""
    hash_key = hmac.new(key, canonical("konsil/v1/journal-hash"), hashlib.sha256).digest()
    tag = AESGCM(hash_key).encrypt(bytes(12), b"", words(elements))
    return hmac.new(key, canonical("konsil/v1/journal-digest") + tag, hashlib.sha256).digest()


def stream(key: bytes, words: int) -> list[int]:
    """AES-256-CTR with a zero IV, read as little-endian words of 64 bits."""
    encryptor = Cipher(algorithms.AES(key), modes.CTR(bytes(16))).encryptor()
    return list(struct.unpack(f"<{words}Q", encryptor.update(bytes(8 * words))))


def xwing_keys(seed: bytes):
    """draft-connolly-cfrg-xwing-kem: ML-KEM-768's seed and the X25519 secret, from 32 bytes."""
    expanded = hashlib.shake_256(seed).digest(96)
    mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
    x25519 = X25519PrivateKey.from_private_bytes(expanded[64:])
    public = mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
    return mlkem, x25519, public


def xwing_combine(mlkem_secret, x25519_secret, x25519_ciphertext, x25519_public) -> bytes:
    return hashlib.sha3_256(
        mlkem_secret + x25519_secret + x25519_ciphertext + x25519_public + rb"\.//^" + b"\\").digest()


def xwing_encapsulate(public: bytes) -> bytes:
    """A fresh ciphertext; its secret is what `xwing_decapsulate` finds."""
    _, mlkem_ciphertext = MLKEM768PublicKey.from_public_bytes(public[:1184]).encapsulate()
    return mlkem_ciphertext + X25519PrivateKey.generate().public_key().public_bytes_raw()


def xwing_decapsulate(seed: bytes, ciphertext: bytes) -> bytes:
    mlkem, x25519, public = xwing_keys(seed)
    point = ciphertext[1088:]
    return xwing_combine(
        mlkem.decapsulate(ciphertext[:1088]),
        x25519.exchange(X25519PublicKey.from_public_bytes(point)), point, public[1184:])


# Signatures and names


def identity(seed: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def sign(seed: bytes, label: str, message: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed).sign(label.encode() + b"\0" + message)


def setup_key_statement(epoch, public_key, journal) -> bytes:
    """`epoch` is (plan digest, run, epoch), `journal` (count, head)."""
    return canonical("konsil/v1/setup-key", epoch, public_key, journal)


def setup_digest(epoch, keys) -> bytes:
    """D. `keys`: (site, public key, (count, head), signature) in the roster's order."""
    return sha256(canonical("konsil/v1/setup", epoch, list(keys)))


def ciphertexts_statement(setup, index, ciphertexts) -> bytes:
    return canonical("konsil/v1/ciphertexts", setup, index, [sha256(text) for text in ciphertexts])


def contribution_statement(attempt, site, vector, dealing_digest=None) -> bytes:
    """`dealing_digest`: under `membership: tolerant` alone."""
    return canonical(
        "konsil/v1/contribution", attempt, site, vector_digest(vector), [dealing_digest] if dealing_digest else [])


def words(vector) -> bytes:
    return struct.pack(f"<{len(vector)}Q", *vector)


def vector_digest(vector) -> bytes:
    """Over the number of elements and the digest of each of eight columns, the last row filled with zeros."""
    filled = list(vector) + [0] * (-len(vector) % 8)
    return sha256(canonical(
        "konsil/v1/vector", len(vector), [turbo_shake_128(words(filled[column::8])) for column in range(8)]))


def query_parts(query) -> tuple:
    """`query`: name, parameters, segments (name, length, bound, f, width, whether words), is_verified."""
    name, parameters, segments, is_verified = query
    return (name, list(parameters), list(segments), is_verified)


def query_digest(query) -> bytes:
    return sha256(canonical("konsil/v1/query", query_parts(query)))


def basis(sums) -> bytes:
    """`sums`: (step, values by segment) of every verified step before; none of their segments is of words."""
    return sha256(
        canonical(
            "konsil/v1/basis", [(step, [list(v) for v in values], [[] for _ in values]) for step, values in sums]))


def followed_basis(sums_digest: bytes, query_digests) -> bytes:
    """The basis of answers that rest on queries as well, in their order."""
    return sha256(canonical("konsil/v1/followed", sums_digest, list(query_digests)))


def attempt_digest(setup, step, number, query, sites, basis_digest) -> bytes:
    """T."""
    return sha256(
        canonical(
            "konsil/v1/attempt", setup, step, number, query_parts(query), list(sites), basis_digest))


# A step


def widths(query) -> list[int]:
    """The ring of every element of a vector: the segments', `withheld`, then the checks, widest ring first."""
    segments = [(length, width) for _, length, _, _, width, _ in query[2]]
    used = sorted({WIDTH} | {width for length, width in segments if length}, reverse=True)
    return [
        *(width for length, width in segments for _ in range(length)), WIDTH,
        *(width for width in used for _ in range(-(-64 // width)))]


def check_element(attempt: bytes, elements, width: int = WIDTH, repetition: int = 0) -> int:
    """The sum of rho_k x_k over the elements of one ring."""
    rho = stream(check_key(attempt, width, repetition), len(elements))
    return sum(r * x for r, x in zip(rho, elements)) % (1 << width)


def checks(attempt: bytes, elements, query) -> list[int]:
    """`elements`: the segments' and `withheld`."""
    rings = widths(query)[:len(elements)]
    return [
        check_element(attempt, [x for x, w in zip(elements, rings) if w == width], width, repetition)
        for width in sorted(set(rings), reverse=True) for repetition in range(-(-64 // width))]


def cut(vector, rings) -> list[int]:
    return [element % (1 << width) for element, width in zip(vector, rings, strict=True)]


def masked(vector, index, roots, attempt, rings=None) -> list[int]:
    """y = x + sum over j > i of PRG - sum over j < i of PRG. `roots`: by the other site's index."""
    result = list(vector)
    for other, root in roots.items():
        sign_of_mask = 1 if other > index else -1
        mask = stream(mask_key(root, attempt), len(result))
        result = [y + sign_of_mask * m for y, m in zip(result, mask)]
    return cut(result, rings or [WIDTH] * len(result))


# Shares


def field_product(left: int, right: int) -> int:
    """In GF(2)[x] modulo x^8 + x^4 + x^3 + x + 1, by long multiplication and division."""
    product = 0
    for bit in range(8):
        if right >> bit & 1:
            product ^= left << bit
    for bit in range(15, 7, -1):
        if product >> bit & 1:
            product ^= 0x11B << (bit - 8)
    return product


def field_inverse(element: int) -> int:
    return next(other for other in range(1, 256) if field_product(element, other) == 1)


def coefficients(secret: bytes, attempt: bytes, threshold: int) -> list[bytes]:
    """Those of x, x^2, ...: 32 bytes each."""
    encryptor = Cipher(algorithms.AES(coefficient_key(secret, attempt)), modes.CTR(bytes(16))).encryptor()
    drawn = encryptor.update(bytes(32 * (threshold - 1)))
    return [drawn[start:start + 32] for start in range(0, len(drawn), 32)]


def share(secret: bytes, terms, place: int) -> bytes:
    """The polynomial at `place`, byte by byte."""
    result, power = list(secret), 1
    for term in terms:
        power = field_product(power, place)
        result = [value ^ field_product(byte, power) for value, byte in zip(result, term)]
    return bytes(result)


def opened(shares) -> bytes:
    """The polynomial at 0. `shares`: by place."""
    result = [0] * 32
    for place, bytes_of_share in shares.items():
        weight = 1
        for other in shares:
            if other != place:
                weight = field_product(weight, field_product(other, field_inverse(other ^ place)))
        result = [value ^ field_product(byte, weight) for value, byte in zip(result, bytes_of_share)]
    return bytes(result)


def seal(plain: bytes, key: bytes) -> bytes:
    """AES-256-GCM with a zero nonce, for the key is used once."""
    return AESGCM(key).encrypt(bytes(12), plain, None)


def secret_digest(secret: bytes, attempt: bytes, dealer: str) -> bytes:
    return sha256(canonical("konsil/v1/secret-digest", attempt, dealer) + secret)


def share_digest(share_bytes: bytes, attempt: bytes, dealer: str, receiver: str) -> bytes:
    return sha256(canonical("konsil/v1/share-digest", attempt, dealer, receiver) + share_bytes)


def dealing_digest(secret_digest_bytes: bytes, share_digests, sealed) -> bytes:
    return sha256(canonical("konsil/v1/dealing", secret_digest_bytes, list(share_digests), list(sealed)))


def complaint_statement(attempt: bytes, site: str, dealer: str) -> bytes:
    return canonical("konsil/v1/complaint", attempt, site, dealer)
