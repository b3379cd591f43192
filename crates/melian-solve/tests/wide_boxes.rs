//! A game with thousands of states in one box, where the kernels work in tiles and on several threads, against the
//! reference solver.

mod common;

use common::{compare::differences, wide};

#[test]
fn wide_boxes_agree_with_the_reference() {
    for sparse in [false, true] {
        assert_eq!(differences(&wide::case(sparse)), Vec::<String>::new());
    }
}
