// tantu: the command line. Thin: it reads words, calls the rooms, prints what they say.
#include <cstdio>
#include <exception>

#include "cli/commands.hpp"
#include "sim/input_error.hpp"

int main(int argc, char** argv) {
  try {
    return tantu::run_program(argc, argv);
  } catch (const tantu::InputError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "tantu: %s\n", error.what());
    return 1;
  }
}
