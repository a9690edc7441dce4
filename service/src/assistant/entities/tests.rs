//! What the kinds make of a text together.

use jiff::civil::{Date, date};
use phonenumber::country;
use proptest::prelude::*;

use super::*;
use crate::domain::understanding::EntityKind;

const TODAY: Date = date(2026, 11, 24);

fn reader() -> EntityReader {
    EntityReader::new(OrderShape::default(), Some(country::Id::GB)).unwrap()
}

fn reader_of_bare_numbers() -> EntityReader {
    EntityReader::new(OrderShape { prefix: String::new(), digits: 8..=15 }, None).unwrap()
}

fn found_by(reader: &EntityReader, text: &str, expected: Expected) -> Vec<(EntityKind, String)> {
    let entities = reader.read(text, expected, &Written::on(TODAY));
    entities.into_iter().map(|entity| (entity.kind, entity.value)).collect()
}

fn found(text: &str, expected: Expected) -> Vec<(EntityKind, String)> {
    found_by(&reader(), text, expected)
}

fn one(kind: EntityKind, value: &str) -> [(EntityKind, String); 1] {
    [(kind, value.to_owned())]
}

const ASKED: Expected = Expected { order_number: true, code: false };

#[test]
fn an_order_number_written_many_ways_is_one_value() {
    for text in
        ["AW-100001", "aw100001", "it's AW 100001.", "#AW-100001", "Aw–100001?", "aw: 100001", "ＡＷ-１００００１"]
    {
        assert_eq!(found(text, Expected::default()), one(EntityKind::OrderNumber, "AW-100001"), "{text}");
    }
}

#[test]
fn bare_digits_are_an_order_number_only_where_one_is_meant() {
    let order = one(EntityKind::OrderNumber, "AW-100001");
    assert_eq!(found("no, 100001", ASKED), order);
    assert_eq!(found("no, １００００１", ASKED), order);
    assert_eq!(found("my order 100\u{200d}001 is late", Expected::default()), order);
    assert_eq!(found("cancel my puchase 100001", Expected::default()), order);
    assert_eq!(found("it took 100001 steps", Expected::default()), []);
    assert_eq!(found("part 3-100001-x", ASKED), []);
}

#[test]
fn numbers_without_letters_of_several_lengths_are_read_where_that_is_their_shape() {
    let read = |text: &str| found_by(&reader_of_bare_numbers(), text, Expected::default());
    assert_eq!(read("cancel 00123842, please"), one(EntityKind::OrderNumber, "00123842"));
    assert_eq!(read("where is 113542617735902?"), one(EntityKind::OrderNumber, "113542617735902"));
    assert_eq!(read("see my bill #85632"), []);
}

#[test]
fn a_day_of_eight_digits_is_no_order_number_unless_one_is_meant() {
    let read = |text: &str, expected| found_by(&reader_of_bare_numbers(), text, expected);
    let order = one(EntityKind::OrderNumber, "20261128");
    assert_eq!(read("it came 20261128", Expected::default()), one(EntityKind::Date, "2026-11-28"));
    assert_eq!(read("my order is 20261128", Expected::default()), order);
    assert_eq!(read("20261128", ASKED), order);
    assert_eq!(read("it is 20261399", Expected::default()), one(EntityKind::OrderNumber, "20261399"));
    assert_eq!(read("it is 20061128", Expected::default()), one(EntityKind::OrderNumber, "20061128"));
}

#[test]
fn six_digits_are_the_code_when_one_was_sent() {
    let sent = Expected { code: true, ..Expected::default() };
    for text in ["123456", "123 456", "it says 123-456"] {
        assert_eq!(found(text, sent), one(EntityKind::Code, "123456"), "{text}");
    }
    assert_eq!(found("the code is 123456", Expected::default()), one(EntityKind::Code, "123456"));
    assert_eq!(found("wait, AW-100003", sent), one(EntityKind::OrderNumber, "AW-100003"));
}

#[test]
fn a_long_message_is_taken_apart() {
    let text = "Hi, I'm Ada.M@Example.com. AW-100001 was due on 20/11 and I paid £1,299.00 with 4111 1111 1111 1111. \
                RR123456785GB says it went to SW1A 1AA three days ago. Call me on 07700 900101 next Friday.";
    let expected = [
        (EntityKind::Email, "ada.m@example.com"),
        (EntityKind::OrderNumber, "AW-100001"),
        (EntityKind::Date, "2026-11-20"),
        (EntityKind::Amount, "GBP 1299.00"),
        (EntityKind::CardNumber, "**** 1111"),
        (EntityKind::TrackingNumber, "RR123456785GB"),
        (EntityKind::Postcode, "SW1A 1AA"),
        (EntityKind::Date, "2026-11-21"),
        (EntityKind::Phone, "+447700900101"),
        (EntityKind::Date, "2026-11-27"),
    ];
    assert_eq!(found(text, Expected::default()), expected.map(|(kind, value)| (kind, value.to_owned())));
}

#[test]
fn a_stronger_kind_leaves_the_rest_to_the_others() {
    let read = |text: &str| found(text, Expected::default());
    let phone = (EntityKind::Phone, "+447700900101".to_owned());
    assert_eq!(read("28/11/2026 07700 900101"), [(EntityKind::Date, "2026-11-28".to_owned()), phone.clone()]);
    assert_eq!(read("£20 07700 900101"), [(EntityKind::Amount, "GBP 20.00".to_owned()), phone]);
    assert_eq!(read("01/11/2026"), one(EntityKind::Date, "2026-11-01"));
    assert_eq!(read("4111111111111111@example.com"), one(EntityKind::Email, "4111111111111111@example.com"));
}

#[test]
fn days_of_several_messages_count_from_the_day_of_each() {
    let text = "it was due yesterday\nand came today";
    let written = Written::of_days(vec![(0, date(2026, 11, 20)), (21, TODAY)]);
    let days: Vec<String> =
        reader().read(text, Expected::default(), &written).into_iter().map(|entity| entity.value).collect();
    assert_eq!(days, ["2026-11-19", "2026-11-24"]);
}

#[test]
fn the_time_to_read_a_text_grows_with_its_length_only() {
    let reader = reader();
    let started = std::time::Instant::now();
    for piece in ["order 100001, £20, 28 Nov, ada@example.com, 07700 900101. ", "1 ", "4", "a@", "1.1.", "may 1 "] {
        let text = piece.repeat(32_768 / piece.len());
        reader.read(&text, ASKED, &Written::on(TODAY));
    }
    assert!(started.elapsed() < std::time::Duration::from_secs(2), "{:?}", started.elapsed());
}

proptest! {
    #[test]
    fn spans_are_inside_the_text_and_apart(
        text in "[ -~£€é–@0-9AWaw+\\-\\.\\(\\)１２\u{200d}]{0,120}",
        order_number in any::<bool>(),
        code in any::<bool>(),
    ) {
        let mut last_end = 0;
        for entity in reader().read(&text, Expected { order_number, code }, &Written::on(TODAY)) {
            prop_assert!(entity.start >= last_end && entity.start < entity.end);
            prop_assert!(text.get(entity.start..entity.end).is_some());
            last_end = entity.end;
        }
    }

    #[test]
    fn wide_digits_and_hidden_characters_change_nothing(text in "[ -~]{0,80}") {
        let wide: String = text.chars().map(|c| match c {
            '0'..='9' => char::from_u32(u32::from(c) + 0xfee0).unwrap(),
            ' ' => '\u{a0}',
            c => c,
        }).flat_map(|c| [c, '\u{200b}']).collect();
        prop_assert_eq!(found(&wide, ASKED), found(&text, ASKED));
    }
}
