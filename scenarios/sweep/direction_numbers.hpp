// Direction numbers of Sobol' sequences: S. Joe and F. Y. Kuo (2008), Constructing Sobol sequences with
// better two-dimensional projections, SIAM J. Sci. Comput. 30, 2635-2654; table new-joe-kuo-6.21201,
// published at https://web.maths.unsw.edu.au/~fkuo/sobol/. The first 160 of its dimensions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace tantu {

struct DirectionNumbers {
  std::uint16_t degree;                 ///< s of the primitive polynomial
  std::uint16_t polynomial;             ///< a: its inner coefficients
  std::array<std::uint16_t, 11> initial;  ///< m_1..m_s
};

/// Dimension 0 is van der Corput's and has no entry of its own (degree 0).
const DirectionNumbers& direction_numbers(std::size_t dimension);

}  // namespace tantu
