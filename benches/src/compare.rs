//! The rows of the tables: what is measured, of whom, and the budgets. In every row the subjects take turns, so that
//! whatever slows the machine for a while slows all of them.

/// The page in a browser.
mod browser;
/// Echoes, and the memory of sockets.
mod echo;
/// Pushes and durable writes.
mod live;
/// Pages, boards, and what someone waits for at first.
mod pages;

use anyhow::Result;

pub(crate) use live::{TODOS_MAX, creates};

use crate::figures::{Figures, Group};
use crate::options::Options;
use crate::report::{say, table};
use crate::servers::data::Store;
use crate::servers::{Server, Subject};

/// Takes all figures, and prints each group when it is complete.
pub(crate) async fn run(options: &Options, figures: &mut Figures) -> Result<()> {
    keep(echo::talking(options).await?, figures);
    keep(echo::waiting(options).await?, figures);
    keep(live::run(options).await?, figures);
    keep(pages::run(options).await?, figures);
    if let Some(group) = browser::run(options).await? {
        keep(group, figures);
    }
    Ok(())
}

fn keep(group: Group, figures: &mut Figures) {
    say(&table::of_group(&group));
    figures.groups.push(group);
}

/// Starts those that are installed.
async fn servers(subjects: &[Subject], options: &Options) -> Result<Vec<Server>> {
    let mut started = Vec::new();
    for subject in subjects {
        started.extend(Server::start(*subject, options).await?);
    }
    Ok(started)
}

/// Starts those that are installed, to keep data.
async fn stores(subjects: &[Subject], options: &Options) -> Result<Vec<Store>> {
    let mut started = Vec::new();
    for subject in subjects {
        started.extend(Store::start(*subject, options).await?);
    }
    Ok(started)
}
