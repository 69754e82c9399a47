//! `Run code`: evaluates a merchant's script in `QuickJS`, with no way out of it.
//!
//! The engine has no files, no network, no timers and no imports; time, memory and stack are limited. The script is
//! a module with `export default function main(input)`, as Shopify documents it; what `main` returns is the output.

use std::time::{Duration, Instant};

use rquickjs::function::Func;
use rquickjs::{CatchResultExt, CaughtError, Context, Ctx, Function, Module, Object, Runtime};
use serde_json::Value;

/// What a script may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub time: Duration,
    /// In bytes, of the whole engine.
    pub memory: usize,
    pub stack: usize,
    /// The longest output, in bytes of JSON.
    pub output: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            time: Duration::from_secs(1),
            memory: 32 * 1024 * 1024,
            stack: 256 * 1024,
            output: 256 * 1024,
        }
    }
}

/// Runs a script on an input; an error is one sentence for the merchant.
///
/// Blocks for at most [`Limits::time`] and a little; call it where blocking is allowed.
pub fn evaluate(script: &str, input: &Value, limits: Limits) -> Result<Value, String> {
    let out_of_order = |error: rquickjs::Error| format!("The code could not be run: {error}.");
    let runtime = Runtime::new().map_err(out_of_order)?;
    runtime.set_memory_limit(limits.memory);
    runtime.set_max_stack_size(limits.stack);
    let until = Instant::now() + limits.time;
    runtime.set_interrupt_handler(Some(Box::new(move || Instant::now() >= until)));
    let context = Context::full(&runtime).map_err(out_of_order)?;
    context.with(|ctx| {
        let told = |error: CaughtError<'_>| sentence(error, until, limits);
        quiet_console(&ctx).catch(&ctx).map_err(told)?;
        let (module, done) = Module::declare(ctx.clone(), "code", script)
            .and_then(Module::eval)
            .catch(&ctx)
            .map_err(told)?;
        done.finish::<()>().catch(&ctx).map_err(told)?;
        let main: Function<'_> = module.get("default").map_err(|_| {
            "The code has no main function; begin it with export default function main(input)."
                .to_string()
        })?;
        let input = ctx
            .json_parse(input.to_string())
            .catch(&ctx)
            .map_err(told)?;
        let output: rquickjs::Value<'_> = main.call((input,)).catch(&ctx).map_err(told)?;
        if output.is_promise() {
            return Err(
                "The code returns a promise; Run code does not wait, so main must not be async."
                    .to_string(),
            );
        }
        let text = ctx.json_stringify(output).catch(&ctx).map_err(told)?;
        let Some(text) = text else {
            return Ok(Value::Null);
        };
        let text = text.to_string().map_err(out_of_order)?;
        if text.len() > limits.output {
            return Err(format!(
                "The code returned {} kB, and at most {} kB are kept.",
                text.len() / 1024,
                limits.output / 1024
            ));
        }
        serde_json::from_str(&text).map_err(|error| format!("The output is not JSON: {error}."))
    })
}

/// Scripts may write to the console; nobody reads it.
fn quiet_console(ctx: &Ctx<'_>) -> rquickjs::Result<()> {
    let console = Object::new(ctx.clone())?;
    for name in ["log", "info", "warn", "error", "debug"] {
        console.set(
            name,
            Func::from(|_: rquickjs::function::Rest<rquickjs::Value<'_>>| {}),
        )?;
    }
    ctx.globals().set("console", console)
}

fn sentence(error: CaughtError<'_>, until: Instant, limits: Limits) -> String {
    if Instant::now() >= until {
        return format!(
            "The code ran longer than {} s and was stopped.",
            limits.time.as_secs_f32()
        );
    }
    let what = match &error {
        CaughtError::Exception(exception) => {
            let message = exception.message().unwrap_or_default();
            if message.contains("out of memory") {
                return format!(
                    "The code used more than {} MB of memory and was stopped.",
                    limits.memory / (1024 * 1024)
                );
            }
            let place = exception
                .stack()
                .and_then(|stack| stack.lines().next().map(|line| line.trim().to_string()))
                .filter(|place| !place.is_empty())
                .map_or(String::new(), |place| format!(" ({place})"));
            format!("{message}{place}")
        }
        CaughtError::Value(_) => "it threw something that is not an error".to_string(),
        CaughtError::Error(error) => error.to_string(),
    };
    format!("The code failed: {what}.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn run(script: &str, input: Value) -> Result<Value, String> {
        let limits = Limits {
            time: Duration::from_millis(300),
            ..Limits::default()
        };
        evaluate(script, &input, limits)
    }

    #[test]
    fn main_gets_the_input_and_gives_the_output() {
        let script = "const rate = 2;\nexport default function main(input) {\n  console.log('x');\n  return { points: Math.round(Number(input.order.total) * rate), tags: input.order.tags?.map((t) => t.toUpperCase()) ?? [] };\n}";
        assert_eq!(
            run(script, json!({"order": {"total": "12.4", "tags": ["a"]}})),
            Ok(json!({"points": 25, "tags": ["A"]}))
        );
        assert_eq!(
            run("export default function main() {}", json!({})),
            Ok(Value::Null)
        );
    }

    #[test]
    fn what_goes_wrong_is_one_sentence() {
        for (script, said) in [
            ("export default function main(", "The code failed:"),
            (
                "export default function main(i) { return i.a.b.c }",
                "The code failed:",
            ),
            ("export default function main() { throw 1 }", "not an error"),
            ("function main() {}", "no main function"),
            (
                "export default function main() { while (true) {} }",
                "longer than 0.3 s",
            ),
            ("while (true) {}", "longer than 0.3 s"),
            (
                "export default function main() { const a = []; while (true) a.push('x'.repeat(1e6)); }",
                "memory",
            ),
            (
                "export default function main() { return main() + 1 }",
                "The code failed:",
            ),
            (
                "export default async function main() { return 1 }",
                "promise",
            ),
            (
                "import fs from 'fs'; export default function main() {}",
                "The code failed:",
            ),
            (
                "export default function main() { return fetch('http://a') }",
                "fetch",
            ),
            (
                "export default function main() { return 'x'.repeat(1e6) }",
                "at most 256 kB",
            ),
        ] {
            let told = run(script, json!({"a": {}})).expect_err(script);
            assert!(told.contains(said), "{script}: {told}");
            assert!(told.ends_with('.'), "{told}");
        }
    }

    #[test]
    fn there_is_no_way_out() {
        for name in [
            "require",
            "process",
            "fetch",
            "setTimeout",
            "XMLHttpRequest",
            "std",
            "os",
        ] {
            let script = format!("export default function main() {{ return typeof {name} }}");
            assert_eq!(run(&script, json!({})), Ok(json!("undefined")), "{name}");
        }
    }
}
