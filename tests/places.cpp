#include "tests/places.hpp"

namespace tantu::places {
const char* const source = TANTU_SOURCE_DIR;
const char* const program = TANTU_PROGRAM;
const char* const failing_disk = TANTU_FAILING_DISK;
}  // namespace tantu::places
