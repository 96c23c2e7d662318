//! The `accord` command.

fn main() -> std::process::ExitCode {
    accord::main()
}
