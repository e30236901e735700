// Reports as a user meets them: one page with everything inside, whatever a scenario is called; and one clear line for
// what is not a result. What the page shows is tested in a browser (tests/browser).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <regex>

#include <nlohmann/json.hpp>

#include "results/hdf5_file.hpp"
#include "results/json_text.hpp"
#include "results/report.hpp"
#include "results/report_page.hpp"
#include "sim/input_error.hpp"
#include "tests/program_run.hpp"

namespace {

using namespace tantu;
using namespace tantu::tests;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

/// A short run of the teaching market, under a name of the caller's.
void run_two_firms(const Folder& folder, const std::string& description, const std::string& record = "trades,orders") {
  folder.write("a.json", json{{"extends", "two-firms"}, {"name", "two"}, {"description", description}, {"run", {{"last_day", "2022-06-30"}}}}.dump());
  const Ended ended = run_tantu(folder.path(), {"run", "a.json", "-o", "r.h5", "--record", record});
  ASSERT_EQ(ended.status, 0) << ended.err;
}

std::string json_in(const std::string& page) {
  const std::string mark = "<script type=\"application/json\" id=\"report\">";
  const std::size_t from = page.find(mark) + mark.size();
  return page.substr(from, page.find("</script>", from) - from);
}

TEST(Report, IsOneFileWithTheFiguresOfTheResult) {
  const Folder folder;
  run_two_firms(folder, "A test.");
  const Ended ended = run_tantu(folder.path(), {"report", "r.h5", "-o", "r.html", "--lang", "zh"});
  ASSERT_EQ(ended.status, 0) << ended.err;
  const std::string page = text_of(folder / "r.html");
  EXPECT_LT(page.size(), 3'000'000u);
  EXPECT_THAT(page, HasSubstr("<html lang=\"zh\">"));
  EXPECT_THAT(page, HasSubstr("<title>two</title>"));
  EXPECT_THAT(page, Not(HasSubstr("{{")));
  EXPECT_FALSE(std::regex_search(page.substr(0, page.find("id=\"report\"")), std::regex("(src|href)=\"?https?:")));
  const json report = json::parse(json_in(page));
  EXPECT_EQ(report["kind"], "run");
  EXPECT_EQ(report["provenance"]["title"], "two");

  const ResultReader file(folder / "r.h5");
  const auto closes = file.read_in_units("/daily/close");
  const json& shown = report["groups"]["daily"]["close"];
  EXPECT_EQ(shown["units"], "CNY t-1");
  ASSERT_EQ(shown["values"].size(), closes.size());
  for (std::size_t i = 0; i < closes.size(); ++i) EXPECT_NEAR(shown["values"][i].get<double>(), closes[i], 1e-9) << "day " << i;
  const auto surrendered = file.read<std::int64_t>("/daily/surrendered");
  for (std::size_t i = 0; i < surrendered.size(); ++i) EXPECT_EQ(report["groups"]["daily"]["surrendered"]["values"][i], surrendered[i]);
}

TEST(Report, AddsUpFirmsAndTapes) {
  const Folder folder;
  run_two_firms(folder, "A test.");
  const json report = json::parse(read_report(folder / "r.h5").json);
  const ResultReader file(folder / "r.h5");
  const auto total = [&](const std::string& name) {
    double sum = 0;
    for (const double x : file.read_in_units("/firms/" + name)) if (!std::isnan(x)) sum += x;
    return sum;
  };
  for (const char* name : {"paid", "received", "fines", "abatement_cost", "obligation", "shortfall"}) {
    double sum = 0;
    for (const json& cell : report["firms"]["cells"]) sum += cell[name].get<double>();
    EXPECT_NEAR(sum, total(name), 1e-6 * std::abs(total(name))) << name;
  }
  std::int64_t traded = 0, shown = 0;
  for (const std::int64_t q : file.read_column<std::int64_t>("/trades/trades", "quantity")) traded += q;
  ASSERT_GT(traded, 0);
  ASSERT_EQ(report["tape"]["flows"][0]["by"], "sector");
  for (const json& q : report["tape"]["flows"][0]["tonnes"]) shown += q.get<std::int64_t>();
  EXPECT_EQ(shown, traded);
}

/// The page's mean depth at the close beside the exchange's own count, up to the eve of a deadline: there the book is
/// emptied for surrender after the close, which the exchange has counted before.
void expect_depth_of_the_exchange(const std::string& exchange) {
  const Folder folder;
  folder.write("a.json", R"({"extends": "china-national", "name": "c", "sectors": {"power": {"firms": 150, "firms_below": 0, "firms_closing": 0}}, "run": {"last_day": "2021-12-30"}, "exchange": )" + exchange + "}");
  const Ended ended = run_tantu(folder.path(), {"run", "a.json", "-o", "r.h5", "--record", "trades,orders"});
  ASSERT_EQ(ended.status, 0) << ended.err;
  const json depth = json::parse(read_report(folder / "r.h5").json)["tape"]["depth"];
  const ResultReader file(folder / "r.h5");
  const auto bids = file.read_in_units("/daily/bid_depth"), asks = file.read_in_units("/daily/ask_depth");
  double bid = 0, ask = 0;
  for (std::size_t i = 0; i < bids.size(); ++i) bid += bids[i], ask += asks[i];
  const auto days = static_cast<double>(bids.size());
  ASSERT_GT(bid, 0);
  EXPECT_NEAR(depth["mean_bids"].get<double>(), bid / days, 1e-6 * bid / days) << exchange;
  EXPECT_NEAR(depth["mean_asks"].get<double>(), ask / days, 1e-6 * ask / days) << exchange;
}

TEST(Report, DepthAtTheCloseIsWhatTheExchangeCounted) { expect_depth_of_the_exchange("{}"); }
TEST(Report, DepthOfOrdersThatRestForDaysToo) { expect_depth_of_the_exchange(R"({"order_days": 5})"); }
TEST(Report, DepthOfOrdersInLotsAndCallsToo) {
  expect_depth_of_the_exchange(R"({"order_days": 3, "lot_t": 10, "self_trade": "cancel_oldest", "timetable": [{"phase": "call", "from": "09:15", "until": "09:25"},
    {"from": "09:30", "until": "11:30"}, {"from": "13:00", "until": "15:00"}]})");
}

TEST(Report, NoNameCanLeaveItsPlace) {
  const std::string hostile = "</script><script>alert(1)</script><!-- \" ' & \\ \xE2\x80\xA8 " + std::string(10'000, 'x');
  const Folder folder;
  run_two_firms(folder, hostile, "daily");
  const Report report = read_report(folder / "r.h5");
  EXPECT_THAT(report.json, Not(HasSubstr("<")));
  EXPECT_EQ(json::parse(report.json)["scenario"]["description"], hostile);
  const std::string page = report_page(hostile, "en", report.json);
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_EQ(json::parse(json_in(page))["scenario"]["description"], hostile);
}

TEST(Report, BytesThatAreNoTextAreReplaced) {
  JsonText text;
  text.open('{').member("a", std::string("x\xFFy\x01")).member("b", 0.1 + 0.2).member("c", std::nan("")).close('}');
  EXPECT_EQ(text.take(), "{\"a\":\"x\uFFFDy\\u0001\",\"b\":0.3,\"c\":null}");
}

TEST(Report, WhatIsNoResultIsOneLine) {
  const Folder folder;
  run_two_firms(folder, "A test.", "daily");
  const std::string whole = text_of(folder / "r.h5");
  folder.write("text.h5", "not HDF5");
  folder.write("empty.h5", "");
  folder.write("cut.h5", whole.substr(0, whole.size() / 2));
  { ResultFile other(folder / "other.h5"); other.root().attribute("title", std::string("theirs")); other.close(); }
  for (const char* name : {"text.h5", "empty.h5", "cut.h5", "other.h5", "none.h5"}) {
    const Ended ended = run_tantu(folder.path(), {"report", name, "-o", "out.html"});
    EXPECT_EQ(ended.status, 2) << name;
    EXPECT_TRUE(ended.err.starts_with(std::string(name) + ": ")) << ended.err;
    EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
    EXPECT_FALSE(std::filesystem::exists(folder / "out.html")) << name;
  }
  // A file cut or damaged anywhere gives a page or one line, never anything else.
  for (std::size_t at = 100; at < whole.size(); at += whole.size() / 9) {
    std::string damaged = whole;
    for (std::size_t i = at; i < std::min(at + 64, whole.size()); ++i) damaged[i] = static_cast<char>(damaged[i] ^ 0x5A);
    folder.write("damaged.h5", damaged);
    try {
      read_report(folder / "damaged.h5");
    } catch (const InputError& error) {
      EXPECT_THAT(error.what(), HasSubstr("damaged.h5:"));
    }
  }
}

TEST(Report, AnExistingPageIsKept) {
  const Folder folder;
  run_two_firms(folder, "A test.", "daily");
  folder.write("r.html", "mine");
  EXPECT_EQ(run_tantu(folder.path(), {"report", "r.h5", "-o", "r.html"}).status, 2);
  EXPECT_EQ(text_of(folder / "r.html"), "mine");
  EXPECT_EQ(run_tantu(folder.path(), {"report", "r.h5", "-o", "r.html", "--force"}).status, 0);
}

}  // namespace
