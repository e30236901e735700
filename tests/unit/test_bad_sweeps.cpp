// What a user gets wrong with sweeps and their shards: one line that says where and what would be right, status 2,
// before the first run. What only a combination of values gets wrong is a run that fails (tests/program).
#include "tests/bad_input.hpp"

namespace {

using namespace tantu::tests;

const std::vector<std::string> sweep_s{"sweep", "s.json"};
const std::string fine = R"({"path": "policies.penalty.per_tonne", "name": "fine", "levels": [50, 100]})";

/// s.json over two firms, with factors and what else is given.
std::vector<std::pair<std::string, std::string>> sweep_of(const std::string& factors, const std::string& more = "") {
  return {{"s.json", R"({"name": "s", "scenario": "two-firms", "set": ["run.last_day=2021-01-29"], "factors": [)" + factors + "]" + (more.empty() ? "" : ", " + more) + "}"}};
}

std::vector<std::pair<std::string, std::string>> samples(const std::string& csv) {
  auto files = sweep_of(R"({"path": "policies.penalty.per_tonne", "name": "fine"})", R"("design": {"kind": "samples", "samples_csv": "x.csv"})");
  files.emplace_back("x.csv", csv);
  return files;
}

std::string of_seed(const std::string& values) { return R"({"path": "run.seed", )" + values + "}"; }
std::string fine_by_law(const std::string& law) { return R"({"path": "policies.penalty.per_tonne", "name": "fine", )" + law + "}"; }
const std::string hypercube = R"("design": {"kind": "latin_hypercube", "points": 4})";

std::vector<Case> cases() {
  return {
      // Factors.
      {"PathThatDoesNotExist", sweep_s, "s.json:/factors/0/path: no such path; nearest: policies.penalty.per_tonne", sweep_of(R"({"path": "policies.penalty.per_ton", "levels": [1]})")},
      {"NoPath", sweep_s, R"(s.json:/factors/0: "path" is required: path of the scenario, as for --set)", sweep_of(R"({"levels": [1]})")},
      {"EmptyPath", sweep_s, "s.json:/factors/0/path: is empty; a path of the scenario was expected, e.g. run.seed", sweep_of(R"({"path": "", "levels": [1]})")},
      {"OneFactorInsideAnother", sweep_s, R"(s.json:/factors/1/path: "policies.penalty" overlaps with "policies.penalty.per_tonne" of factor 0)", sweep_of(fine + R"(, {"path": "policies.penalty", "alternatives": {"none": null}})")},
      {"OnePathInTwoForms", sweep_s, R"(s.json:/factors/1/path: "markets.main.policies.penalty.per_tonne" overlaps with "policies.penalty.per_tonne" of factor 0)", sweep_of(fine + R"(, {"path": "markets.main.policies.penalty.per_tonne", "name": "again", "levels": [1]})")},
      {"TwoFactorsOfOneName", sweep_s, R"(s.json:/factors/1/name: "fine" is the name of factor 0 too; give each its own "name")", sweep_of(fine + R"(, {"path": "run.seed", "name": "fine", "levels": [1]})")},
      {"NameThatIsNone", sweep_s, R"(s.json:/factors/0/name: "a b" is not a name of letters, digits and _ (nor run, replication, failed, error))", sweep_of(of_seed(R"("name": "a b", "levels": [1])"))},
      {"ReplicationsAndTheirFactor", sweep_s, "s.json:/factors/0/path: replications set run.replication; keep one of them", sweep_of(R"({"path": "run.replication", "name": "r", "levels": [1]})", R"("replications": 2)")},
      {"NoLevels", sweep_s, "s.json:/factors/0/levels: is empty; give at least one value", sweep_of(of_seed(R"("levels": [])"))},
      {"LevelsThatAreNoList", sweep_s, "s.json:/factors/0/levels: 3 is not a list of values", sweep_of(of_seed(R"("levels": 3)"))},
      {"NoAlternatives", sweep_s, "s.json:/factors/0/alternatives: is empty; give at least one", sweep_of(R"({"path": "policies.penalty", "alternatives": {}})")},
      {"NoValues", sweep_s, "s.json:/factors/0: has no values; give levels, alternatives or a law", sweep_of(R"({"path": "run.seed"})")},
      {"LevelsAndALaw", sweep_s, "s.json:/factors/0: has more than one of levels, alternatives and law; keep one", sweep_of(of_seed(R"("levels": [1], "law": "uniform", "least": 0, "most": 1)"))},
      {"LevelOutOfRange", sweep_s, "s.json:/factors/0/levels/1: -3 is not at least 0", sweep_of(fine_by_law(R"("levels": [50, -3])"))},
      {"LevelOfAnotherType", sweep_s, R"(s.json:/factors/0/levels/1: "x" is not a number)", sweep_of(fine_by_law(R"("levels": [50, "x"])"))},
      {"AlternativeThatIsWrongInside", sweep_s, "s.json:/factors/0/alternatives/low:/per_ton: unknown key; nearest: per_tonne, most_per_tonne", sweep_of(R"({"path": "policies.penalty", "alternatives": {"low": {"kind": "penalty", "per_ton": 3}}})")},
      // Laws.
      {"LawBeyondTheRange", sweep_s, "s.json:/factors/0/least: -5 is not at least 0", sweep_of(fine_by_law(R"("law": "uniform", "least": -5, "most": 10)"), hypercube)},
      {"LawUpsideDown", sweep_s, "s.json:/factors/0/most: 1 is below least, 5", sweep_of(fine_by_law(R"("law": "uniform", "least": 5, "most": 1)"), hypercube)},
      {"LawWithoutItsNumbers", sweep_s, R"(s.json:/factors/0: its law needs "deviation")", sweep_of(fine_by_law(R"("law": "normal", "mean": 5)"), hypercube)},
      {"LawInAGrid", sweep_s, "s.json:/factors/0: a grid needs levels; a law is for latin_hypercube, sobol, saltelli and morris", sweep_of(fine_by_law(R"("law": "uniform", "least": 1, "most": 5)"))},
      {"LogarithmOfNothing", sweep_s, "s.json:/factors/0/least: 0 is not above 0, as log_uniform needs", sweep_of(fine_by_law(R"("law": "log_uniform", "least": 0, "most": 5)"), hypercube)},
      // Designs.
      {"EmptyDesign", sweep_s, "s.json:/design: has no points; give it factors with values", sweep_of(R"({"path": "run.seed"})", R"("design": {"kind": "list", "list": []})")},
      {"DesignWithoutFactors", sweep_s, "s.json:/factors: are empty; this design needs at least one", sweep_of("", R"("design": {"kind": "sobol", "points": 8})")},
      {"DesignWithoutPoints", sweep_s, "s.json:/design/points: is missing; 1 or more", sweep_of(fine, R"("design": {"kind": "latin_hypercube"})")},
      {"UnknownDesign", sweep_s, R"(s.json:/design/kind: "gird" is not one of grid, list, latin_hypercube, sobol, saltelli, morris, samples, attribution)", sweep_of(fine, R"("design": {"kind": "gird"})")},
      {"SaltelliOfSix", sweep_s, "s.json:/design/points: 6 is not a power of 2", sweep_of(fine, R"("design": {"kind": "saltelli", "points": 6})")},
      {"MorrisOnFiveLevels", sweep_s, "s.json:/design/grid_levels: 5 is not even", sweep_of(fine, R"("design": {"kind": "morris", "points": 6, "grid_levels": 5})")},
      {"PointOfAnUnknownFactor", sweep_s, "s.json:/design/list/0/seeed: no factor has this name; nearest: seed", sweep_of(R"({"path": "run.seed"})", R"("design": {"kind": "list", "list": [{"seeed": 1}]})")},
      {"PointWithoutAFactor", sweep_s, "s.json:/design/list/0: has no value for the factor fine", sweep_of(R"({"path": "run.seed"}, )" + fine, R"("design": {"kind": "list", "list": [{"seed": 1}]})")},
      {"AttributionToTheSame", sweep_s, "s.json:/design/to: changes nothing", sweep_of("", R"("design": {"kind": "attribution", "to": {"policies": {"penalty": {"per_tonne": 100}}}})")},
      {"AttributionToNoInstrument", sweep_s, "s.json:/design/to/run: only policies and other parts of markets can be attributed to", sweep_of("", R"("design": {"kind": "attribution", "to": {"run": {"seed": 3}}})")},
      {"AttributionWithFactors", sweep_s, "s.json:/factors: are made by the design attribution; leave them out", sweep_of(fine, R"("design": {"kind": "attribution", "to": {"policies": {"penalty": {"per_tonne": 1}}}})")},
      {"TooManyRuns", sweep_s, "s.json:/replications: 101 points x 1000000 replications are more than 100000000 runs", [] {
         std::string levels = "0";
         for (int i = 1; i <= 100; ++i) levels += "," + std::to_string(i);
         return sweep_of(of_seed("\"levels\": [" + levels + "]"), R"("replications": 1000000)");
       }()},
      {"NoReplications", sweep_s, "s.json:/replications: 0 is not in [1, 1000000]", sweep_of(fine, R"("replications": 0)")},
      {"TapesOfASweep", sweep_s, R"(s.json:/record/0: "trades" is not one of daily, firms; tapes are for tantu run)", sweep_of(fine, R"("record": ["trades"])")},
      {"UnknownKey", sweep_s, "s.json:/replicatons: unknown key; nearest: replications", sweep_of(fine, R"("replicatons": 3)")},
      {"UnknownScenario", sweep_s, "two-frims: no preset and no file of this name; nearest: two-firms", {{"s.json", R"({"name": "s", "scenario": "two-frims"})"}}},
      {"NoSweep", {"sweep", "none.json"}, "none.json: no such file"},
      {"SweepCutOff", sweep_s, "s.json:1: unexpected end of input, expected '}'", {{"s.json", R"({"name": "s")"}}},
      // Samples made elsewhere.
      {"SamplesWithoutAColumn", sweep_s, "x.csv:1: has no column for the factor fine; nearest: fin", samples("fin\n1\n")},
      {"SamplesWithNaN", sweep_s, R"(x.csv:3: column fine: "NaN" is not a value)", samples("fine\n1\nNaN\n")},
      {"SamplesWithInfinity", sweep_s, R"(x.csv:2: column fine: "-inf" is not a value)", samples("fine\n-inf\n")},
      {"SamplesWithAnEmptyCell", sweep_s, R"(x.csv:3: column fine: "" is not a value)", samples("fine,other\n1,2\n,3\n")},
      {"SamplesWithAShortRow", sweep_s, "x.csv:3: has 1 cell where the header has 2", samples("fine,other\n1,2\n3\n")},
      {"SamplesWithAHeaderOnly", sweep_s, "x.csv: has a header and no samples", samples("fine\n")},
      {"SamplesOfNothing", sweep_s, "x.csv: is empty; a header of factors was expected", samples("")},
      {"SamplesWithAColumnTwice", sweep_s, R"(x.csv:1: two columns are called "fine")", samples("fine,fine\n1,2\n")},
      {"SamplesOutOfRangeBelowAnEmptyLine", sweep_s, "x.csv:5: column fine: -4 is not at least 0", samples("fine\n1\n\n2\n-4\n")},
      {"SamplesWithASlipOfThePen", sweep_s, R"(x.csv:3: column fine: "1O0" is not a number)", samples("fine\n100\n1O0\n")},
      {"SamplesWithAnOpenQuote", sweep_s, "x.csv:2: a quote is opened and not closed on this line", samples("fine\n\"1\n")},
      {"SamplesMissing", sweep_s, "x.csv: no such file", sweep_of(fine, R"("design": {"kind": "samples", "samples_csv": "x.csv"})")},
      // Shards.
      {"ShardOutOfRange", {"sweep", "s.json", "--shard", "9/8"}, "--shard 9/8: 9 is not in [1, 8]", sweep_of(fine)},
      {"ShardZero", {"sweep", "s.json", "--shard", "0/8"}, "--shard 0/8: 0 is not in [1, 8]", sweep_of(fine)},
      {"ShardOfNothing", {"sweep", "s.json", "--shard", "1/0"}, "--shard 1/0: the number of shards is not in [1, 1000000]", sweep_of(fine)},
      {"ShardThatIsNone", {"sweep", "s.json", "--shard", "3"}, "--shard 3: is not I/N, e.g. --shard 3/8", sweep_of(fine)},
      {"NoJobs", {"sweep", "s.json", "--jobs", "0"}, "tantu sweep: --jobs: Value 0 not in range 1 to 1024; see tantu sweep --help", sweep_of(fine)},
      {"SetOfAnUnknownPath", {"sweep", "s.json", "--set", "run.sed=1"}, "--set run.sed: no such path; nearest: run.seed", sweep_of(fine)},
      {"OutputInNoFolder", {"sweep", "s.json", "-o", "nowhere/x.h5"}, "nowhere/x.h5: the folder nowhere does not exist; create it or choose another with -o", sweep_of(fine)},
      {"FactorCalledLikeAResult", sweep_s, R"(s.json:/factors/0/name: "bank" is what /yearly/bank is called in the results; give the factor another "name")", sweep_of(R"({"path": "policies.penalty.per_tonne", "name": "bank", "levels": [50, 60]})")},
      {"FromNoState", {"sweep", "s.json", "--from-state", "x.state"}, "x.state: no such file", sweep_of(fine)},
  };
}

class BadSweep : public testing::TestWithParam<Case> {};
TEST_P(BadSweep, GetsOneLineAndLeavesNothing) { expect_refusal(GetParam()); }
INSTANTIATE_TEST_SUITE_P(, BadSweep, testing::ValuesIn(cases()), [](const auto& info) { return info.param.name; });

// --- what lies there already ---

/// Runs s.json in parts into `folder`: 1-of-3.h5 and so on.
void shards_into(const Folder& folder, int of = 3, const std::string& more = R"("replications": 3)") {
  for (const auto& [name, text] : sweep_of(fine, more)) folder.write(name, text);
  for (int i = 1; i <= of; ++i)
    ASSERT_EQ(run_tantu(folder.path(), {"sweep", "s.json", "--shard", std::to_string(i) + "/" + std::to_string(of), "-o", std::to_string(i) + ".h5"}).status, 0);
}

void prepared(const Folder& folder) { shards_into(folder); }

std::vector<Case> merges() {
  const std::vector<std::string> all{"merge", "m.h5", "1.h5", "2.h5", "3.h5"};
  const auto manifest_of = [](const std::string& from, const std::string& to) {
    return [=](const Folder& f) {
      shards_into(f);
      std::filesystem::copy_file(f / (from + ".manifest.json"), f / (to + ".manifest.json"), std::filesystem::copy_options::overwrite_existing);
    };
  };
  const auto other_sweep = [](const Folder& f) {
    const Folder other;
    shards_into(other, 3, R"("replications": 4)");
    shards_into(f);
    for (const char* name : {"2.h5", "2.manifest.json"}) std::filesystem::copy_file(other / name, f / name, std::filesystem::copy_options::overwrite_existing);
  };
  const auto resized = [](int by) {
    return [by](const Folder& f) {
      shards_into(f);
      std::filesystem::resize_file(f / "2.h5", static_cast<std::uintmax_t>(static_cast<int>(std::filesystem::file_size(f / "2.h5")) + by));
    };
  };
  return {
      {"ShardMissingInTheMiddle", {"merge", "m.h5", "1.h5", "3.h5"}, "m.h5: runs 2 to 3 are missing; give their shards", {}, prepared},
      {"ShardMissingAtTheEnd", {"merge", "m.h5", "1.h5", "2.h5"}, "m.h5: runs 4 to 5 are missing; give their shards", {}, prepared},
      {"ShardTwice", {"merge", "m.h5", "1.h5", "2.h5", "2.h5", "3.h5"}, "2.h5: holds run 2, which another shard holds too", {}, prepared},
      {"NoShard", {"merge", "m.h5"}, "tantu merge: SHARD is required; see tantu merge --help"},
      {"NoManifest", all, "2.h5: has no manifest beside it (2.manifest.json); copy both", {}, [](const Folder& f) { shards_into(f); std::filesystem::remove(f / "2.manifest.json"); }},
      {"ManifestOfAnotherShard", all, "2.manifest.json: is of another sweep or shard than 2.h5", {}, manifest_of("1", "2")},
      {"ShardOfAnotherSweep", all, "2.h5: is of another sweep than 1.h5", {}, other_sweep},
      {"ShardCutOff", all, "2.h5: has BYTES bytes and its manifest says otherwise; it was copied in part or changed", {}, resized(-10)},
      {"ShardWithSomethingBehind", all, "2.h5: has BYTES bytes and its manifest says otherwise; it was copied in part or changed", {}, resized(+1)},
      {"ARunInsteadOfAShard", {"merge", "m.h5", "r.h5"}, "r.h5: is not a shard of a sweep: it has no attribute shard", {}, [](const Folder& f) { run_tantu(f.path(), {"run", "two-firms", "-o", "r.h5", "--set", "run.last_day=2021-01-29"}); }},
      {"MergeOntoAFile", {"merge", "1.h5", "2.h5", "3.h5"}, "1.h5: exists already; choose another name with -o or overwrite it with --force", {}, [](const Folder& f) { shards_into(f, 3); }},
      {"CompareUnknownVariable", {"compare", "1.h5", "--variable", "clsoe"}, "1.h5:/yearly/clsoe: no such variable; nearest: close", {}, prepared},
      {"CompareNoFile", {"compare", "none.h5"}, "none.h5: does not exist"},
  };
}

class BadMerge : public testing::TestWithParam<Case> {};
TEST_P(BadMerge, GetsOneLineAndLeavesNothing) { expect_refusal(GetParam()); }
INSTANTIATE_TEST_SUITE_P(, BadMerge, testing::ValuesIn(merges()), [](const auto& info) { return info.param.name; });

/// A sweep interrupted after one run, whose folder says `key` is something else.
void expect_not_resumed(const std::string& key, const std::string& value, const std::string& reason) {
  const Folder folder;
  // A run whose end lies before its beginning fails, so that the sweep stops and stays unfinished.
  for (const auto& [name, text] : sweep_of(fine + R"(, {"path": "run.first_day", "levels": ["2021-01-04", "2021-03-01"]}, {"path": "run.last_day", "levels": ["2021-02-26"]})")) {
    constexpr std::string_view set = R"("set": ["run.last_day=2021-01-29"], )";
    std::string own = text;
    if (const auto at = own.find(set); at != std::string::npos) own.erase(at, set.size());
    folder.write(name, own);
  }
  ASSERT_EQ(run_tantu(folder.path(), {"sweep", "s.json", "--fail-fast", "--jobs", "1"}).status, 1);
  std::string plan = text_of(folder / "s.h5.parts/plan.json");
  const auto at = plan.find("\"" + key + "\": \"");
  ASSERT_NE(at, std::string::npos) << plan;
  const auto from = at + key.size() + 5;
  plan.replace(from, plan.find('"', from) - from, value);
  folder.write("s.h5.parts/plan.json", plan);
  const auto before = folder.names();
  const Ended ended = run_tantu(folder.path(), {"sweep", "s.json", "--resume"});
  EXPECT_EQ(ended.status, 2) << ended.err;
  EXPECT_TRUE(ended.err.starts_with("s.h5: cannot be resumed: " + reason + " since it was begun")) << ended.err;
  EXPECT_TRUE(ended.err.ends_with("; start over with --force\n")) << ended.err;
  EXPECT_EQ(folder.names(), before) << "finished runs are lost";
}

TEST(BadResume, AfterAnotherProgram) { expect_not_resumed("program", "0.0.9 (deadbeef)", "the program has changed"); }
TEST(BadResume, AfterAnotherScenario) { expect_not_resumed("scenario_sha256", "00", "the scenario has changed"); }
TEST(BadResume, AfterAnotherSweep) { expect_not_resumed("sweep_sha256", "00", "the sweep has changed"); }

TEST(BadResume, OfAFinishedDatasetOfAnotherSweep) {
  const Folder folder;
  for (const auto& [name, text] : sweep_of(fine)) folder.write(name, text);
  ASSERT_EQ(run_tantu(folder.path(), sweep_s).status, 0);
  const std::string before = text_of(folder / "s.h5");
  for (const auto& [name, text] : sweep_of(fine, R"("replications": 2)")) folder.write(name, text);
  const Ended ended = run_tantu(folder.path(), {"sweep", "s.json", "--resume"});
  EXPECT_EQ(ended.status, 2);
  EXPECT_EQ(ended.err, "s.h5: exists and is not the dataset of this sweep; choose another name with -o or start over with --force\n");
  EXPECT_EQ(text_of(folder / "s.h5"), before);
}

}  // namespace
