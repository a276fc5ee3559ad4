#ifndef KONSIL_CBLAS_SHIM_H
#define KONSIL_CBLAS_SHIM_H

#include <cblas.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The LAPACK routines in use, as gfortran exports them: every argument by reference, the length of
 * each character argument by value at the end, integers of 32 bits, matrices column by column.
 * Debian ships no lapacke.h. Each routine leaves 0 in info where it succeeds and -i where its i-th
 * argument is invalid.
 */

/* Cholesky factor of the triangle `uplo` of a, in place; info = k > 0: the leading minor of order k
 * is not positive definite. */
void dpotrf_(const char *uplo, const int32_t *n, double *a, const int32_t *lda, int32_t *info,
             size_t uplo_length);

/* The inverse from the factor of dpotrf_, in place, triangle `uplo` alone; info = k > 0: the k-th
 * diagonal entry of the factor is zero. */
void dpotri_(const char *uplo, const int32_t *n, double *a, const int32_t *lda, int32_t *info,
             size_t uplo_length);

/* Solves for the columns of b, in place, with the factor of dpotrf_. */
void dpotrs_(const char *uplo, const int32_t *n, const int32_t *nrhs, const double *a,
             const int32_t *lda, double *b, const int32_t *ldb, int32_t *info,
             size_t uplo_length);

/* Cholesky factor with complete pivoting, in place, ended at the first pivot <= tol; piv holds the
 * permutation counted from 1, work 2n doubles; info = 1: the rank is below n. */
void dpstrf_(const char *uplo, const int32_t *n, double *a, const int32_t *lda, int32_t *piv,
             int32_t *rank, const double *tol, double *work, int32_t *info, size_t uplo_length);

#endif
