// Effects: what a policy decides, in units that the registry and the clearing can book.
//
// A *pool* is an account of the authority: what has been created but not given away, a reserve, units bought
// back, revenue that waits for its use. It holds allowances and cash like any account, so that what a
// reserve holds is counted and conserved like what a firm holds.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "sim/units.hpp"

namespace tantu {

/// An account of the authority by number; Market::account(Pool) is its account. Further ones have names of their own.
enum class Pool : std::uint16_t { treasury = 0, regulator = 1 };
inline constexpr std::uint16_t first_named_pool = 2;

struct Effect {
  enum class Kind : std::uint8_t {
    issue,        ///< tonnes of vintage `year` to the firm, free of charge
    take_back,    ///< tonnes from the firm, back to the regulator (cancelled); what is missing is owed
    entitle,      ///< the firm's final free allocation of `year`
    verify,       ///< the firm's verified emissions of `year`
    oblige,       ///< the firm's obligation for `year`
    surrender,    ///< tonnes from the firm for `year`
    shortfall,    ///< obligation of `year` not met
    fine,         ///< cash from the firm to pool `to`
    owe,          ///< tonnes added to the firm's debt
    repay,        ///< tonnes from the firm for its debt
    expire,       ///< tonnes of the firm that die, of vintages up to `year`
    leave,        ///< the firm leaves the market
    join,         ///< the firm enters the market
    create,       ///< tonnes of vintage `year` into pool `to`
    move,         ///< tonnes from pool `from` to pool `to`
    cancel,       ///< tonnes of pool `from` that are cancelled for good
    grant,        ///< tonnes from pool `from` to the firm, free of charge
    collect,      ///< tonnes of the firm to pool `to`
    void_,        ///< tonnes of the firm that are cancelled without being owed
    transfer,     ///< cash from pool `from` to pool `to`
    spend,        ///< cash from pool `from` to the firm
    tax,          ///< cash from the firm to pool `to` for emissions of `year`
    credit,       ///< offsets of type `origin` and vintage `year` issued to the firm, which pays pool `to` for them
    retire,       ///< offsets of type `origin` from the firm for its obligation of `year`, the oldest first
    advance,      ///< tonnes of vintage `year` + 1 to the firm ahead of time, for its obligation of `year`
    bar,          ///< the firm may not trade for `year` days
    sold,         ///< booked by the market: tonnes from pool `from`, auctioned
    bought,       ///< booked by the market: tonnes into pool `to`, bought on the exchange
    supplied,     ///< booked by the market: tonnes from pool `from`, sold on the exchange
    forgive,      ///< tonnes of the firm's debt that are written off
    write_off,    ///< cash from pool `from` (its creditors) to the firm, whose debts they lose
    fail,         ///< the firm has failed; `year` 1: it produces nothing any more
    certify,      ///< offsets of type `origin` and vintage `year` issued to the project developers of its book, in equal parts
  };
  Kind kind;
  std::uint32_t row = 0;
  int year = 0;            ///< a year or vintage; moves between pools: 0 takes the oldest first
  Tonnes tonnes{};
  Cash cash{};
  Pool from = Pool::regulator, to = Pool::treasury;
  std::uint16_t origin = 0;
};
using Effects = std::vector<Effect>;

inline constexpr std::array<std::string_view, 33> effect_names{
    "issue", "take_back", "entitle", "verify", "oblige", "surrender", "shortfall", "fine", "owe", "repay", "expire", "leave", "join",
    "create", "move", "cancel", "grant", "collect", "void", "transfer", "spend", "tax", "credit", "retire", "advance", "bar", "sold", "bought", "supplied", "forgive", "write_off", "fail", "certify"};
inline std::string_view name_of(Effect::Kind kind) { return effect_names[static_cast<std::size_t>(kind)]; }

/// Which pools an effect touches; the other one is not recorded.
constexpr bool takes_from_pool(Effect::Kind k) {
  using K = Effect::Kind;
  return k == K::move || k == K::cancel || k == K::grant || k == K::transfer || k == K::spend || k == K::write_off || k == K::sold || k == K::supplied;
}
constexpr bool gives_to_pool(Effect::Kind k) {
  using K = Effect::Kind;
  return k == K::create || k == K::move || k == K::collect || k == K::transfer || k == K::tax || k == K::fine || k == K::credit || k == K::bought;
}

}  // namespace tantu
