//! Kitchens of Overcooked: grids, states, actions, and what a reward model is told of a game loop.
//!
//! The features are those of one state and one joint action, so that an action that was not taken
//! can be described as well as the one that was. They are the same in every kitchen: places are
//! told by what stands there and by distances, not by the grid.

use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;

/// A cell or a direction: column to the right, row down.
type Cell = [i32; 2];

/// A kitchen that was checked: a rectangle with at least one of each station.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Kitchen {
    /// The rows as released.
    pub rows: Vec<String>,
    cells: Vec<Vec<Tile>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tile {
    Floor,
    Counter,
    Onions,
    Pot,
    Dishes,
    Serving,
}

/// What players use, and how features call it.
const STATIONS: [(Tile, &str); 5] = [
    (Tile::Counter, "counter"),
    (Tile::Onions, "onions"),
    (Tile::Pot, "pot"),
    (Tile::Dishes, "dishes"),
    (Tile::Serving, "serving"),
];

impl Kitchen {
    /// Reads a grid; the error says what is wrong with it.
    pub fn new(rows: Vec<String>) -> Result<Self, String> {
        let tile = |found: char| match found {
            ' ' | '1' | '2' => Ok(Tile::Floor),
            'X' => Ok(Tile::Counter),
            'O' => Ok(Tile::Onions),
            'P' => Ok(Tile::Pot),
            'D' => Ok(Tile::Dishes),
            'S' => Ok(Tile::Serving),
            other => Err(format!("the cell {other:?}")),
        };
        let cells: Result<Vec<Vec<Tile>>, String> =
            rows.iter().map(|row| row.chars().map(tile).collect()).collect();
        let cells = cells?;
        for (station, name) in STATIONS {
            if !cells.iter().flatten().any(|&tile| tile == station) {
                return Err(format!("no {name}"));
            }
        }
        if cells.iter().any(|row| row.len() != cells[0].len()) {
            return Err("rows of several lengths".to_owned());
        }
        Ok(Self { rows, cells })
    }

    fn tile(&self, [column, row]: Cell) -> Option<Tile> {
        let row = self.cells.get(usize::try_from(row).ok()?)?;
        row.get(usize::try_from(column).ok()?).copied()
    }

    /// Cells from `from` to the nearest of `tile`, through walls: some players never reach some
    /// stations, and still their partner does.
    fn steps_to(&self, tile: Tile, from: Cell) -> f32 {
        let places = self.cells.iter().enumerate().flat_map(|(row, tiles)| {
            tiles.iter().enumerate().map(move |(column, &tile)| (tile, [column as i32, row as i32]))
        });
        let distances =
            places.filter(|&(found, _)| found == tile).map(|(_, place)| distance(place, from));
        distances.min().map_or(0.0, |steps| steps as f32)
    }
}

fn distance(one: Cell, other: Cell) -> u32 {
    one[0].abs_diff(other[0]) + one[1].abs_diff(other[1])
}

/// A state as released; [`State::check`] must have passed before features are asked for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    players: [Player; 2],
    /// By place; the place is also in the object.
    objects: BTreeMap<String, Object>,
    order_list: Vec<String>,
    pot_explosion: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Player {
    position: Cell,
    orientation: Cell,
    #[serde(default)]
    held_object: Option<Object>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Object {
    name: Thing,
    position: Cell,
    #[serde(default)]
    state: Option<Soup>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Thing {
    Onion,
    Dish,
    Soup,
}

const THINGS: [(Thing, &str); 3] =
    [(Thing::Onion, "onion"), (Thing::Dish, "dish"), (Thing::Soup, "soup")];

/// Kind, onions in it, and game loops since the last onion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
struct Soup(OnionSoup, u32, u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum OnionSoup {
    Onion,
}

/// Onions of a soup, game loops that it cooks, and points for serving it, as the release has them.
const ONIONS: u32 = 3;
const COOKING: u32 = 20;
const POINTS: f64 = 5.0;

/// What a player may do in a game loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Up,
    Down,
    Left,
    Right,
    Wait,
    Interact,
}

pub(crate) const ACTIONS: [(Action, &str); 6] = [
    (Action::Up, "up"),
    (Action::Down, "down"),
    (Action::Left, "left"),
    (Action::Right, "right"),
    (Action::Wait, "wait"),
    (Action::Interact, "interact"),
];

impl<'de> Deserialize<'de> for Action {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Released {
            Move(Cell),
            Word(String),
            Other(IgnoredAny),
        }
        match Released::deserialize(deserializer)? {
            Released::Move(cell) => direction(cell).or((cell == [0, 0]).then_some(Self::Wait)),
            Released::Word(word) => (word == "INTERACT").then_some(Self::Interact),
            Released::Other(_) => None,
        }
        .ok_or_else(|| {
            serde::de::Error::custom("expected [0, 0], a step of one cell or \"INTERACT\"")
        })
    }
}

fn direction(cell: Cell) -> Option<Action> {
    match cell {
        [0, -1] => Some(Action::Up),
        [0, 1] => Some(Action::Down),
        [-1, 0] => Some(Action::Left),
        [1, 0] => Some(Action::Right),
        _ => None,
    }
}

/// A field that cannot be right: its name, what is needed, what is there.
pub(crate) type Wrong = (String, &'static str, String);

impl State {
    /// Whether the state can be one of this kitchen.
    pub fn check(&self, kitchen: &Kitchen) -> Result<(), Wrong> {
        if self.order_list != ["onion"] {
            let found = format!("{:?}", self.order_list);
            return Err(("state.order_list".into(), "[\"onion\"]", found));
        }
        if self.pot_explosion {
            return Err(("state.pot_explosion".into(), "false", "true".into()));
        }
        for (number, player) in self.players.iter().enumerate() {
            let wrong = |field: &str, expected, found: String| {
                Err((format!("state.players[{number}].{field}"), expected, found))
            };
            if kitchen.tile(player.position) != Some(Tile::Floor) {
                return wrong("position", "a cell of floor", format!("{:?}", player.position));
            }
            if direction(player.orientation).is_none() || player.faced(kitchen).is_none() {
                let expected = "a direction within the kitchen";
                return wrong("orientation", expected, format!("{:?}", player.orientation));
            }
            if let Some(held) = &player.held_object {
                held.check().or_else(|(expected, found)| wrong("held_object", expected, found))?;
            }
        }
        self.objects.iter().try_for_each(|(place, object)| {
            let [column, row] = object.position;
            let wrong =
                |expected, found| Err((format!("state.objects[{place:?}]"), expected, found));
            if *place != format!("{column},{row}") {
                return wrong("at the place in its key", format!("{:?}", object.position));
            }
            object.check().or_else(|(expected, found)| wrong(expected, found))?;
            match (kitchen.tile(object.position), object.name) {
                (Some(Tile::Pot), Thing::Soup) | (Some(Tile::Counter), _) => Ok(()),
                _ => wrong("soup in a pot, or on a counter", format!("{:?}", object.name)),
            }
        })
    }

    /// Points that this joint action earns: soups that are handed over the serving counter.
    pub fn points(&self, kitchen: &Kitchen, actions: [Action; 2]) -> f64 {
        let serves = |(player, action): &(&Player, Action)| {
            *action == Action::Interact
                && player.holds(Thing::Soup)
                && player.faced(kitchen) == Some(Tile::Serving)
        };
        POINTS * self.players.iter().zip(actions).filter(serves).count() as f64
    }

    /// One value for each of [`feature_names`].
    pub fn features(&self, kitchen: &Kitchen, actions: [Action; 2]) -> Vec<f32> {
        let mut values = Vec::new();
        for (player, action) in self.players.iter().zip(actions) {
            player.features(kitchen, action, &mut values);
        }
        self.pot_features(kitchen, &mut values);
        for (thing, _) in THINGS {
            let lies = |object: &&Object| {
                object.name == thing && kitchen.tile(object.position) == Some(Tile::Counter)
            };
            values.push(self.objects.values().filter(lies).count() as f32);
        }
        let [one, other] = &self.players;
        values.push(distance(one.position, other.position) as f32);
        values
    }

    fn pot_features(&self, kitchen: &Kitchen, values: &mut Vec<f32>) {
        let pots = kitchen.cells.iter().flatten().filter(|&&tile| tile == Tile::Pot).count();
        let soups: Vec<Soup> = self
            .objects
            .values()
            .filter(|object| kitchen.tile(object.position) == Some(Tile::Pot))
            .filter_map(|object| object.state)
            .collect();
        let filling = soups.iter().filter(|soup| soup.1 < ONIONS).count();
        let ready = soups.iter().filter(|soup| soup.is_ready()).count();
        let cooking = soups.len() - filling - ready;
        let onions: u32 = soups.iter().map(|soup| soup.1).sum();
        let counts = [pots.saturating_sub(soups.len()), filling, cooking, ready, onions as usize];
        values.extend(counts.map(|count| count as f32));
    }
}

impl Soup {
    fn is_ready(self) -> bool {
        self.1 == ONIONS && self.2 >= COOKING
    }
}

impl Object {
    fn check(&self) -> Result<(), (&'static str, String)> {
        match (self.name, self.state) {
            (Thing::Soup, Some(Soup(_, 1..=ONIONS, _))) => Ok(()),
            (Thing::Soup, state) => Err(("soup of 1 to 3 onions", format!("{state:?}"))),
            (_, None) => Ok(()),
            (_, Some(state)) => Err(("without a state unless it is soup", format!("{state:?}"))),
        }
    }
}

impl Player {
    fn holds(&self, thing: Thing) -> bool {
        self.held_object.as_ref().is_some_and(|held| held.name == thing)
    }

    fn faced(&self, kitchen: &Kitchen) -> Option<Tile> {
        let ([column, row], [right, down]) = (self.position, self.orientation);
        kitchen.tile([column + right, row + down])
    }

    fn features(&self, kitchen: &Kitchen, action: Action, values: &mut Vec<f32>) {
        let one = |is: bool| f32::from(u8::from(is));
        let faced = self.faced(kitchen);
        values.extend(self.position.map(|cell| cell as f32));
        values.extend(DIRECTIONS.map(|(way, _)| one(direction(self.orientation) == Some(way))));
        values.extend(STATIONS.map(|(tile, _)| one(faced == Some(tile))));
        values.extend(THINGS.map(|(thing, _)| one(self.holds(thing))));
        values.extend(ACTIONS.map(|(known, _)| one(known == action)));
        let interacts = action == Action::Interact;
        values.extend(STATIONS.map(|(tile, _)| one(interacts && faced == Some(tile))));
        values.extend(DISTANT.map(|(tile, _)| kitchen.steps_to(tile, self.position)));
    }
}

const DIRECTIONS: [(Action, &str); 4] = [ACTIONS[0], ACTIONS[1], ACTIONS[2], ACTIONS[3]];
/// A counter is always near.
const DISTANT: [(Tile, &str); 4] = [STATIONS[1], STATIONS[2], STATIONS[3], STATIONS[4]];

/// Names of the values of [`State::features`], in order.
pub(crate) fn feature_names() -> Vec<String> {
    let mut names = Vec::new();
    for player in ["p1", "p2"] {
        let mut all = |verb: &str, nouns: &[&str]| {
            names.extend(nouns.iter().map(|noun| format!("{player}-{verb}{noun}")));
        };
        let stations = STATIONS.map(|(_, name)| name);
        all("", &["column", "row"]);
        all("looks-", &DIRECTIONS.map(|(_, name)| name));
        all("faces-", &stations);
        all("holds-", &THINGS.map(|(_, name)| name));
        all("acts-", &ACTIONS.map(|(_, name)| name));
        all("interacts-", &stations);
        all("steps-to-", &DISTANT.map(|(_, name)| name));
    }
    let kitchen = [
        "pots-empty",
        "pots-filling",
        "pots-cooking",
        "pots-ready",
        "onions-in-pots",
        "onions-on-counters",
        "dishes-on-counters",
        "soups-on-counters",
        "players-apart",
    ];
    names.extend(kitchen.map(str::to_owned));
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn cramped() -> Kitchen {
        let rows = ["XXPXX", "O  2O", "X1  X", "XDXSX"];
        Kitchen::new(rows.map(str::to_owned).to_vec()).unwrap()
    }

    /// One player faces the serving counter with soup, the other the pot with an onion.
    fn state() -> State {
        serde_json::from_value(json!({
            "players": [
                {"position": [3, 2], "orientation": [0, 1],
                 "held_object": {"name": "soup", "position": [3, 2], "state": ["onion", 3, 27]}},
                {"position": [2, 1], "orientation": [0, -1],
                 "held_object": {"name": "onion", "position": [2, 1]}},
            ],
            "objects": {
                "2,0": {"name": "soup", "position": [2, 0], "state": ["onion", 2, 0]},
                "4,2": {"name": "dish", "position": [4, 2]},
            },
            "order_list": ["onion"], "pot_explosion": false,
        }))
        .unwrap()
    }

    fn named(values: &[f32], wanted: &str) -> f32 {
        values[feature_names().iter().position(|name| name == wanted).unwrap()]
    }

    #[test]
    fn features_by_hand() {
        let (kitchen, state) = (cramped(), state());
        assert_eq!(state.check(&kitchen), Ok(()));
        let values = state.features(&kitchen, [Action::Interact, Action::Wait]);
        assert_eq!(values.len(), feature_names().len());
        let set: Vec<String> = feature_names()
            .into_iter()
            .zip(&values)
            .filter(|(_, value)| **value != 0.0)
            .map(|(name, value)| format!("{name} {value}"))
            .collect();
        let expected = "p1-column 3, p1-row 2, p1-looks-down 1, p1-faces-serving 1, \
            p1-holds-soup 1, p1-acts-interact 1, p1-interacts-serving 1, p1-steps-to-onions 2, \
            p1-steps-to-pot 3, p1-steps-to-dishes 3, p1-steps-to-serving 1, \
            p2-column 2, p2-row 1, p2-looks-up 1, p2-faces-pot 1, p2-holds-onion 1, \
            p2-acts-wait 1, p2-steps-to-onions 2, p2-steps-to-pot 1, p2-steps-to-dishes 3, \
            p2-steps-to-serving 3, pots-filling 1, onions-in-pots 2, dishes-on-counters 1, \
            players-apart 2";
        assert_eq!(set.join(", "), expected);
    }

    #[test]
    fn soup_cooks_until_it_is_ready() {
        let kitchen = cramped();
        let pots = |onions: u32, loops: u32| {
            let mut state = state();
            let object = state.objects.get_mut("2,0").unwrap();
            object.state = Some(Soup(OnionSoup::Onion, onions, loops));
            let values = state.features(&kitchen, [Action::Wait, Action::Wait]);
            ["pots-empty", "pots-filling", "pots-cooking", "pots-ready"].map(|n| named(&values, n))
        };
        assert_eq!(pots(2, 0), [0.0, 1.0, 0.0, 0.0]);
        assert_eq!(pots(3, 19), [0.0, 0.0, 1.0, 0.0]);
        assert_eq!(pots(3, 20), [0.0, 0.0, 0.0, 1.0]);
    }

    #[test]
    fn points_are_for_soups_that_are_served() {
        let (kitchen, mut state) = (cramped(), state());
        assert_eq!(state.points(&kitchen, [Action::Interact, Action::Interact]), 5.0);
        assert_eq!(state.points(&kitchen, [Action::Wait, Action::Interact]), 0.0);
        state.players[0].orientation = [1, 0];
        assert_eq!(state.points(&kitchen, [Action::Interact, Action::Interact]), 0.0);
    }

    #[test]
    fn broken_kitchens_are_refused() {
        let check = |rows: &[&str], expect: &str| {
            let rows = rows.iter().map(|&row| row.to_owned()).collect();
            assert_eq!(Kitchen::new(rows).unwrap_err(), expect);
        };
        check(&["XOPDSZ"], "the cell 'Z'");
        check(&["XOPD"], "no serving");
        check(&[], "no counter");
        check(&["XOPDS", "X"], "rows of several lengths");
    }
}
