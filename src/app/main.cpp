// app/main.cpp: where the parts are put together.

#include <exception>
#include <iostream>

#include "cli/cli.h"
#include "cli/exit_code.h"
#include "http/serve.h"

int main(int argc, char** argv) {
  try {
    const cip::cli::Wiring wiring{.serve = cip::http::serve_until_stopped,
                                  .openapi = [] { return std::string(cip::http::openapi_text()); }};
    return cip::cli::run(argc, argv, wiring);
  } catch (const std::exception& error) {
    // One of the three places that catch: a rule of the program itself was broken.
    std::cerr << "cip: this is a bug, not your fault: " << error.what() << '\n';
    return cip::cli::kBugExit;
  }
}
