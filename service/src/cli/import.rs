//! `frontdesk import`: brings help content in, and says what became of all of it.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use knowledge_base::Audience;
use models::artifact::TerminalProgress;

use super::style::Style;
use crate::config::Config;
use crate::import::fetch::Web;
use crate::import::{self, Change, Defaults, Kind, Plan, Report, Writing, sources, tell};

/// Where usage is at fault; clap uses the same.
const USAGE: u8 = 2;

/// What to import, and where to.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct ImportArgs {
    /// Folders and files of Markdown or HTML, CSV files of questions and answers, addresses of sitemaps or pages, text
    /// files with an address on each line, JSON exports of Zendesk's or Chatwoot's articles
    #[arg(value_name = "SOURCE", required = true)]
    sources: Vec<String>,
    /// The content folder to import into instead of the configured one
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
    /// Write nothing, and say what would be
    #[arg(long)]
    dry_run: bool,
    /// What the sources are, where that cannot be told from them
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// The language of articles whose source names none [default: en]
    #[arg(long, value_name = "LANGUAGE")]
    locale: Option<String>,
    /// Who may read articles whose source does not say: public or agents [default: public]
    #[arg(long)]
    audience: Option<Audience>,
}

const AFTER_HELP: &str = "\
Each article becomes articles/<id>.md and keeps where it came from as `source`. Importing again updates the articles \
whose source says something else now, and leaves the others as they are. What an author wrote is never overwritten: \
where the source has changed too, that is said, and the article is skipped. What was imported is noted in \
.imported.json beside articles/; keep that file with them. Articles whose source is withdrawn are listed, not deleted.

Exit status: 0 when everything went in or was there, 1 when something was skipped, 2 when the command line is at fault.

Examples:
  frontdesk import --to content help/
  frontdesk import --to content --dry-run https://help.shop.example/sitemap.xml
  frontdesk import --to content --audience agents macros.csv zendesk-articles.json";

/// Imports, and reports.
pub async fn import(config: Config, args: &ImportArgs) -> anyhow::Result<ExitCode> {
    let Some(to) = args.to.clone().or(config.content_dir) else {
        eprintln!(
            "frontdesk: there is no content folder to import into; name one with --to, by `content_dir` in the settings \
             or by FRONTDESK_CONTENT_DIR"
        );
        return Ok(ExitCode::from(USAGE));
    };
    let sources = match sources(&args.sources, args.kind) {
        Ok(sources) => sources,
        Err(error) => {
            eprintln!("frontdesk: {error}");
            return Ok(ExitCode::from(USAGE));
        }
    };
    let defaults = Defaults { locale: args.locale.clone(), audience: args.audience };
    let plan = Plan { to, defaults, writing: if args.dry_run { Writing::Nothing } else { Writing::Files } };
    let report = import::import(&plan, &sources, &Web::default(), &TerminalProgress::default()).await?;
    let mut out = io::stdout().lock();
    tell(&report, &plan, &mut io::stderr().lock(), &mut out)?;
    sum_up(&mut out, &plan, &report)?;
    Ok(if report.skipped.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// How many articles came to what.
fn sum_up(out: &mut impl Write, plan: &Plan, report: &Report) -> io::Result<()> {
    let Style { bold, plain, .. } = Style::of_stdout();
    let would = if plan.writing == Writing::Nothing { " (nothing was written)" } else { "" };
    writeln!(
        out,
        "{bold}{} new, {} updated, {} unchanged, {} skipped{plain} in {}{would}",
        report.count(Change::New),
        report.count(Change::Updated),
        report.count(Change::Unchanged),
        report.skipped.len(),
        plan.to.join("articles").display()
    )
}
