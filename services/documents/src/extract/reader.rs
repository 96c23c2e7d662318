//! Taking words from a file in a process of its own, with a bounded memory.
//!
//! A PDF unpacks to a thousand times its size and more, in several ways, and the libraries that read it have no bound of
//! their own. So the program starts itself once more for each file, with [`COMMAND`] as its first argument: that
//! process has so much memory and no more, knows nothing of the register, gets the file on its standard input and
//! answers on its standard output. Whatever the file does to it, it ends.

use std::{
    ffi::OsString,
    io::{self, Read as _, Write as _},
    path::PathBuf,
    process::{ExitCode, ExitStatus, Stdio},
    thread,
    time::Duration,
};

use rustix::process::{Resource, Rlimit, setrlimit};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    process::{Child, Command},
    time::timeout,
};

use super::{Outcome, STACK_BYTES, Words, words};

/// The first argument of a process that takes words; the second is its memory in bytes.
const COMMAND: &str = "take-words";

/// How much memory a process that takes words may have: several times the largest file.
const MEMORY_BYTES: u64 = 1024 * 1024 * 1024;

/// How long it may compute, should nobody be there to end it.
const CPU_SECONDS: u64 = 120;

/// The longest answer: the words of a file take four bytes a character at most.
const ANSWER_BYTES: u64 = 4 * super::MAX_CHARS as u64 + 1024;

/// The kinds of answers, each one byte before its text.
const WORDS: u8 = b'w';
const PARTIAL_WORDS: u8 = b'p';
const NO_WORDS: u8 = b'n';
const NOT_SUPPORTED: u8 = b's';
const FAILED: u8 = b'f';

/// Starts processes that take words.
#[derive(Clone, Debug)]
pub struct Reader {
    program: PathBuf,
    memory_bytes: u64,
}

impl Reader {
    /// Starts `program`, which begins with [`take_words_if_asked`].
    #[must_use]
    pub fn new(program: PathBuf) -> Self {
        Self {
            program,
            memory_bytes: MEMORY_BYTES,
        }
    }

    /// Starts the program that runs now, which begins with [`take_words_if_asked`].
    pub fn of_this_program() -> io::Result<Self> {
        std::env::current_exe().map(Self::new)
    }

    /// Lets each process have so much memory.
    #[must_use]
    pub fn with_memory(mut self, bytes: u64) -> Self {
        self.memory_bytes = bytes;
        self
    }

    /// Takes the words from a file; an error where no process can be started.
    pub(crate) async fn words(
        &self,
        media_type: &str,
        bytes: &[u8],
        time: Duration,
    ) -> io::Result<Outcome> {
        let mut child = Command::new(&self.program)
            .arg(COMMAND)
            .arg(self.memory_bytes.to_string())
            // It has no need of secrets, and of one thread and one arena only: each takes room.
            .env_clear()
            .env("RAYON_NUM_THREADS", "1")
            .env("MALLOC_ARENA_MAX", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let ended = timeout(time, exchange(&mut child, media_type, bytes)).await;
        Ok(match ended {
            Ok(Ok((status, answer))) => self.outcome(status, &answer),
            Ok(Err(error)) => Outcome::Failed(format!("the process that reads it: {error}")),
            Err(_) => {
                drop(child.kill().await);
                Outcome::Failed(format!("reading it took more than {time:?}"))
            }
        })
    }

    fn outcome(&self, status: ExitStatus, answer: &[u8]) -> Outcome {
        if !status.success() {
            let mebibytes = self.memory_bytes / (1024 * 1024);
            return Outcome::Failed(format!(
                "it takes more than {mebibytes} MiB of memory, or broke what reads it ({status})"
            ));
        }
        let Some((kind, text)) = answer.split_first() else {
            return Outcome::Failed("the process that reads it said nothing".to_owned());
        };
        let text = String::from_utf8_lossy(text).into_owned();
        match *kind {
            WORDS | PARTIAL_WORDS => Outcome::Words(Words {
                text,
                is_partial: *kind == PARTIAL_WORDS,
            }),
            NO_WORDS => Outcome::NoWords,
            NOT_SUPPORTED => Outcome::NotSupported,
            _ => Outcome::Failed(text),
        }
    }
}

/// Sends the file and receives the answer, both at once: neither end waits for the other.
async fn exchange(
    child: &mut Child,
    media_type: &str,
    bytes: &[u8],
) -> io::Result<(ExitStatus, Vec<u8>)> {
    let (input, output) = (child.stdin.take(), child.stdout.take());
    let send = async {
        let Some(mut input) = input else { return };
        let header = format!("{media_type}\n");
        // One that ends early says why by its answer.
        if input.write_all(header.as_bytes()).await.is_ok() {
            drop(input.write_all(bytes).await);
        }
    };
    let receive = async {
        let mut answer = Vec::new();
        if let Some(output) = output {
            output.take(ANSWER_BYTES).read_to_end(&mut answer).await?;
        }
        Ok::<_, io::Error>(answer)
    };
    let ((), answer) = tokio::join!(send, receive);
    Ok((child.wait().await?, answer?))
}

/// Takes words, if this process was started for that, and returns its exit code; otherwise nothing. The first thing that
/// a program does which keeps texts.
#[must_use]
pub fn take_words_if_asked() -> Option<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next()? != COMMAND {
        return None;
    }
    Some(match serve(arguments.next()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    })
}

fn serve(memory: Option<OsString>) -> io::Result<()> {
    let memory = memory.and_then(|text| text.to_str()?.parse().ok());
    limit(Resource::As, memory.ok_or(io::ErrorKind::InvalidInput)?)?;
    limit(Resource::Cpu, CPU_SECONDS)?;
    limit(Resource::Core, 0)?;
    let mut input = Vec::new();
    io::stdin().lock().read_to_end(&mut input)?;
    let end = input.iter().position(|byte| *byte == b'\n');
    let (media_type, bytes) = input.split_at(end.ok_or(io::ErrorKind::InvalidInput)?);
    let media_type = String::from_utf8_lossy(media_type).into_owned();
    let bytes = bytes[1..].to_vec();
    drop(input);
    let reading = thread::Builder::new().stack_size(STACK_BYTES);
    let reading = reading.spawn(move || words(&media_type, &bytes))?;
    let outcome = reading
        .join()
        .unwrap_or_else(|_| Outcome::Failed("reading it panicked".to_owned()));
    let (kind, text) = match &outcome {
        Outcome::Words(words) => {
            let kind = if words.is_partial {
                PARTIAL_WORDS
            } else {
                WORDS
            };
            (kind, words.text.as_str())
        }
        Outcome::NoWords => (NO_WORDS, ""),
        Outcome::NotSupported => (NOT_SUPPORTED, ""),
        Outcome::Failed(why) => (FAILED, why.as_str()),
    };
    let mut output = io::stdout().lock();
    output.write_all(&[kind])?;
    output.write_all(text.as_bytes())?;
    output.flush()
}

fn limit(resource: Resource, most: u64) -> io::Result<()> {
    let limit = Rlimit {
        current: Some(most),
        maximum: Some(most),
    };
    Ok(setrlimit(resource, limit)?)
}
