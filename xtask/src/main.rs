//! Everything a person has to type: `cargo xtask run` and `cargo xtask test`, and the steps they are made of.

use std::process::ExitCode;

mod base;
mod browser;
mod measure;
mod model;
mod parts;
mod paths;
mod prerequisites;
mod process;
mod program;
mod site;
mod size;
mod test;
mod tidy;
mod types;
mod wasm;

const USAGE: &str = "\
cargo xtask COMMAND

  run [ARGS…]    set everything up and serve the builder at http://127.0.0.1:3000
                 (ARGS go to `flowright serve`, for example --addr 127.0.0.1:8080)
  test [--fast]  all tests; --fast leaves out the browser and the real model

  setup          what `run` does before it serves
  site           build the page: WebAssembly, bindings, style, compressed neighbours
  base           fetch and verify the base model
  model          merge the base with the shipped adapter, when that is not done yet
  e2e [ARGS…]    browser tests only (ARGS go to Playwright)
  shots          screenshots of every page, in both themes, into target/shots
  measure        the figures of docs/MEASURES.md that need no GPU
  size [flow]    size of the page, or of the language alone, on the wire
  size check     the same, and fails when the page has grown beyond app/size.json
  size accept    takes the size of the page as the new measure
  types [FILE]   write flow/catalog/types.json from the introspection of Shopify's Admin API
  tidy           the rules of the repository
  lint           rustfmt and clippy over everything";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", &[][..]),
    };
    let result = match command {
        "run" => program::run(rest),
        "test" => test::run(rest),
        "setup" => program::set_up(),
        "site" => site::build(),
        "base" => base::fetch().map(|_| ()),
        "model" => model::publish_shipped(),
        "e2e" => browser::run(rest),
        "shots" => browser::shots(),
        "measure" => measure::run(),
        "size" => size::run(rest),
        "types" => types::run(rest),
        "tidy" => tidy::run(),
        "lint" => test::lint(),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        other => {
            eprintln!("There is no command `{other}`.\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\n{error:#}");
            ExitCode::FAILURE
        }
    }
}
