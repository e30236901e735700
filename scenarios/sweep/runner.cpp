#include "scenarios/sweep/runner.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <thread>

#include <tbb/concurrent_queue.h>
#include <tbb/global_control.h>
#include <tbb/parallel_pipeline.h>
#include <tbb/task_arena.h>

#include "results/layout.hpp"
#include "results/run_file.hpp"

namespace tantu {

RecordWishes wishes_of(const Sweep& sweep) {
  const auto asked = [&](const char* what) { return std::find(sweep.record.begin(), sweep.record.end(), what) != sweep.record.end(); };
  return {asked("daily"), asked("firms"), false, false};
}

std::unique_ptr<Dataset> simulate(const LoadedScenario& loaded, RecordWishes wishes, const SavedPast* past, const std::function<bool()>& go_on) {
  Recorder recorder(wishes);
  Simulation simulation = past ? past->go_on(loaded, recorder) : Simulation(compose(loaded));
  Workers inline_workers(1);
  if (!simulation.live(recorder, inline_workers, go_on)) return nullptr;
  simulation.finish();
  return std::make_unique<Dataset>(run_dataset(simulation, recorder, {}));
}

namespace {

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

/// The scenario of a run. Replications of a point follow one another and differ in their number alone, so a thread keeps
/// the last point's: reading a scenario costs as much as a day of a small market.
const LoadedScenario& scenario_of(const SweepPlan& plan, std::size_t run) {
  struct Known {
    std::string plan;
    std::size_t point = 0;
    LoadedScenario loaded;
  };
  thread_local Known known;
  if (known.plan != plan.hash() || known.point != plan.point_of(run)) {
    known.plan.clear();  // if the next line throws
    known.loaded = plan.scenario_of(run);
    known.plan = plan.hash();
    known.point = plan.point_of(run);
  } else if (plan.replications() > 1) {
    known.loaded.scenario.run.replication = plan.replication_of(run);
  }
  return known.loaded;
}

RunRecord record_of(const SweepPlan& plan, std::size_t run, const SavedPast* past, const std::function<bool()>& go_on, bool& stopped) {
  // Runs of a sweep nearly always have the layout of the run before.
  struct Known {
    Layout layout;
    std::shared_ptr<const std::string> encoded;
  };
  thread_local Known known;
  RunRecord record;
  record.run = run;
  try {
    const auto dataset = simulate(scenario_of(plan, run), wishes_of(plan.sweep()), past, go_on);
    if (!dataset) {
      stopped = true;
      return record;
    }
    if (!known.encoded || !is_laid_out(*dataset, known.layout)) {
      known.layout = layout_of(*dataset);
      known.encoded = std::make_shared<const std::string>(encode(known.layout));
    }
    record.layout = known.encoded;
    record.values.reserve(known.layout.bytes);
    append_values(*dataset, record.values);
  } catch (const std::exception& error) {
    record.failed = true;
    record.error = one_line(error.what());
  }
  return record;
}

}  // namespace

bool run_all(const SweepPlan& plan, const std::vector<std::size_t>& runs, const RunnerOptions& options, const std::function<void(RunRecord)>& take) {
  using Item = std::shared_ptr<RunRecord>;  // null: the end
  tbb::concurrent_bounded_queue<Item> queue;
  queue.set_capacity(4 * options.jobs + 4);
  std::atomic<bool> ended = false;
  std::exception_ptr problem;
  // Waits in steps and not for ever: what was taken must become safe when no more comes, too.
  std::thread consumer([&] {
    constexpr std::chrono::microseconds shortest(100), longest(20'000);
    std::chrono::microseconds wait = shortest;
    for (;;) {
      Item item;
      const bool is_new = queue.try_pop(item);
      if (is_new && !item) return;
      // After a problem the queue is still emptied, so that nobody waits for a place in it.
      try {
        if (is_new && !problem) take(std::move(*item));
        if (!is_new && !problem) options.idle();
      } catch (...) {
        problem = std::current_exception();
        ended = true;
      }
      if (!is_new) std::this_thread::sleep_for(wait);
      wait = is_new ? shortest : std::min(2 * wait, longest);
    }
  });
  const auto go_on = [&] { return !ended && options.go_on(); };
  try {
    const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(std::max(options.jobs, 1)));
    tbb::task_arena arena(options.jobs);
    arena.execute([&] {
      std::size_t next = 0;
      tbb::parallel_pipeline(
          static_cast<std::size_t>(options.jobs),
          tbb::make_filter<void, std::size_t>(tbb::filter_mode::serial_in_order,
                                              [&](tbb::flow_control& flow) -> std::size_t {
                                                if (next == runs.size() || !go_on()) {
                                                  if (next < runs.size()) ended = true;
                                                  flow.stop();
                                                  return 0;
                                                }
                                                return runs[next++];
                                              }) &
              tbb::make_filter<std::size_t, void>(tbb::filter_mode::parallel, [&](std::size_t run) {
                bool stopped = false;
                auto record = std::make_shared<RunRecord>(record_of(plan, run, options.past, go_on, stopped));
                if (stopped) {
                  ended = true;
                  return;
                }
                if (record->failed && !options.keep_going) ended = true;
                queue.push(std::move(record));
              }));
    });
  } catch (...) {
    queue.push(nullptr);
    consumer.join();
    throw;
  }
  queue.push(nullptr);
  consumer.join();
  if (problem) std::rethrow_exception(problem);
  return !ended;
}

}  // namespace tantu
