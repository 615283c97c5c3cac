//! Which combinations of values are tried: a grid, or points of the unit cube.

use super::tuning_spec::{Design, Drawn, MOST_CANDIDATES};
use crate::Setting;
use crate::values::Values;
use medley_toml_file::Problem;
use medley_training::stream;
use rand::RngExt;
use std::collections::BTreeMap;

/// The settings of a design, in the order in which ties are broken.
///
/// # Errors
/// A range of a grid without a number of points, or more candidates or options than there can be.
pub(super) fn settings(
    design: &Design,
    options: &BTreeMap<String, Values>,
) -> Result<Vec<Setting>, Problem> {
    match design {
        Design::Grid => grid(options),
        Design::Random(drawn) => {
            let draws = options.keys().map(|key| random(drawn, key)).collect();
            Ok(transposed(drawn.points, options, draws))
        }
        Design::Sobol(drawn) => {
            let most = sobol_burley::NUM_DIMENSIONS as usize;
            if options.len() > most {
                let message = format!("at most {most} options are needed, found {}", options.len());
                return Err(Problem::new("options", message));
            }
            let seed = stream(drawn.seed, "tuning/sobol").random();
            let draws = (0..options.len()).map(|dimension| sobol(drawn, dimension as u32, seed));
            Ok(transposed(drawn.points, options, draws.collect()))
        }
    }
}

/// Every combination, the values of the last key changing first.
fn grid(options: &BTreeMap<String, Values>) -> Result<Vec<Setting>, Problem> {
    let mut settings = vec![Setting::default()];
    for (key, values) in options {
        let values =
            values.grid().map_err(|message| Problem::new(key, message).within("options"))?;
        let count = settings.len() * values.len();
        if count > MOST_CANDIDATES {
            let message = format!(
                "at most {MOST_CANDIDATES} candidates are needed, found {count} and more; take fewer \
                 values, or a random or Sobol design"
            );
            return Err(Problem::new("options", message));
        }
        settings = settings.iter().flat_map(|setting| setting.with_each(key, &values)).collect();
    }
    Ok(settings)
}

/// From a stream of its own, so that another option changes nothing.
fn random(drawn: &Drawn, key: &str) -> Vec<f64> {
    let mut stream = stream(drawn.seed, &format!("tuning/{key}"));
    (0..drawn.points).map(|_| stream.random()).collect()
}

fn sobol(drawn: &Drawn, dimension: u32, seed: u32) -> Vec<f64> {
    let points = 0..drawn.points as u32;
    points.map(|point| f64::from(sobol_burley::sample(point, dimension, seed))).collect()
}

/// # Shapes
/// `draws`: `[option][point]`, in [0, 1).
fn transposed(
    points: usize,
    options: &BTreeMap<String, Values>,
    draws: Vec<Vec<f64>>,
) -> Vec<Setting> {
    let setting = |point: usize| {
        let values = options.iter().zip(&draws);
        let value = |((key, values), draws): ((&String, &Values), &Vec<f64>)| {
            (key.clone(), values.at(draws[point]))
        };
        Setting(values.map(value).collect())
    };
    (0..points).map(setting).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(text: &str) -> BTreeMap<String, Values> {
        let table: toml::Table = text.parse().unwrap();
        table.into_iter().map(|(key, value)| (key, Values::read(&value).unwrap())).collect()
    }

    fn told(design: &Design, text: &str) -> Vec<String> {
        let settings = settings(design, &options(text)).unwrap();
        settings.iter().map(ToString::to_string).collect()
    }

    const UNIT: &str = "a = { from = 0.0, to = 1.0 }\nb = { from = 0.0, to = 1.0 }";

    #[test]
    fn a_grid_has_every_combination_in_order() {
        let expected =
            ["a = 1, b = true", "a = 1, b = false", "a = 2, b = true", "a = 2, b = false"];
        assert_eq!(told(&Design::Grid, "b = [true, false]\na = [1, 2]"), expected);
        let wide = "a = { from = 0, to = 1, points = 40 }\nb = { from = 0, to = 1, points = 40 }";
        let problem = settings(&Design::Grid, &options(wide)).unwrap_err();
        assert!(problem.message.contains("at most 1000 candidates"), "{problem}");
    }

    #[test]
    fn draws_follow_the_seed_and_no_other_option() {
        let random = |seed| Design::Random(Drawn { points: 6, seed });
        let one = told(&random(3), "a = { from = 0.0, to = 1.0 }");
        let two = told(&random(3), UNIT);
        assert!(
            two.iter().zip(&one).all(|(two, one)| two.starts_with(&format!("{one},"))),
            "{two:?}"
        );
        assert_ne!(told(&random(4), UNIT), two);
        let sobol = |seed| Design::Sobol(Drawn { points: 6, seed });
        assert_eq!(told(&sobol(3), UNIT), told(&sobol(3), UNIT));
        assert_ne!(told(&sobol(4), UNIT), told(&sobol(3), UNIT));
    }

    /// Of 16 points of a (0, m, 2)-net there is one in each sixteenth of either axis, and in each
    /// square of a quarter by a quarter.
    #[test]
    fn sobol_points_fill_the_square_evenly() {
        let design = Design::Sobol(Drawn { points: 16, seed: 7 });
        let number = |setting: &Setting, key: &str| setting.0[key].as_float().unwrap();
        let settings = settings(&design, &options(UNIT)).unwrap();
        let cells = |of: &dyn Fn(&Setting) -> (u32, u32)| {
            settings.iter().map(of).collect::<std::collections::BTreeSet<_>>().len()
        };
        assert_eq!(cells(&|s| ((16.0 * number(s, "a")) as u32, 0)), 16);
        assert_eq!(cells(&|s| (0, (16.0 * number(s, "b")) as u32)), 16);
        assert_eq!(cells(&|s| ((4.0 * number(s, "a")) as u32, (4.0 * number(s, "b")) as u32)), 16);
    }
}
