//! What fuzzing found, smallest first seen input each: it must not come back.

use flow::condition::{Expr, Operand, parse, print};

#[test]
fn a_number_with_an_exponent_in_a_tree_is_spelt_with_digits() {
    for (number, digits) in [
        ("1e30", format!("1{}", "0".repeat(30))),
        ("-25e-2", "-0.25".into()),
    ] {
        let tree = format!(
            r#"{{"lhs":{{"value":"order.x"}},"rhs":{{"value":{number}}},"operator":">","operation_type":"Comparison"}}"#
        );
        let expr = parse(&tree).expect("the tree reads");
        let Expr::Compare { value, .. } = &expr else {
            panic!("{expr:?} is no comparison");
        };
        assert_eq!(value, &Some(Operand::Number(digits)));
        assert_eq!(parse(&print(&expr)), Ok(expr));
    }
}
