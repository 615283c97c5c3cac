/// A name as a part of a file name: letters and digits, and `-` for all else.
pub fn file_part(name: &str) -> String {
    name.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect()
}
