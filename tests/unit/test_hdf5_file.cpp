// The storage of results: what is written reads back, equal calls give equal bytes, and what is
// not a result is refused in a line. That other programs read it is in tests/python/open_results.py.
#include "results/hdf5_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <numeric>

#include "sim/input_error.hpp"
#include "tests/folder.hpp"
#include "tests/places.hpp"

namespace tantu {
namespace {
namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class Hdf5File : public testing::Test {
 protected:
  std::string at(const std::string& name) const { return (folder / name).string(); }
  const tantu::tests::Folder made;
  const fs::path folder = made.path();
};

std::string bytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void write_bytes(const std::string& path, std::string_view content) {
  std::ofstream(path, std::ios::binary) << content;
}

template <class T>
std::vector<T> counting(std::size_t n, T from = 0) {
  std::vector<T> v(n);
  std::iota(v.begin(), v.end(), from);
  return v;
}

std::string error_of(const std::function<void()>& f) {
  try {
    f();
  } catch (const std::exception& e) {
    return e.what();
  }
  return "";
}
std::string input_error_of(const std::function<void()>& f) {
  try {
    f();
  } catch (const InputError& e) {
    return e.what();
  }
  return "no InputError";
}

// Every kind of thing that a file can hold.
void write_everything(const std::string& path, Storage storage = {}) {
  ResultFile file(path, storage);
  file.root().attribute("seed", std::int64_t{7});
  file.root().attribute("program", std::string("碳图 tantu"));
  file.root().attribute("note", std::string());
  file.root().attribute("scenario", std::string(100'000, '{'));  // beyond the 64 KiB of an object header

  auto daily = file.group("/daily");
  daily.axis("market", std::vector<std::string>{"全国", "GD"}, {"1", "market"});
  daily.day_axis("day", std::vector<std::int32_t>{18824, 18827, 18828}, "trading day");
  daily.variable("close", {"market", "day"}, std::vector<std::int32_t>{4800, 4810, missing<std::int32_t>(), 1, 2, 3},
                 {.units = "CNY t-1", .long_name = "closing price", .scale_factor = 0.01});
  daily.variable("volume", {"market", "day"}, counting<std::int64_t>(6, std::int64_t{1} << 40), {"t", "volume"});
  daily.variable("halted", {"day"}, std::vector<std::uint8_t>{0, 1, 0}, {"1", "trading was halted"});
  daily.variable("spread", {"day"}, std::vector<float>{0.5f, missing<float>(), 1}, {"CNY t-1", "spread"});
  daily.variable("currency", {"market"}, std::vector<std::string>{"CNY", ""}, {"1", "currency"});

  auto summary = file.group("/summary");
  summary.variable("cost", {}, std::vector<double>{1.5}, {"CNY", "cost"});
  auto empty = file.group("/firms");
  empty.axis("firm", std::vector<std::string>{}, {"1", "firm"});
  empty.axis("year", std::vector<std::int32_t>{2021}, {"1", "year"});
  empty.variable("bank", {"firm", "year"}, std::vector<std::int64_t>{}, {"t", "bank"});

  auto runs = file.group("/runs/yearly");
  auto run = runs.growing_axis("run", ElementType::int64, {"1", "run"});
  runs.axis("year", std::vector<std::int32_t>{2021, 2022}, {"1", "year"});
  auto cap = runs.blocks("cap", {"run", "year"}, ElementType::int64, {"t", "cap"});
  auto late = runs.blocks("late", {"run"}, ElementType::float64, {"1", "not all runs have it"});
  for (std::int64_t r = 0; r < 5; ++r) {
    run.append(std::vector<std::int64_t>{r});
    cap.append(std::vector<std::int64_t>{10 * r, 10 * r + 1});
    if (r < 2) late.append(std::vector<double>{0.5 * static_cast<double>(r)});
  }

  auto trades = file.table("trades", {{"day", ElementType::int32, {"days since 1970-01-01", "day"}},
                                      {"price", ElementType::int32, {.units = "CNY t-1", .long_name = "price", .scale_factor = 0.01}},
                                      {"quantity", ElementType::int64, {"t", "quantity"}},
                                      {"buy", ElementType::uint8, {"1", "the buyer was the aggressor"}}}, "trades");
  for (int block = 0; block < 3; ++block) {
    const auto days = counting<std::int32_t>(2, 2 * block), prices = counting<std::int32_t>(2, 100);
    const auto quantities = counting<std::int64_t>(2, 1000);
    const std::vector<std::uint8_t> sides{0, 1};
    trades.append(std::vector<ArrayView>{days, prices, quantities, sides});
  }
  file.close();
}

TEST_F(Hdf5File, ReadsBackWhatWasWritten) {
  write_everything(at("a.h5"));
  const ResultReader file(at("a.h5"));
  EXPECT_THAT(file.groups(), ElementsAre("/", "/daily", "/summary", "/firms", "/runs", "/runs/yearly", "/trades"));
  const auto root = file.attributes();
  EXPECT_EQ(std::get<std::int64_t>(root.at("seed")), 7);
  EXPECT_EQ(std::get<std::string>(root.at("program")), "碳图 tantu");
  EXPECT_EQ(std::get<std::string>(root.at("note")), "");
  EXPECT_EQ(std::get<std::string>(root.at("scenario")).size(), 100'000u);
  EXPECT_EQ(std::get<std::string>(root.at("Conventions")), "CF-1.8");

  EXPECT_THAT(file.read<std::string>("/daily/market"), ElementsAre("全国", "GD"));
  EXPECT_THAT(file.read<std::int32_t>("/daily/day"), ElementsAre(18824, 18827, 18828));
  const auto close = file.find("/daily/close").value();
  EXPECT_EQ(close.type, ElementType::int32);
  EXPECT_THAT(close.axes, ElementsAre("market", "day"));
  EXPECT_THAT(close.shape, ElementsAre(2u, 3u));
  EXPECT_EQ(close.scale_factor(), 0.01);
  EXPECT_EQ(std::get<std::string>(close.attributes.at("units")), "CNY t-1");
  EXPECT_EQ(std::get<std::int64_t>(close.attributes.at("_FillValue")), missing<std::int32_t>());
  EXPECT_THAT(file.read<std::int32_t>("/daily/close", 1, 1), ElementsAre(1, 2, 3));
  EXPECT_EQ(file.read<std::int64_t>("/daily/close")[2], missing<std::int64_t>());
  const auto prices = file.read_in_units("/daily/close");
  EXPECT_DOUBLE_EQ(prices[0], 48.0);
  EXPECT_TRUE(std::isnan(prices[2]));
  EXPECT_EQ(file.read<std::int64_t>("/daily/volume")[5], (std::int64_t{1} << 40) + 5);
  EXPECT_THAT(file.read<std::uint8_t>("/daily/halted"), ElementsAre(0, 1, 0));
  EXPECT_THAT(file.read<std::string>("/daily/currency"), ElementsAre("CNY", ""));
  EXPECT_TRUE(std::isnan(file.read<double>("/daily/spread")[1]));

  EXPECT_THAT(file.read<double>("/summary/cost"), ElementsAre(1.5));
  EXPECT_TRUE(file.find("/summary/cost")->shape.empty());
  EXPECT_TRUE(file.read<std::string>("/firms/firm").empty());
  EXPECT_TRUE(file.read<std::int64_t>("/firms/bank").empty());

  EXPECT_TRUE(file.find("/runs/yearly/run")->grows);
  EXPECT_THAT(file.read<std::int64_t>("/runs/yearly/cap", 3, 2), ElementsAre(30, 31, 40, 41));
  const auto late = file.read<double>("/runs/yearly/late");
  ASSERT_EQ(late.size(), 5u);
  EXPECT_EQ(late[1], 0.5);
  EXPECT_TRUE(std::isnan(late[2]));

  const auto trades = file.find("/trades/trades").value();
  ASSERT_EQ(trades.columns.size(), 4u);
  EXPECT_EQ(trades.columns[1].meaning.scale_factor, 0.01);
  EXPECT_THAT(file.read_column<std::int32_t>("/trades/trades", "day"), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(file.read_column<std::uint8_t>("/trades/trades", "buy"), ElementsAre(0, 1, 0, 1, 0, 1));
  EXPECT_THAT(file.read<std::int64_t>("/trades/row"), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_FALSE(file.find("/nowhere/close"));
  EXPECT_FALSE(file.find("/daily"));
}

TEST_F(Hdf5File, OpensInOtherPrograms) {
  if (std::system("/usr/bin/python3 -c 'import xarray, h5netcdf, netCDF4, h5py, pandas' 2>/dev/null") != 0)
    GTEST_SKIP() << "needs python3-xarray, python3-h5netcdf, python3-netcdf4, python3-h5py, python3-pandas";
  write_everything(at("a.h5"));
  const std::string script = std::string("/usr/bin/python3 ") + places::source + "/tests/python/open_results.py ";
  EXPECT_EQ(std::system((script + at("a.h5")).c_str()), 0);
}

// The other process of the next test.
TEST_F(Hdf5File, DISABLED_WriteEverything) {
  const char* path = std::getenv("TANTU_WRITE_TO");
  ASSERT_TRUE(path);
  write_everything(path);
}

TEST_F(Hdf5File, EqualCallsGiveEqualBytes) {
  write_everything(at("a.h5"));
  // What lies in fresh and freed memory must not reach the file.
  for (const int filling : {0x55, 0xAA}) {
    mallopt(M_PERTURB, filling);
    ResultFile other(at("other.h5"));
    auto g = other.group("/g");
    g.axis("x", counting<std::int32_t>(3), {"1", "x"});
    write_everything(at("b.h5"));
    mallopt(M_PERTURB, 0);
    EXPECT_TRUE(bytes(at("a.h5")) == bytes(at("b.h5"))) << "memory filled with " << filling;
  }
  // Nor addresses, which differ between processes.
  const auto self = fs::read_symlink("/proc/self/exe").string();
  for (int process = 0; process < 3; ++process) {
    ASSERT_EQ(std::system(("TANTU_WRITE_TO=" + at("p.h5") + " " + self + " --gtest_also_run_disabled_tests --gtest_filter=Hdf5File.DISABLED_WriteEverything >/dev/null").c_str()), 0);
    EXPECT_TRUE(bytes(at("a.h5")) == bytes(at("p.h5"))) << "written by another process";
  }
  // No time of writing.
  sleep(1);
  write_everything(at("c.h5"));
  EXPECT_TRUE(bytes(at("a.h5")) == bytes(at("c.h5")));
}

TEST_F(Hdf5File, CompressionChangesNoValue) {
  write_everything(at("a.h5"), {.gzip = 0});
  write_everything(at("b.h5"), {.gzip = 9});
  EXPECT_EQ(ResultReader(at("a.h5")).read<std::int64_t>("/daily/volume"), ResultReader(at("b.h5")).read<std::int64_t>("/daily/volume"));
  EXPECT_EQ(error_of([&] { ResultFile(at("c.h5"), {.gzip = 10}); }), "gzip level 10 is not in 0..9");
}

TEST_F(Hdf5File, BlocksOfAnySizeGiveTheSameRows) {
  constexpr std::size_t runs = 20'000, years = 6;  // several chunks of 256 KiB
  const auto values = counting<std::int64_t>(runs * years);
  for (const std::size_t block : {std::size_t{1}, std::size_t{777}, runs}) {
    const auto path = at("blocks" + std::to_string(block) + ".h5");
    ResultFile file(path);
    auto g = file.root();
    g.axis("run", counting<std::int32_t>(runs), {"1", "run"});
    g.axis("year", counting<std::int32_t>(years, 2021), {"1", "year"});
    auto v = g.blocks("v", {"run", "year"}, ElementType::int64, {"t", "v"});
    for (std::size_t r = 0; r < runs; r += block) {
      const std::size_t n = std::min(block, runs - r);
      v.append(std::span(values).subspan(r * years, n * years));
    }
    EXPECT_EQ(v.rows(), runs);
    EXPECT_THROW(v.append(std::span(values).first(years)), std::logic_error);  // the axis ends
    file.close();
    EXPECT_TRUE(ResultReader(path).read<std::int64_t>("/v") == values) << block;
    EXPECT_TRUE(bytes(path) == bytes(at("blocks1.h5"))) << block;
  }
}

TEST_F(Hdf5File, LargeAndEmptyShapes) {
  {
    ResultFile file(at("a.h5"));
    auto g = file.root();
    g.axis("firm", counting<std::int32_t>(700'000), {"1", "firm"});
    g.axis("none", std::vector<std::int32_t>{}, {"1", "none"});
    g.axis("year", counting<std::int32_t>(3), {"1", "year"});
    g.variable("x", {"firm", "year"}, counting<std::int32_t>(2'100'000), {"t", "x"});  // more than a chunk
    auto run = g.growing_axis("run", ElementType::int32, {"1", "run"});
    auto wide = g.blocks("wide", {"run", "firm"}, ElementType::int32, {"t", "a row of more than a chunk"});
    auto nothing = g.blocks("nothing", {"run", "none"}, ElementType::int32, {"t", "rows without values"});
    run.append(counting<std::int32_t>(2));
    wide.append(counting<std::int32_t>(1'400'000));
    nothing.append(std::vector<std::int32_t>{});
    auto later = g.blocks("later", {"run"}, ElementType::uint8, {"1", "nothing came"});
    file.close();
  }
  const ResultReader file(at("a.h5"));
  EXPECT_TRUE(file.read<std::int32_t>("/x") == counting<std::int32_t>(2'100'000));
  EXPECT_TRUE(file.read<std::int32_t>("/wide") == counting<std::int32_t>(1'400'000));
  EXPECT_THAT(file.find("/nothing")->shape, ElementsAre(2u, 0u));
  EXPECT_THAT(file.read<std::uint8_t>("/later"), ElementsAre(255, 255));
}

TEST_F(Hdf5File, MisuseIsALogicErrorThatNamesTheObject) {
  ResultFile file(at("a.h5"));
  auto g = file.group("/daily");
  g.axis("day", counting<std::int32_t>(3), {"1", "day"});
  const auto three = counting<std::int32_t>(3);
  EXPECT_THAT(error_of([&] { g.variable("x", {"year"}, three, {"1", "x"}); }), HasSubstr("/daily/x: its group has no axis year"));
  EXPECT_THAT(error_of([&] { g.variable("x", {"day", "day"}, three, {"1", "x"}); }), HasSubstr("/daily/x: 3 values where its axes make 9"));
  g.variable("y", {"day"}, three, {"1", "y"});
  EXPECT_THAT(error_of([&] { g.variable("y", {"day"}, three, {"1", "y"}); }), HasSubstr("/daily/y: exists already"));
  EXPECT_THAT(error_of([&] { g.axis("day", three, {"1", "day"}); }), HasSubstr("/daily/day: exists already"));
  EXPECT_THAT(error_of([&] { file.group("daily"); }), HasSubstr("is not a path"));
  auto run = g.growing_axis("run", ElementType::int64, {"1", "run"});
  EXPECT_THAT(error_of([&] { run.append(three); }), HasSubstr("/daily/run: values of another type"));
  auto v = g.blocks("v", {"run", "day"}, ElementType::int32, {"1", "v"});
  EXPECT_THAT(error_of([&] { v.append(std::span(three).first(2)); }), HasSubstr("do not make whole rows"));
  v.append(three);
  EXPECT_THAT(error_of([&] { file.close(); }), HasSubstr("/daily/v: more rows than its leading axis has"));
  run.append(std::vector<std::int64_t>{0});
  file.close();
  EXPECT_THROW(v.append(three), std::logic_error);
  EXPECT_THROW(g.variable("z", {"day"}, three, {"1", "z"}), std::logic_error);
  EXPECT_THROW(file.close(), std::logic_error);
}

TEST_F(Hdf5File, FailureNamesFileAndReason) {
  const auto message = error_of([&] { ResultFile(at("missing/a.h5")); });
  EXPECT_THAT(message, StartsWith(at("missing/a.h5") + ": cannot create the file: "));
  EXPECT_THAT(message, HasSubstr("No such file or directory"));
}

// In a child: the limit on the size of files cannot be raised again by everyone, and what HDF5 does
// when a program ends with a file it could not close belongs to the test.
TEST_F(Hdf5File, FullDiskIsAnErrorAndTheProgramEndsAtOnce) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{20'000, 20'000};
    setrlimit(RLIMIT_FSIZE, &limit);
    std::string message;
    for (int attempt = 0; attempt < 3; ++attempt)
      message = error_of([&] {
        ResultFile file(at("full.h5"), {.gzip = 0});
        auto g = file.root();
        const auto n = static_cast<std::size_t>(attempt == 2 ? 3'000 : 1'000'000);
        g.axis("x", counting<std::int64_t>(n), {"1", "x"});
        if (attempt == 1) g.axis("y", counting<std::int64_t>(n), {"1", "y"});
        file.close();
      });
    exit(message.find("File too large") != std::string::npos ? 0 : 3);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status)) << "signal " << WTERMSIG(status);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(Hdf5File, AbandonedFileClosesQuietly) {
  testing::internal::CaptureStderr();
  {
    ResultFile file(at("a.h5"));
    file.group("/g").axis("x", counting<std::int32_t>(3), {"1", "x"});
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  write_everything(at("a.h5"));
  EXPECT_NO_THROW(ResultReader(at("a.h5")).groups());
}

// Reading -----------------------------------------------------------------------------------

TEST_F(Hdf5File, WhatIsNotAResultIsAnInputError) {
  write_bytes(at("empty.h5"), "");
  write_bytes(at("text.h5"), "{\"seed\": 1}");
  std::string garbage(5'000, 'x');
  write_bytes(at("garbage.h5"), garbage);
  EXPECT_EQ(input_error_of([&] { ResultReader r(at("none.h5")); }), at("none.h5") + ": does not exist");
  EXPECT_THAT(input_error_of([&] { ResultReader r(folder.string()); }), HasSubstr(": is a folder"));
  for (const char* name : {"empty.h5", "text.h5", "garbage.h5"})
    EXPECT_THAT(input_error_of([&] { ResultReader r(at(name)); }), StartsWith(at(name) + ": is not an HDF5 file"));
}

void read_all(const std::string& path) {
  const ResultReader file(path);
  for (const auto& group : file.groups()) {
    file.attributes(group);
    for (const auto& v : file.variables(group)) {
      const std::string full = group == "/" ? "/" + v.name : group + "/" + v.name;
      if (v.type == ElementType::text) file.read<std::string>(full);
      else if (v.columns.empty()) file.read_in_units(full);
      for (const auto& c : v.columns) {
        if (c.type == ElementType::int64) file.read_column<std::int64_t>(full, c.name);
        else file.read_column<double>(full, c.name);
      }
    }
  }
}

TEST_F(Hdf5File, TruncatedFileIsAnInputErrorAtEveryLength) {
  write_everything(at("a.h5"));
  EXPECT_NO_THROW(read_all(at("a.h5")));
  const std::string whole = bytes(at("a.h5"));
  for (std::size_t length = 0; length < whole.size(); length += 1 + whole.size() / 97) {
    write_bytes(at("t.h5"), std::string_view(whole).substr(0, length));
    EXPECT_THAT(input_error_of([&] { read_all(at("t.h5")); }), StartsWith(at("t.h5") + ":")) << length;
  }
}

// One byte changed anywhere: read, or refused with InputError; in a child, for HDF5 itself may crash.
TEST_F(Hdf5File, DamagedBytesAreReadOrRefused) {
  write_everything(at("a.h5"), {.gzip = 4});
  const std::string whole = bytes(at("a.h5"));
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);
    int refused = 0;
    for (std::size_t i = 0; i < whole.size(); i += 1 + whole.size() / 199) {
      std::string damaged = whole;
      damaged[i] = static_cast<char>(damaged[i] ^ 0xff);
      write_bytes(at("d.h5"), damaged);
      try {
        read_all(at("d.h5"));
      } catch (const InputError&) {
        ++refused;
      } catch (...) {
        exit(3);
      }
    }
    exit(refused > 10 ? 0 : 4);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status)) << "signal " << WTERMSIG(status);
  EXPECT_EQ(WEXITSTATUS(status), 0) << "3: another exception, 4: nothing refused";
}

TEST_F(Hdf5File, WrongNameOrTypeIsAnInputError) {
  write_everything(at("a.h5"));
  const ResultReader file(at("a.h5"));
  EXPECT_EQ(input_error_of([&] { file.read<double>("/daily/nothing"); }), at("a.h5") + ":/daily/nothing: there is no such variable");
  EXPECT_THAT(input_error_of([&] { file.read<double>("/daily/market"); }), HasSubstr("holds text where numbers are expected"));
  EXPECT_THAT(input_error_of([&] { file.read<std::int32_t>("/daily/volume"); }), HasSubstr("wider type"));
  EXPECT_THAT(input_error_of([&] { file.read<double>("/daily/volume"); }), HasSubstr("wider type"));
  EXPECT_THAT(input_error_of([&] { file.read<std::int32_t>("/daily/close", 1, 2); }), HasSubstr("has 2 rows, not rows 1 to 3"));
  EXPECT_THAT(input_error_of([&] { file.read_column<double>("/trades/trades", "colour"); }), HasSubstr("has no column colour"));
  EXPECT_THAT(input_error_of([&] { file.variables("/nowhere"); }), HasSubstr("there is no such group"));
}

}  // namespace
}  // namespace tantu
