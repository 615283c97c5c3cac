//! Trajectories of games and robots, and what people said about them.

mod adroit_door;
mod d4rl;
mod overcooked;
mod uni_rlhf;

pub use adroit_door::AdroitDoor;
pub use d4rl::D4rl;
pub use overcooked::Overcooked;
