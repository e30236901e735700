#include "results/link_tables.hpp"

#include <string>
#include <vector>

namespace tantu {

void write_links(Dataset& file, const Simulation& simulation, const Denomination& in) {
  if (simulation.links().empty()) return;
  std::vector<std::string> from, to, by, kind;
  std::vector<std::int32_t> label, year;
  std::vector<std::int64_t> sent, received, home, lapsed, value, fees, transfers;
  for (std::size_t d = 0; d < simulation.links().size(); ++d) {
    const LinkRules& link = simulation.setup().links[d];
    for (const LinkFlow& flow : simulation.links()[d].flows) {
      label.push_back(static_cast<std::int32_t>(label.size()));
      from.push_back(simulation.markets()[link.from].rules().name);
      to.push_back(simulation.markets()[link.to].rules().name);
      by.push_back(flow.sector < 0 ? "traders" : simulation.setup().traits.sectors[static_cast<std::size_t>(flow.sector)].name);
      kind.emplace_back(link.moves_firms ? "move" : "link");
      year.push_back(flow.year);
      sent.push_back(flow.sent.count);
      received.push_back(flow.received.count);
      home.push_back(flow.home.count);
      lapsed.push_back(flow.lapsed.count);
      value.push_back(flow.value.count * in.steps(link.to));
      fees.push_back(flow.fees.count * in.steps(link.to));
      transfers.push_back(flow.transfers);
    }
  }
  DatasetGroup& links = file.group("/links");
  const std::vector<std::string> axis{"flow"};
  links.of_one_run();
  links.axis("flow", std::span<const std::int32_t>(label), {"", "number of the flow"});
  links.variable("from", axis, std::span<const std::string>(from), {"", "market that sent"});
  links.variable("to", axis, std::span<const std::string>(to), {"", "market that received"});
  links.variable("year", axis, std::span<const std::int32_t>(year), {"", "calendar year"});
  links.variable("by", axis, std::span<const std::string>(by), {"", "sector of the firms that moved them, or traders"});
  links.variable("kind", axis, std::span<const std::string>(kind), {"", "link: over a link; move: what firms that moved to another market brought with them"});
  links.variable("sent", axis, std::span<const std::int64_t>(sent), in.meaning("t", "sent, in units of `from`"));
  links.variable("received", axis, std::span<const std::int64_t>(received), in.meaning("t", "received, in units of `to`"));
  links.variable("home", axis, std::span<const std::int64_t>(home), in.meaning("t", "of them units of `to` that came home"));
  links.variable("lapsed", axis, std::span<const std::int64_t>(lapsed), in.meaning("t", "of firms that moved: cancelled in `from` because nothing is given for them"));
  links.variable("value", axis, std::span<const std::int64_t>(value), in.money("currency", "received, at the last close of `to` before, in its currency"));
  links.variable("fees", axis, std::span<const std::int64_t>(fees), in.money("currency", "paid for the transfers, in the currency of `to`"));
  links.variable("transfers", axis, std::span<const std::int64_t>(transfers), {"1", "number of transfers"});
}

}  // namespace tantu
