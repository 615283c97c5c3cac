//! Which methods do numbers of a page come from, and whom does one cite for them?
//!
//! The references are those that the documentation names the methods by.

/// A method that numbers of the page come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// Interquartile means and probabilities of improvement over runs.
    RunStatistics,
    /// Intervals for a new sample over splits that overlap.
    ResampledT,
    /// Bootstrap of what two clusters are about.
    PigeonholeBootstrap,
    /// Correction of p for several comparisons.
    Holm,
    /// Rate of false findings.
    FalseDiscovery,
    /// Comparisons.
    BradleyTerry,
    /// Comparisons with ties.
    Davidson,
    /// Worth of sources.
    Shapley,
}

/// An entry of a bibliography.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Citation {
    /// Key of the entry.
    pub key: &'static str,
    /// The entry in BibTeX.
    pub entry: &'static str,
}

impl Method {
    /// Its entry.
    pub fn citation(self) -> Citation {
        let (key, entry) = match self {
            Method::RunStatistics => ("agarwal2021", AGARWAL),
            Method::ResampledT => ("nadeau2003", NADEAU),
            Method::PigeonholeBootstrap => ("owen2007", OWEN),
            Method::Holm => ("holm1979", HOLM),
            Method::FalseDiscovery => ("benjamini1995", BENJAMINI),
            Method::BradleyTerry => ("bradley1952", BRADLEY),
            Method::Davidson => ("davidson1970", DAVIDSON),
            Method::Shapley => ("shapley1953", SHAPLEY),
        };
        Citation { key, entry }
    }
}

const AGARWAL: &str = r"
@inproceedings{agarwal2021,
  title = {Deep Reinforcement Learning at the Edge of the Statistical Precipice},
  author = {Agarwal, Rishabh and Schwarzer, Max and Castro, Pablo Samuel and Courville, Aaron and Bellemare, Marc G.},
  booktitle = {Advances in Neural Information Processing Systems},
  volume = {34},
  year = {2021}
}";
const NADEAU: &str = r"
@article{nadeau2003,
  title = {Inference for the Generalization Error},
  author = {Nadeau, Claude and Bengio, Yoshua},
  journal = {Machine Learning},
  volume = {52},
  number = {3},
  pages = {239--281},
  year = {2003}
}";
const OWEN: &str = r"
@article{owen2007,
  title = {The Pigeonhole Bootstrap},
  author = {Owen, Art B.},
  journal = {The Annals of Applied Statistics},
  volume = {1},
  number = {2},
  pages = {386--411},
  year = {2007}
}";
const HOLM: &str = r"
@article{holm1979,
  title = {A Simple Sequentially Rejective Multiple Test Procedure},
  author = {Holm, Sture},
  journal = {Scandinavian Journal of Statistics},
  volume = {6},
  number = {2},
  pages = {65--70},
  year = {1979}
}";
const BENJAMINI: &str = r"
@article{benjamini1995,
  title = {Controlling the False Discovery Rate: A Practical and Powerful Approach to Multiple Testing},
  author = {Benjamini, Yoav and Hochberg, Yosef},
  journal = {Journal of the Royal Statistical Society: Series B},
  volume = {57},
  number = {1},
  pages = {289--300},
  year = {1995}
}";
const BRADLEY: &str = r"
@article{bradley1952,
  title = {Rank Analysis of Incomplete Block Designs: {I}. The Method of Paired Comparisons},
  author = {Bradley, Ralph Allan and Terry, Milton E.},
  journal = {Biometrika},
  volume = {39},
  number = {3/4},
  pages = {324--345},
  year = {1952}
}";
const DAVIDSON: &str = r"
@article{davidson1970,
  title = {On Extending the {Bradley-Terry} Model to Accommodate Ties in Paired Comparison Experiments},
  author = {Davidson, Roger R.},
  journal = {Journal of the American Statistical Association},
  volume = {65},
  number = {329},
  pages = {317--328},
  year = {1970}
}";
const SHAPLEY: &str = r"
@incollection{shapley1953,
  title = {A Value for n-Person Games},
  author = {Shapley, Lloyd S.},
  booktitle = {Contributions to the Theory of Games {II}},
  publisher = {Princeton University Press},
  pages = {307--317},
  year = {1953}
}";
