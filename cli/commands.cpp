#include "cli/commands.hpp"

#include <csignal>
#include <cstdio>
#include <map>

#include <CLI/CLI.hpp>

#include "cli/version.hpp"
#include "sim/input_error.hpp"

namespace tantu {

namespace {
volatile std::sig_atomic_t interrupt_seen = 0;
}

bool interrupted() { return interrupt_seen != 0; }
void catch_interrupts() {
  const auto note = [](int) { interrupt_seen = 1; };
  std::signal(SIGINT, note);
  std::signal(SIGTERM, note);
}

int run_program(int argc, char** argv) {
  CLI::App app{"Tantu simulates carbon markets, firm by firm and order by order.\n"
               "Example: tantu run china-national --seed 1 -o results.h5", "tantu"};
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("tantu ") + program_version + " (" + git_commit + ")");
  const std::vector<std::string> words(argv, argv + argc);
  std::map<std::string, Command> commands{
      {"run", add_run_command(app, words)},
      {"scenarios", add_scenarios_command(app)},
      {"validate", add_validate_command(app)},
      {"schema", add_schema_command(app)},
  };
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& done) {
    return app.exit(done);
  } catch (const CLI::ParseError& error) {
    std::string text = error.what();
    for (char& c : text)
      if (c == '\n') c = ' ';
    throw InputError("tantu: " + text + "; see tantu --help");
  }
  return commands.at(app.get_subcommands().front()->get_name())();
}

}  // namespace tantu
