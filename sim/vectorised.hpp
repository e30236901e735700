// Loops over arrays, compiled for wide registers beside the plain ones; the program takes what the processor has when it
// starts. No result depends on it: each element sees the same operations in the same order, none of them contracted
// (docs/design.md, Exactness; tests/unit/test_elementary.cpp and the golden files, which CI runs on both).
#pragma once

// Sanitizers do not see calls that are resolved before they are ready.
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#if defined(__clang__)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define TANTU_VECTORISED
#endif
#endif
#ifndef TANTU_VECTORISED
#define TANTU_VECTORISED __attribute__((target_clones("avx2", "default")))
#endif
#else
#define TANTU_VECTORISED
#endif
