//! The demo: a made-up shop with its orders, accounts, pretend telephone and mailbox.

use std::sync::Arc;

use anyhow::Context;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::channel::pretend_post::PretendPost;
use crate::clock::Clock;
use crate::connector::demo::DemoShop;

/// The made-up shop.
pub struct Demo {
    /// Its orders and accounts.
    pub shop: Arc<DemoShop>,
    /// Where its text messages and e-mails end up.
    pub post: Arc<PretendPost>,
    tour: Vec<TourStop>,
}

/// Something to try.
#[derive(Debug, Clone, Serialize)]
pub struct TourStop {
    /// What it shows off.
    pub title: String,
    /// What to send.
    pub text: String,
    /// What will happen.
    pub expect: String,
}

/// Something that would have been sent.
#[derive(Debug, Serialize)]
pub struct Posted {
    id: u64,
    to: String,
    channel: &'static str,
    text: String,
    at: String,
}

/// Somebody to be in the demo.
#[derive(Debug, Serialize)]
pub struct DemoAccount {
    name: String,
    email: String,
    phone: String,
    orders: Vec<DemoOrder>,
}

#[derive(Debug, Serialize)]
struct DemoOrder {
    number: String,
    status: String,
    summary: String,
}

#[derive(Deserialize)]
struct TourFile {
    stop: Vec<Stop>,
}

#[derive(Deserialize)]
struct Stop {
    title: String,
    text: String,
    shows: String,
}

impl Demo {
    /// Opens the shop as if today were the day that `clock` shows.
    pub fn open(clock: &Clock) -> anyhow::Result<Self> {
        let post = Arc::new(PretendPost::new(clock.clone()));
        let today = TimeZone::UTC.to_datetime(clock.now()).date();
        let shop = DemoShop::open(today, Arc::clone(&post)).context("the demo shop's files are not valid")?;
        let tour: TourFile =
            toml::from_str(include_str!("../demo/tour.toml")).context("the demo's tour is not valid")?;
        let tour = tour
            .stop
            .into_iter()
            .map(|stop| TourStop { title: stop.title, text: stop.text, expect: stop.shows })
            .collect();
        Ok(Self { shop: Arc::new(shop), post, tour })
    }

    /// What would have been sent, newest first.
    pub fn outbox(&self) -> Vec<Posted> {
        self.post
            .list()
            .into_iter()
            .map(|message| Posted {
                id: message.id,
                to: message.to.value().to_owned(),
                channel: message.channel.name(),
                text: message.text,
                at: message.at.to_string(),
            })
            .collect()
    }

    /// Things to try.
    pub fn tour(&self) -> &[TourStop] {
        &self.tour
    }

    /// People to be, with their orders.
    pub fn accounts(&self) -> Vec<DemoAccount> {
        self.shop
            .accounts()
            .iter()
            .map(|account| DemoAccount {
                name: account.name.clone(),
                email: account.email.value().to_owned(),
                phone: account.phone.value().to_owned(),
                orders: self
                    .shop
                    .orders_of(&account.email)
                    .map(|order| DemoOrder {
                        number: order.number.clone(),
                        status: format!("{:?}", order.status),
                        summary: order.summary.clone(),
                    })
                    .collect(),
            })
            .collect()
    }
}
