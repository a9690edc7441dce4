//! Pages and sitemaps, on a site that means well and on sites that do not.

use std::io::Write;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::desk::Desk;
use crate::site::{Page, Site};

fn article(title: &str, text: &str) -> Page {
    Page::html(&format!(
        "<!doctype html><html lang=en><title>{title} | Shop</title><body><nav><a href=/>Home</a></nav>\
         <main><h1>{title}</h1><p>{text} <a href=\"other\">More</a></p></main><footer>© Shop</footer></body></html>"
    ))
}

fn packed(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn a_sitemap_becomes_articles_and_again() {
    let (desk, site) = (Desk::new(), Site::open().await);
    site.has("/help/returns", article("Returns", "Within 30 days."))
        .has("/help/delivery", article("Delivery", "Two days."))
        .has("/help/list.pdf", Page::Is("application/pdf", b"%PDF".to_vec()))
        .has("/help/old", Page::Fails(500))
        .lists(
            "/sitemap.xml",
            &[
                "/help/returns",
                "/help/delivery",
                "/help/returns#again",
                "/help/list.pdf",
                "/help/old",
                "https://else.example/",
            ],
        );
    let sitemap = site.place("/sitemap.xml");
    let told = desk.imports_from(&site.web(), &[&sitemap]).await;
    told.counts(2, 0, 0, 3)
        .skips(&site.place("/help/list.pdf"), "type `application/pdf`")
        .skips(&site.place("/help/old"), "status 500")
        .skips("https://else.example/", "only pages of the sitemap's own host");
    assert_eq!(site.asked(), ["/help/delivery", "/help/list.pdf", "/help/old", "/help/returns", "/sitemap.xml"]);
    let returns = desk.article("returns");
    assert_eq!(returns.body, format!("Within 30 days. [More]({})", site.place("/help/other")));
    assert_eq!(returns.source, Some(site.place("/help/returns")));

    site.has("/help/returns", article("Returns", "Within 40 days."));
    desk.imports_from(&site.web(), &[&sitemap]).await.counts(0, 1, 1, 3);
    assert!(desk.article("returns").body.starts_with("Within 40 days."));
}

#[tokio::test]
async fn an_index_of_packed_sitemaps_is_read() {
    let (desk, site) = (Desk::new(), Site::open().await);
    let list = |page: &str| packed(format!("<urlset><url><loc>{}</loc></url></urlset>", site.place(page)).as_bytes());
    let places = ["/1.xml.gz", "/2.xml.gz", "/bomb.xml.gz", "/none.xml"]
        .map(|path| format!("<sitemap><loc>{}</loc></sitemap>", site.place(path)));
    let index = format!("<sitemapindex>{}</sitemapindex>", places.concat());
    let bomb = packed(&[b"<urlset>".as_slice(), &vec![b' '; 50_000_000]].concat());
    assert!(bomb.len() < site.limits.page_bytes);
    site.has("/sitemap.xml", Page::Is("text/xml", index.into()))
        .has("/1.xml.gz", Page::Is("application/gzip", list("/a")))
        .has("/2.xml.gz", Page::Is("application/x-gzip", list("/b")))
        .has("/bomb.xml.gz", Page::Is("application/gzip", bomb))
        .has("/a", article("A", "One."))
        .has("/b", article("B", "Two."));
    let told = desk.imports_from(&site.web(), &[&site.place("/sitemap.xml")]).await;
    told.counts(2, 0, 0, 2)
        .skips(&site.place("/bomb.xml.gz"), "unpacks to more than 100000 bytes")
        .skips(&site.place("/none.xml"), "status 404");
}

#[tokio::test]
async fn a_page_and_a_list_of_pages_are_read() {
    let (desk, site) = (Desk::new(), Site::open().await);
    site.has("/a", article("A", "One."))
        .has("/b?x=1", Page::Redirects("/b".into()))
        .has("/b", article("B", "Two."))
        .has("/c.md", Page::Is("text/markdown", b"# C\n\n*Three.*\n".to_vec()))
        .has("/latin", Page::Is("text/html", b"<p>Caf\xe9".to_vec()));
    desk.imports_from(&site.web(), &[&site.place("/a")]).await.counts(1, 0, 0, 0);
    let lines = ["/a", "/b?x=1", "/b?x=1", "/c.md", "/latin"].map(|path| site.place(path)).join("\r\n");
    desk.has("list.txt", format!("# Pages\n\n{lines}\nftp://shop.example/\n"));
    let told = desk.imports_from(&site.web(), &["list.txt"]).await;
    told.counts(3, 0, 1, 1).skips("list.txt:8", "not a web address");
    assert_eq!((desk.article("b").source, desk.article("c").body), (Some(site.place("/b?x=1")), "*Three.*".to_owned()));
}

#[tokio::test]
async fn no_redirect_leads_inside() {
    let (desk, site) = (Desk::new(), Site::open().await);
    let port = site.port();
    let inside = [
        ("http://127.0.0.1:1/".to_owned(), "`127.0.0.1` is at 127.0.0.1, which is no address of the public internet"),
        ("http://169.254.169.254/latest/meta-data/".into(), "`169.254.169.254` is at"),
        ("http://[::ffff:127.0.0.1]:80/".into(), "which is no address of the public internet"),
        ("http://[64:ff9b::7f00:1]/".into(), "which is no address of the public internet"),
        ("http://2130706433:1/".into(), "`127.0.0.1` is at"),
        (format!("http://inside.example:{port}/"), "`inside.example` is at 169.254.169.254"),
        (format!("http://both.example:{port}/"), "`both.example` is at 169.254.169.254"),
        ("http://nobody.example/".into(), "the name `nobody.example` cannot be resolved"),
        ("file:///etc/passwd".into(), "`file` is neither http nor https"),
        ("gopher://help.example/".into(), "`gopher` is neither http nor https"),
        (format!("http://ada:secret@help.example:{port}/"), "user name or password"),
        ("/loop".into(), "redirects more than 5 times"),
        ("http://".into(), "which is not an address"),
        (String::new(), "which is not an address"),
    ];
    site.has("/loop", Page::Redirects("/loop".into()));
    for (place, reason) in inside {
        site.has("/page", Page::Redirects(place.clone()));
        let told = desk.imports_from(&site.web(), &[&site.place("/page")]).await;
        told.counts(0, 0, 0, 1).skips(&site.place("/page"), reason);
        if place.starts_with("http://") && place.len() > 7 {
            desk.imports_from(&site.web(), &[&place]).await.counts(0, 0, 0, 1);
        }
    }
}

#[tokio::test]
async fn pages_without_end_are_cut_off() {
    let (desk, mut site) = (Desk::new(), Site::open().await);
    site.has("/endless", Page::Endless)
        .has("/stalls", Page::Stalls)
        .has("/large", Page::html(&"x".repeat(100_001)))
        .has("/encoded", Page::Encoded)
        .has("/fine", article("Fine", "Text."))
        .lists("/sitemap.xml", &["/endless", "/large", "/encoded", "/fine"]);
    site.limits.page_time = Duration::from_secs(20);
    let told = desk.imports_from(&site.web(), &[&site.place("/sitemap.xml")]).await;
    told.counts(1, 0, 0, 3)
        .skips(&site.place("/endless"), "more than 100000 bytes")
        .skips(&site.place("/large"), "more than 100000 bytes")
        .skips(&site.place("/encoded"), "compressed as `gzip`");
    site.limits.page_time = Duration::from_millis(300);
    let told = desk.imports_from(&site.web(), &[&site.place("/stalls")]).await;
    told.counts(0, 0, 0, 1).skips(&site.place("/stalls"), "longer than 0.3 seconds");
}

#[tokio::test]
async fn a_sitemap_stays_on_its_host_and_has_an_end() {
    let (desk, site) = (Desk::new(), Site::open().await);
    let elsewhere = format!("http://www.help.example:{}/a", site.port());
    let pages: Vec<String> = (0..30).map(|number| format!("/page/{number}")).collect();
    for (number, page) in pages.iter().enumerate() {
        site.has(page, article(&format!("Page {number}"), &format!("Text {number}.")));
    }
    site.has("/page/0", Page::Redirects(elsewhere));
    site.lists("/sitemap.xml", &pages.iter().map(String::as_str).collect::<Vec<_>>());
    let told = desk.imports_from(&site.web(), &[&site.place("/sitemap.xml")]).await;
    told.counts(19, 0, 0, 2)
        .skips(&site.place("/page/0"), "leads to the host `www.help.example`")
        .skips(&site.place("/sitemap.xml"), "lists 30 pages; only the first 20 are imported");
}

#[tokio::test]
async fn a_server_that_asks_for_patience_is_given_some() {
    let (desk, site) = (Desk::new(), Site::open().await);
    let busy = |status: u16, times: usize, after| Page::Busy(status, times, after, Box::new(article("Fine", "Text.")));
    site.has("/soon", busy(429, 3, "0"))
        .has("/never", busy(503, 100, "0"))
        .has("/tomorrow", busy(503, 1, "86400"))
        .lists("/sitemap.xml", &["/soon", "/never", "/tomorrow"]);
    let told = desk.imports_from(&site.web(), &[&site.place("/sitemap.xml")]).await;
    told.counts(1, 0, 0, 2)
        .skips(&site.place("/never"), "status 503 and asks to wait 0 seconds; import again later")
        .skips(&site.place("/tomorrow"), "status 503 and asks to wait 86400 seconds");
    let times = |path: &str| site.asked().iter().filter(|asked| *asked == path).count();
    assert_eq!(["/soon", "/never", "/tomorrow"].map(times), [4, 4, 1]);
}
