// Reads a Dockerfile.
fn main() {}
