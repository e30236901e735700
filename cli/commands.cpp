#include "cli/sweep_commands.hpp"

#include <csignal>
#include <cstdio>
#include <cstring>
#include <map>

#include <unistd.h>

#include <CLI/CLI.hpp>

#include "cli/version.hpp"
#include "scenarios/wording.hpp"
#include "sim/input_error.hpp"

namespace tantu {

namespace {
volatile std::sig_atomic_t interrupt_seen = 0;
char unfinished[4096] = "";
const char* farewell = "";

// Both run inside a signal: nothing here but system calls.
void note_interrupt(int) {
  interrupt_seen = 1;
  ualarm(700'000, 0);
}
void give_up(int) {
  if (*unfinished) unlink(unfinished);
  const auto ignored = write(STDERR_FILENO, farewell, std::strlen(farewell));
  (void)ignored;
  _exit(1);
}

/// The option or command that `word` may have meant, for a message.
std::string meant(const CLI::App& app, const std::string& word) {
  std::vector<std::string> known;
  if (word.starts_with("-")) {
    for (const CLI::Option* option : app.get_options())
      for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  } else {
    for (const CLI::App* command : app.get_subcommands({})) known.push_back(command->get_name());
  }
  return suggestion(word, known);
}
}  // namespace

bool interrupted() { return interrupt_seen != 0; }
void catch_interrupts(const char* last_words) {
  farewell = last_words;
  std::signal(SIGINT, note_interrupt);
  std::signal(SIGTERM, note_interrupt);
  std::signal(SIGALRM, give_up);
}
void note_unfinished(const std::string& path) {
  // First the end, so that at every moment it is a whole path or none.
  unfinished[0] = '\0';
  if (path.empty() || path.size() >= sizeof unfinished) return;
  std::memcpy(unfinished + 1, path.c_str() + 1, path.size());
  unfinished[0] = path[0];
}

int run_program(int argc, char** argv) {
  CLI::App app{"Tantu simulates carbon markets, firm by firm and order by order.\n"
               "Example: tantu run china-national --seed 1 -o results.h5", "tantu"};
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("tantu ") + program_version + " (" + git_commit + ")");
  const std::vector<std::string> words(argv, argv + argc);
  std::map<std::string, Command> commands{
      {"run", add_run_command(app, words)},
      {"sweep", add_sweep_command(app, words)},
      {"merge", add_merge_command(app, words)},
      {"compare", add_compare_command(app)},
      {"replay", add_replay_command(app)},
      {"report", add_report_command(app)},
      {"equilibrium", add_equilibrium_command(app)},
      {"rules", add_rules_command(app)},
      {"export", add_export_command(app)},
      {"scenarios", add_scenarios_command(app)},
      {"validate", add_validate_command(app)},
      {"schema", add_schema_command(app)},
  };
  if (argc < 2) throw InputError("tantu: a command was expected, e.g. tantu run china-national; see tantu --help");
  if (argv[1][0] != '-' && !commands.contains(argv[1]))
    throw InputError("tantu: \"" + shown(argv[1]) + "\" is not a command; " + meant(app, argv[1]));
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& done) {
    return app.exit(done);
  } catch (const CLI::ExtrasError&) {
    const CLI::App& command = *app.get_subcommands().front();
    for (const std::string& word : command.remaining())
      if (word.starts_with("-")) throw InputError("tantu " + command.get_name() + ": \"" + shown(word) + "\" is not an option; " + meant(command, word));
    throw InputError("tantu " + command.get_name() + ": \"" + shown(command.remaining().front()) + "\" is one word too many; see tantu " + command.get_name() + " --help");
  } catch (const CLI::ParseError& error) {
    std::string text = error.what();
    for (char& c : text)
      if (c == '\n') c = ' ';
    const auto chosen = app.get_subcommands();
    const std::string command = chosen.empty() ? "tantu" : "tantu " + chosen.front()->get_name();
    throw InputError(command + ": " + text + "; see " + command + " --help");
  }
  return commands.at(app.get_subcommands().front()->get_name())();
}

}  // namespace tantu
