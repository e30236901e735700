// Where the sources and the program under test are. One file of the tests knows (tests/places.cpp), so that
// the compiler cache serves every copy of the tree.
#pragma once

namespace tantu::places {
extern const char* const source;   ///< root of the sources
extern const char* const program;  ///< the program tantu of this build
extern const char* const failing_disk;  ///< what tests/failing_disk.c became, to be preloaded; "" under the sanitizers
}  // namespace tantu::places
