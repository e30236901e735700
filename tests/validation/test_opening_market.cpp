// Does the opening market behave like one? Thirty seeds of the national market until the end of 2021,
// judged from the files that the runs leave.
//
// History (Shanghai Environment and Energy Exchange): 88.7% of 2021's volume fell into November and
// December; the bounds below allow for one year being one draw.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "results/hdf5_file.hpp"
#include "results/run_file.hpp"
#include "tests/national_market.hpp"
#include "tests/program_run.hpp"

namespace {

using namespace tantu;
using namespace tantu::tests;

constexpr int seeds = 30;
constexpr double least_of_last_two = 0.6, most_of_last_two = 0.95, most_of_august = 0.05;

struct Figures {
  int seed = 0;
  std::map<unsigned, std::int64_t> volume, trades;  ///< by month: t, listed trades
  std::int64_t total = 0;
  double last_two = 0, august = 0, close = 0, written_share = 0;
  std::vector<std::string> outside;     ///< listed trades outside their limits
  std::vector<std::string> unbalanced;  ///< days on which the file's books do not close
  std::string registry;                 ///< what the registry says
  std::int64_t listed_trades = 0;
};

Figures figures_of(int seed) {
  Figures f;
  f.seed = seed;
  const auto setup = national_setup({"run.last_day=2021-12-31", "run.seed=" + std::to_string(seed)});
  Simulation simulation(setup);
  Recorder recorder({true, false, true, false});
  Workers workers;
  live_to_the_end(simulation, recorder, workers);
  simulation.finish();
  const Folder folder;
  const std::string file = (folder / "x.h5").string();
  write_run(file, simulation, recorder, {"0", "0", "x", "{}", "0", setup->key.seed, 0}, {0});

  const ResultReader reader(file);
  const auto days = reader.read<std::int32_t>("/daily/day");
  const auto tonnes = [&](const char* name) { return reader.read<std::int64_t>(std::string("/daily/") + name); };
  const auto listed = tonnes("volume_listed"), block = tonnes("volume_block"), group = tonnes("volume_group");
  const auto issued = tonnes("issued"), bank = tonnes("bank"), surrendered = tonnes("surrendered"), cancelled = tonnes("cancelled"), expired = tonnes("expired");
  const auto low = reader.read<std::int32_t>("/daily/limit_low"), high = reader.read<std::int32_t>("/daily/limit_high");
  const auto close = reader.read<std::int32_t>("/daily/close");
  std::map<std::int32_t, std::size_t> index;
  for (std::size_t d = 0; d < days.size(); ++d) {
    index[days[d]] = d;
    const std::int64_t volume = listed[d] + block[d] + group[d];
    const unsigned month = month_of(Day{days[d]});
    f.volume[month] += volume;
    f.total += volume;
    if (issued[d] != bank[d] + surrendered[d] + cancelled[d] + expired[d])
      f.unbalanced.push_back(fmt::format("{}: issued {} = bank {} + surrendered {} + cancelled {} + expired {} is off by {}", to_string(Day{days[d]}),
                                         issued[d], bank[d], surrendered[d], cancelled[d], expired[d], issued[d] - bank[d] - surrendered[d] - cancelled[d] - expired[d]));
  }
  f.close = 0.01 * close.back();
  f.last_two = static_cast<double>(f.volume[11] + f.volume[12]) / static_cast<double>(f.total);
  f.august = static_cast<double>(f.volume[8]) / static_cast<double>(f.total);
  const auto years = reader.read<std::int32_t>("/yearly/year");
  const auto shares = reader.read<double>("/yearly/share_before_deadline");
  for (std::size_t y = 0; y < years.size(); ++y)
    if (years[y] == 2021) f.written_share = shares[y];

  const auto day = reader.read_column<std::int32_t>("/trades/trades", "day"), price = reader.read_column<std::int32_t>("/trades/trades", "price");
  const auto kind = reader.read_column<std::uint8_t>("/trades/trades", "kind");
  for (std::size_t i = 0; i < day.size(); ++i) {
    if (kind[i] != 0) continue;
    ++f.listed_trades;
    ++f.trades[month_of(Day{day[i]})];
    const std::size_t d = index.at(day[i]);
    if (price[i] < low[d] || price[i] > high[d])
      f.outside.push_back(fmt::format("{}: trade {} at {}, limits {} to {} (1/100 CNY)", to_string(Day{day[i]}), i, price[i], low[d], high[d]));
  }

  const Registry& registry = simulation.markets()[0].registry;
  if (const auto unit = registry.imbalance()) f.registry = fmt::format("vintage {} is not conserved", registry.units()[*unit].vintage);
  UnitTotals sum;
  std::int64_t held = 0;
  for (UnitIndex u = 0; u < registry.units().size(); ++u) {
    sum.issued += registry.totals(u).issued;
    sum.surrendered += registry.totals(u).surrendered;
    for (Account a = 0; a < registry.accounts(); ++a) held += registry.holding(a, u).count;
  }
  if (sum.issued.count != issued.back() || sum.surrendered.count != surrendered.back() || held != bank.back())
    f.registry += fmt::format("the file says issued {}, surrendered {}, bank {}; the registry {}, {}, {}", issued.back(), surrendered.back(), bank.back(),
                              sum.issued.count, sum.surrendered.count, held);
  return f;
}

class OpeningMarket : public testing::Test {
 protected:
  static const std::vector<Figures>& runs() {
    static const std::vector<Figures> all = [] {
      std::vector<Figures> figures;
      for (int seed = 1; seed <= seeds; ++seed) figures.push_back(figures_of(seed));
      return figures;
    }();
    return all;
  }
  /// The figures of every seed, for whoever has to find out.
  static std::string table() {
    std::string text = "\nseed   Jul   Aug   Sep   Oct   Nov   Dec  Nov+Dec  total Mt  listed trades  close\n";
    for (const Figures& f : runs()) {
      text += fmt::format("{:4}", f.seed);
      for (unsigned month = 7; month <= 12; ++month)
        text += fmt::format(" {:5.1f}", 100 * static_cast<double>(f.volume.contains(month) ? f.volume.at(month) : 0) / static_cast<double>(f.total));
      text += fmt::format(" {:7.1f}% {:9.1f} {:14} {:6.2f}\n", 100 * f.last_two, static_cast<double>(f.total) / 1e6, f.listed_trades, f.close);
    }
    return text;
  }
  static void SetUpTestSuite() {
    if (getenv("TANTU_SHOW_FIGURES")) fmt::print("{}", table());
  }
};

TEST_F(OpeningMarket, RushesBeforeTheDeadline) {
  for (const Figures& f : runs())
    EXPECT_TRUE(f.last_two >= least_of_last_two && f.last_two <= most_of_last_two)
        << fmt::format("seed {}: {:.1f}% of 2021's volume in November and December; {:.0f} to {:.0f}% expected", f.seed, 100 * f.last_two,
                       100 * least_of_last_two, 100 * most_of_last_two);
  if (HasFailure()) ADD_FAILURE() << table();
}

TEST_F(OpeningMarket, SleepsInAugust) {
  for (const Figures& f : runs())
    EXPECT_LT(f.august, most_of_august) << fmt::format("seed {}: {:.2f}% of 2021's volume in August; under {:.0f}% expected", f.seed, 100 * f.august, 100 * most_of_august);
  if (HasFailure()) ADD_FAILURE() << table();
}

TEST_F(OpeningMarket, TradesInEveryMonth) {
  for (const Figures& f : runs())
    for (unsigned month = 7; month <= 12; ++month)
      EXPECT_TRUE(f.trades.contains(month)) << "seed " << f.seed << ": no listed trade in month " << month << " of 2021" << table();
}

TEST_F(OpeningMarket, KeepsEveryListedTradeInsideItsLimits) {
  for (const Figures& f : runs()) {
    EXPECT_GT(f.listed_trades, 100) << "seed " << f.seed << ": too few trades to say anything";
    EXPECT_TRUE(f.outside.empty()) << "seed " << f.seed << ": " << f.outside.size() << " trades outside, the first " << f.outside.front();
  }
}

TEST_F(OpeningMarket, ConservesAllowancesToTheTonneInTheFileAlone) {
  for (const Figures& f : runs())
    EXPECT_TRUE(f.unbalanced.empty()) << "seed " << f.seed << ": " << f.unbalanced.size() << " days, the first " << f.unbalanced.front();
}

TEST_F(OpeningMarket, ConservesAllowancesInTheRegistryAndTheFileSaysTheSame) {
  for (const Figures& f : runs()) EXPECT_EQ(f.registry, "") << "seed " << f.seed;
}

TEST_F(OpeningMarket, WritesTheShareThatItsDaysAddUpTo) {
  for (const Figures& f : runs()) EXPECT_DOUBLE_EQ(f.written_share, f.last_two) << "seed " << f.seed << ": /yearly/share_before_deadline of 2021";
}

}  // namespace
