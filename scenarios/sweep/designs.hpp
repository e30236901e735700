// Designs of experiments over the unit cube: pure functions from a few numbers to points.
//
// A design is a matrix [point][factor], row-major, of numbers in (0, 1); laws and levels are laid over it
// elsewhere (plan.hpp). Every draw is keyed (Stream::design; entity = factor or trajectory), so the same
// words give the same design on every machine.
//
//   latin_hypercube  McKay, Beckman, Conover (1979), Technometrics 21, 239-245: one point in each of n strata
//                    of each factor
//   sobol_points     Sobol' (1967) with the direction numbers of Joe and Kuo (2008), SIAM J. Sci. Comput. 30,
//                    2635-2654 (new-joe-kuo-6), in Gray-code order as they publish it; a number is the middle of
//                    the 2^-32 to which the published one is the lower end, so 0 never occurs
//   saltelli         Saltelli et al. (2010), Comput. Phys. Commun. 181, 259-270: for each of n points of a
//                    sequence in 2k dimensions the rows A, AB_1..AB_k, (BA_1..BA_k), B; the order of SALib
//   morris           Morris (1991), Technometrics 33, 161-174: trajectories of k + 1 points on p levels, one
//                    factor moved at a time by p / (2 (p - 1))
//
// Verified by tests/unit/test_sweep_designs.cpp against published points.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tantu {

inline constexpr std::size_t most_sobol_dimensions = 160;

std::vector<double> latin_hypercube(std::size_t points, std::size_t factors, std::uint64_t seed, bool centred);
/// Requires factors <= most_sobol_dimensions and skip + points < 2^32; throws std::invalid_argument.
std::vector<double> sobol_points(std::size_t points, std::size_t factors, std::size_t skip = 0);
/// Rows: n (k + 2), with second_order n (2k + 2). Requires 2k <= most_sobol_dimensions.
std::vector<double> saltelli(std::size_t n, std::size_t factors, bool second_order, std::size_t skip = 0);
/// Rows: trajectories (k + 1). Numbers are the levels 0, 1/(p-1), ..., 1 themselves, both ends included.
std::vector<double> morris(std::size_t trajectories, std::size_t factors, std::size_t levels, std::uint64_t seed);

}  // namespace tantu
