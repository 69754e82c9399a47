//! The command `flowright`: reads the command line and hands over to one file per command.

use std::process::ExitCode;

fn main() -> ExitCode {
    server::commands::main()
}
