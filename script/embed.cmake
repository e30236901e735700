# Writes a C++ file that holds the bytes of files: the function of that name, declared in HEADER, returns
# them as std::span<const EmbeddedFile> (sim/embedded_file.hpp), sorted by name.
#
#   cmake -D FOLDER=... -D NAMES=a.json|b.csv -D HEADER=scenarios/presets.hpp -D FUNCTION=embedded_files
#         -D OUTPUT=embedded.cpp -P embed.cmake
#
# A list of numbers and not a string literal: no escapes, no limit of length, the same for every compiler.
string(REPLACE "|" ";" names "${NAMES}")
list(SORT names)

set(arrays "")
set(entries "")
set(index 0)
foreach(name IN LISTS names)
  file(READ "${FOLDER}/${name}" bytes HEX)
  string(LENGTH "${bytes}" digits)
  math(EXPR size "${digits} / 2")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  # Lines of bounded length; the final zero keeps the array of an empty file legal.
  string(REGEX REPLACE "(0x[0-9a-f][0-9a-f],0x[0-9a-f][0-9a-f],0x[0-9a-f][0-9a-f],0x[0-9a-f][0-9a-f],0x[0-9a-f][0-9a-f],0x[0-9a-f][0-9a-f],0x[0-9a-f][0-9a-f],0x[0-9a-f][0-9a-f],)" "\\1\n" bytes "${bytes}")
  string(APPEND arrays "const unsigned char bytes_${index}[] = {\n${bytes}0};\n")
  string(APPEND entries "      {\"${name}\", {reinterpret_cast<const char*>(bytes_${index}), ${size}}},\n")
  math(EXPR index "${index} + 1")
endforeach()

if(index EQUAL 0)
  set(body "  return {};\n")
else()
  set(body "  static const EmbeddedFile files[] = {\n${entries}  };\n  return files;\n")
endif()
file(WRITE "${OUTPUT}" "// Written by script/embed.cmake.
#include \"${HEADER}\"

namespace tantu {
namespace {
${arrays}}  // namespace

std::span<const EmbeddedFile> ${FUNCTION}() {
${body}}

}  // namespace tantu
")
