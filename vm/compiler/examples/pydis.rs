//! Prints the instructions of a Python file, for work on the compiler: `pydis FILE [-O|-OO]`.

use freeze_compiler::{Mode, Options, compile_bytes};

fn main() {
    let mut options = Options::default();
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "-O" => options.optimize = 1,
            "-OO" => options.optimize = 2,
            path => show(path, &options),
        }
    }
}

#[allow(clippy::print_stdout)]
fn show(path: &str, options: &Options) {
    let source = match std::fs::read(path) {
        Ok(source) => source,
        Err(error) => return println!("{path}: {error}"),
    };
    match compile_bytes(&source, path, Mode::Exec, options) {
        Ok(compiled) => {
            println!("{}", freeze_bytecode::dis::listing(&compiled.code, std::str::from_utf8(&source).ok()));
            for warning in compiled.warnings {
                println!("{path}:{}: {}", warning.line, warning.message);
            }
            if let Err(error) = freeze_bytecode::verify::verify(&compiled.code) {
                println!("VERIFY: {error}");
            }
        }
        Err(error) => println!("{error}"),
    }
}
