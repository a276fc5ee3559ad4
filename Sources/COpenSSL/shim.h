/* SHA-256 by its own name, which OpenSSL 3 would rather have called through EVP. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
