//! The demo shop's orders and accounts, embedded in the binary.

mod file;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::civil::Date;
use uuid::Uuid;

use super::{Accounts, ConnectorError, Orders};
use crate::channel::pretend_post::PretendPost;
use crate::domain::handle::{Handle, HandleKind};
use crate::domain::turn::Order;

pub use file::{Account, InvalidDemo};

/// The made-up shop: who has an account, and who ordered what.
pub struct DemoShop {
    accounts: Vec<Account>,
    /// Newest first.
    orders: Vec<OwnedOrder>,
    post: Arc<PretendPost>,
}

/// An order and whose it is.
struct OwnedOrder {
    email: Handle,
    order: Order,
}

/// The most orders [`Orders::recent`] lists.
const MAX_RECENT: usize = 5;

impl DemoShop {
    /// The shop as if it were `today`, which every date in it counts from. What it mails goes to `post`.
    pub fn open(today: Date, post: Arc<PretendPost>) -> Result<Self, InvalidDemo> {
        let accounts = file::accounts()?;
        let mut orders = file::orders(today)?;
        orders.sort_by(|a, b| (b.order.placed_on, &b.order.number).cmp(&(a.order.placed_on, &a.order.number)));
        Ok(Self { accounts, orders, post })
    }

    /// The accounts, for a demo page to choose from.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// The orders made under an e-mail address, newest first, for a demo page to show.
    pub fn orders_of<'a>(&'a self, email: &'a Handle) -> impl Iterator<Item = &'a Order> {
        self.orders.iter().filter(move |owned| &owned.email == email).map(|owned| &owned.order)
    }

    /// The e-mail addresses under which `owners` may have ordered: those they proved, and that of the account whose
    /// telephone they proved. A guest order needs no account.
    fn emails_of(&self, owners: &[Handle]) -> Vec<Handle> {
        let proven = owners.iter().filter(|owner| owner.kind() == HandleKind::Email);
        let by_phone = self.accounts.iter().filter(|account| owners.contains(&account.phone));
        proven.chain(by_phone.map(|account| &account.email)).cloned().collect()
    }
}

#[async_trait]
impl Orders for DemoShop {
    /// Looks at every order whether or not the number exists, so that time does not tell which.
    async fn find(&self, number: &str, owners: &[Handle]) -> Result<Option<Order>, ConnectorError> {
        let emails = self.emails_of(owners);
        let found = self.orders.iter().fold(None, |found, owned| {
            let theirs = emails.contains(&owned.email);
            let same = owned.order.number.eq_ignore_ascii_case(number);
            if theirs & same { Some(&owned.order) } else { found }
        });
        Ok(found.cloned())
    }

    async fn recent(&self, owners: &[Handle]) -> Result<Vec<Order>, ConnectorError> {
        let emails = self.emails_of(owners);
        let theirs = self.orders.iter().filter(|owned| emails.contains(&owned.email));
        Ok(theirs.take(MAX_RECENT).map(|owned| owned.order.clone()).collect())
    }
}

#[async_trait]
impl Accounts for DemoShop {
    /// Writes the letter whether or not there is an account, and posts it only if there is one.
    async fn send_password_reset(&self, email: &Handle) -> Result<(), ConnectorError> {
        let letter = format!(
            "Somebody, we hope you, asked for a new password for your Alder & Wren account. Choose one here within \
             15 minutes: https://alderandwren.example/password/{}. If it was not you, ignore this e-mail: nothing has \
             changed.",
            Uuid::new_v4().simple()
        );
        if self.accounts.iter().filter(|account| account.email == *email).count() > 0 {
            self.post.post(email, &letter);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::domain::turn::OrderStatus;
    use jiff::Timestamp;
    use jiff::civil::date;

    fn shop() -> (DemoShop, Arc<PretendPost>) {
        let post = Arc::new(PretendPost::new(Clock::by(|| Timestamp::UNIX_EPOCH)));
        (DemoShop::open(date(2026, 3, 10), Arc::clone(&post)).unwrap(), post)
    }

    fn email(text: &str) -> Handle {
        Handle::parse(HandleKind::Email, text, None).unwrap()
    }

    #[tokio::test]
    async fn ada_finds_her_order_by_either_address() {
        let (shop, _) = shop();
        let ada = shop.accounts().iter().find(|account| account.name == "Ada Marchetti").unwrap();
        for owner in [ada.email.clone(), ada.phone.clone()] {
            let order = shop.find("AW-100001", &[owner]).await.unwrap().unwrap();
            assert_eq!(order.status, OrderStatus::Shipped);
            assert_eq!(order.placed_on, date(2026, 3, 7));
            assert_eq!(order.promised_on, Some(date(2026, 3, 11)));
            assert!(order.summary.contains("2 × Beech wooden spoon"), "{}", order.summary);
        }
    }

    #[tokio::test]
    async fn somebody_elses_order_looks_like_none() {
        let (shop, _) = shop();
        let ada = [email("ada@example.com")];
        assert_eq!(shop.find("AW-100005", &ada).await, shop.find("AW-999999", &ada).await);
        assert_eq!(shop.find("AW-100001", &[]).await, Ok(None));
    }

    #[tokio::test]
    async fn a_guest_finds_an_order_by_its_email() {
        let (shop, _) = shop();
        let found = shop.find("AW-100027", &[email("moira.penhallow@example.org")]).await.unwrap();
        assert!(found.is_some());
    }

    #[tokio::test]
    async fn recent_orders_are_the_newest_five() {
        let (shop, _) = shop();
        let recent = shop.recent(&[email("kwame@example.com")]).await.unwrap();
        let numbers: Vec<&str> = recent.iter().map(|order| order.number.as_str()).collect();
        assert_eq!(numbers, ["AW-100019", "AW-100020", "AW-100021", "AW-100023", "AW-100022"]);
    }

    #[tokio::test]
    async fn a_password_link_is_posted_to_accounts_only() {
        let (shop, post) = shop();
        assert_eq!(shop.send_password_reset(&email("nobody@example.com")).await, Ok(()));
        assert_eq!(post.list(), []);
        assert_eq!(shop.send_password_reset(&email("ada@example.com")).await, Ok(()));
        let letters = post.list();
        assert_eq!(letters.len(), 1);
        assert!(letters[0].text.contains("/password/"));
    }
}
