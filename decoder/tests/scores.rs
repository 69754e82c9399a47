//! The scores of small random models, against a pass that is written out plainly.

#![allow(clippy::unwrap_used)]

use decoder::{Architecture, Error, Gguf, Kernel, Memory, Model, Run, Spec, tiny};

/// A model and what was written of it.
struct Case {
    model: Model,
    gguf: Gguf,
    spec: Spec,
    _folder: tempfile::TempDir,
}

fn case(architecture: Architecture, kernel: Kernel) -> Case {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.gguf");
    let spec = tiny::spec(architecture);
    tiny::write(&spec, 11, &path).unwrap();
    Case {
        model: Model::open(&path, kernel, 2).unwrap(),
        gguf: Gguf::open(&path).unwrap(),
        spec,
        _folder: folder,
    }
}

fn tokens(count: u32, seed: u32) -> Vec<u32> {
    (0..count)
        .map(|i| (i * i * 7 + i * seed + seed) % 260)
        .collect()
}

/// The scores after the last `scored` of some tokens.
fn read(model: &Model, tokens: &[u32], memory: &mut Memory, scored: usize) -> Vec<Vec<f32>> {
    let run = Run {
        tokens,
        memory,
        scored,
    };
    model.read(&mut [run]).unwrap().remove(0)
}

fn weight(gguf: &mut Gguf, name: &str) -> Vec<f32> {
    let tensor = gguf.tensor(&format!("{name}.weight")).unwrap();
    let tensor = tensor.dequantize(&candle_core::Device::Cpu).unwrap();
    tensor.flatten_all().unwrap().to_vec1().unwrap()
}

fn times(weights: &[f32], row: &[f32]) -> Vec<f32> {
    let dot = |weights: &[f32]| weights.iter().zip(row).map(|(a, b)| a * b).sum();
    weights.chunks(row.len()).map(dot).collect()
}

fn normed(row: &[f32], gains: &[f32], epsilon: f32) -> Vec<f32> {
    let mean = row.iter().map(|x| x * x).sum::<f32>() / row.len() as f32;
    let scaled = |(x, gain): (&f32, &f32)| x / (mean + epsilon).sqrt() * gain;
    row.iter().zip(gains).map(scaled).collect()
}

/// Turns a head whose pairs stand side by side or half a head apart.
fn turned(head: &[f32], position: usize, spec: &Spec) -> Vec<f32> {
    let half = head.len() / 2;
    let mut out = head.to_vec();
    for pair in 0..half {
        let angle = position as f32 * spec.rope_base.powf(-(pair as f32) / half as f32);
        let (i, j) = match spec.architecture.pairs_in_gguf() {
            true => (2 * pair, 2 * pair + 1),
            false => (pair, pair + half),
        };
        out[i] = head[i] * angle.cos() - head[j] * angle.sin();
        out[j] = head[i] * angle.sin() + head[j] * angle.cos();
    }
    out
}

/// The scores after every token, in full precision, one token after the other.
fn plainly(case: &mut Case, tokens: &[u32]) -> Vec<Vec<f32>> {
    let (spec, gguf) = (case.spec.clone(), &mut case.gguf);
    let (head, epsilon) = (spec.head, spec.epsilon);
    let embedding = weight(gguf, "token_embd");
    let row = |token: &u32| embedding[*token as usize * spec.width..][..spec.width].to_vec();
    let mut states: Vec<Vec<f32>> = tokens.iter().map(row).collect();
    for layer in 0..spec.layers {
        let mut w = |name: &str| weight(gguf, &format!("blk.{layer}.{name}"));
        let (before, query, key) = (w("attn_norm"), w("attn_q"), w("attn_k"));
        let (value, output, feed) = (w("attn_v"), w("attn_output"), w("ffn_norm"));
        let (gate, up, down) = (w("ffn_gate"), w("ffn_up"), w("ffn_down"));
        let gains = spec
            .architecture
            .normalises_heads()
            .then(|| (w("attn_q_norm"), w("attn_k_norm")));
        let (mut keys, mut values) = (vec![], vec![]);
        for (position, state) in states.iter_mut().enumerate() {
            let input = normed(state, &before, epsilon);
            let heads = |weights: &[f32], gains: Option<&Vec<f32>>| -> Vec<Vec<f32>> {
                let all = times(weights, &input);
                let one = |one: &[f32]| match gains {
                    Some(gains) => turned(&normed(one, gains, epsilon), position, &spec),
                    None => turned(one, position, &spec),
                };
                all.chunks(head).map(one).collect()
            };
            let queries = heads(&query, gains.as_ref().map(|gains| &gains.0));
            keys.push(heads(&key, gains.as_ref().map(|gains| &gains.1)));
            values.push(times(&value, &input));
            let mut found = vec![];
            for (number, query) in queries.iter().enumerate() {
                let group = number / (spec.heads / spec.groups);
                let score = |key: &Vec<Vec<f32>>| -> f32 {
                    let dot: f32 = key[group].iter().zip(query).map(|(a, b)| a * b).sum();
                    (dot / (head as f32).sqrt()).exp()
                };
                let weights: Vec<f32> = keys.iter().map(score).collect();
                let whole: f32 = weights.iter().sum();
                for place in group * head..(group + 1) * head {
                    let column = values.iter().zip(&weights);
                    found.push(column.map(|(value, w)| value[place] * w / whole).sum());
                }
            }
            let add = |state: &mut Vec<f32>, more: Vec<f32>| {
                state.iter_mut().zip(more).for_each(|(x, more)| *x += more);
            };
            add(state, times(&output, &found));
            let input = normed(state, &feed, epsilon);
            let gated = times(&gate, &input).into_iter().zip(times(&up, &input));
            let gated: Vec<f32> = gated.map(|(g, u)| g / (1.0 + (-g).exp()) * u).collect();
            add(state, times(&down, &gated));
        }
    }
    let norm = weight(gguf, "output_norm");
    let output = match spec.tied {
        true => embedding,
        false => weight(gguf, "output"),
    };
    let scores = |state: &Vec<f32>| times(&output, &normed(state, &norm, epsilon));
    states.iter().map(scores).collect()
}

#[test]
fn scores_are_those_of_a_plain_pass() {
    for architecture in Architecture::ALL {
        for kernel in Kernel::available() {
            let mut case = case(architecture, kernel);
            let tokens = tokens(23, 5);
            let mut memory = case.model.memory();
            let got = read(&case.model, &tokens, &mut memory, tokens.len());
            let expected = plainly(&mut case, &tokens);
            for (got, expected) in got.iter().zip(&expected) {
                let (mut apart, mut size) = (0.0, 0.0);
                for (a, b) in got.iter().zip(expected) {
                    apart += (a - b) * (a - b);
                    size += b * b;
                }
                // What is multiplied is rounded to 16 bits.
                let apart = (apart / size).sqrt();
                assert!(apart < 5e-4, "{architecture:?} {kernel:?}: {apart} apart");
            }
        }
    }
}

#[test]
fn scores_are_the_same_however_a_text_is_cut_and_whatever_is_beside_it() {
    for architecture in Architecture::ALL {
        let case = case(architecture, Kernel::best());
        let (text, other) = (tokens(40, 3), tokens(31, 8));
        let whole = read(&case.model, &text, &mut case.model.memory(), 40);
        assert_eq!(whole.len(), 40);
        let mut memory = case.model.memory();
        let mut beside = case.model.memory();
        let mut cut = vec![];
        for (place, tokens) in text.chunks(7).enumerate() {
            let mut runs = vec![Run {
                tokens,
                memory: &mut memory,
                scored: tokens.len(),
            }];
            if let Some(tokens) = other.chunks(9).nth(place) {
                runs.push(Run {
                    tokens,
                    memory: &mut beside,
                    scored: 0,
                });
            }
            let mut scores = case.model.read(&mut runs).unwrap();
            if let Some(other) = scores.get(1) {
                assert_eq!(other.len(), 0, "no scores are wanted beside it");
            }
            cut.append(&mut scores[0]);
        }
        assert_eq!(cut, whole);
        assert_eq!(memory.tokens(), text);
    }
}

#[test]
fn a_beginning_is_remembered() {
    let case = case(Architecture::Llama, Kernel::best());
    let text = tokens(30, 3);
    let mut first = case.model.memory();
    read(&case.model, &text, &mut first, 0);
    let other = [&text[..12], &tokens(9, 17)].concat();
    assert_eq!(first.common(&other), 12);
    let mut memory = first.beginning(12);
    assert_eq!(memory.tokens(), &text[..12]);
    let remembered = read(&case.model, &other[12..], &mut memory, 1);
    let anew = read(&case.model, &other, &mut case.model.memory(), 1);
    assert_eq!(remembered, anew);
    assert_eq!(first.tokens(), text, "what was copied stays");
    assert_eq!(first.beginning(99).tokens(), text);
}

#[test]
fn what_cannot_be_read_is_refused_and_nothing_is_lost() {
    let case = case(Architecture::Llama, Kernel::best());
    let mut memory = case.model.memory();
    read(&case.model, &[1, 2, 3], &mut memory, 0);
    let mut refused = |tokens: &[u32]| {
        let run = Run {
            tokens,
            memory: &mut memory,
            scored: 1,
        };
        case.model.read(&mut [run]).unwrap_err()
    };
    assert!(matches!(refused(&[1, 260]), Error::NoSuchToken(260)));
    let too_long = vec![1; 510];
    assert!(matches!(
        refused(&too_long),
        Error::TooLong {
            tokens: 513,
            limit: 512
        }
    ));
    assert_eq!(memory.tokens(), [1, 2, 3]);
    assert!(case.model.read(&mut []).unwrap().is_empty());
}

#[test]
fn a_file_that_something_else_may_run_is_told_from_a_broken_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.gguf");
    let open = || match Model::open(&path, Kernel::best(), 1) {
        Ok(_) => panic!("was read"),
        Err(error) => error,
    };
    assert!(matches!(open(), Error::Unreadable { .. }), "not there");
    std::fs::write(&path, "no model").unwrap();
    let error = open();
    assert!(matches!(error, Error::Unreadable { .. }), "no model");
    let text = error.to_string();
    assert!(text.contains("it is no whole GGUF file"), "{text}");
    assert_eq!(text.lines().count(), 1, "no stack");
    let mut spec = tiny::spec(Architecture::Llama);
    // Six query heads for four key heads.
    (spec.heads, spec.groups) = (6, 4);
    tiny::write(&spec, 1, &path).unwrap();
    let error = open();
    assert!(matches!(error, Error::Unsupported { .. }), "{error}");
    assert!(
        error.to_string().contains("6 heads of 16 in 4 groups"),
        "{error}"
    );
    (spec.heads, spec.groups) = (4, 2);
    tiny::write(&spec, 1, &path).unwrap();
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() - 4000]).unwrap();
    assert!(matches!(open(), Error::Unreadable { .. }), "cut off");
}
