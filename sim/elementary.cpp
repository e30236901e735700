#include "sim/elementary.hpp"

#include <cstddef>

namespace tantu::elementary::detail {

namespace {

/// The polynomial through normal_quantile at the six Chebyshev points of one piece: Newton's divided
/// differences, expanded into powers of t.
constexpr QuantilePiece fit(double octave_start, int piece) {
  // cos((2i + 1) pi / 12)
  constexpr double root[] = {0.96592582628906829, 0.70710678118654752, 0.25881904510252076,
                             -0.25881904510252076, -0.70710678118654752, -0.96592582628906829};
  constexpr int points = piece_degree + 1;
  const double middle = 1.0 + (piece + 0.5) / pieces_per_octave;
  double t[points] = {}, difference[points] = {};
  for (int i = 0; i < points; ++i) {
    t[i] = root[i] * 0.5 / pieces_per_octave;
    difference[i] = -normal_quantile(octave_start * (middle + t[i]));
  }
  for (int order = 1; order < points; ++order)
    for (int i = points - 1; i >= order; --i) difference[i] = (difference[i] - difference[i - 1]) / (t[i] - t[i - order]);
  QuantilePiece c{};
  for (int i = points - 1; i >= 0; --i) {
    // c <- c (t - t_i) + difference_i
    for (int power = points - 1; power > 0; --power)
      c[static_cast<std::size_t>(power)] = c[static_cast<std::size_t>(power) - 1] - t[i] * c[static_cast<std::size_t>(power)];
    c[0] = difference[i] - t[i] * c[0];
  }
  return c;
}

constexpr std::array<QuantilePiece, 32 * pieces_per_octave> fit_all() {
  std::array<QuantilePiece, 32 * pieces_per_octave> pieces{};
  double octave_start = 0x1p-33;
  std::size_t next = 0;
  for (int octave = 0; octave < 32; ++octave, octave_start *= 2)
    for (int piece = 0; piece < pieces_per_octave; ++piece) pieces[next++] = fit(octave_start, piece);
  return pieces;
}

}  // namespace

// Computed by the compiler: there is no moment at which it is not yet filled.
constinit const std::array<QuantilePiece, 32 * pieces_per_octave> quantile_pieces = fit_all();

}  // namespace tantu::elementary::detail
